"""Training from the command line: by what means, and after which model."""
