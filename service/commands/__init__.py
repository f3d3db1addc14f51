"""The commands of `tastegraph`, a module for each subject."""
