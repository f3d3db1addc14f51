"""Training from the command line: by which means, and starting from which model."""
