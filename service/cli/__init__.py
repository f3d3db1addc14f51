"""The command `tastegraph`."""
