"""The command `tastegraph experiments`: planned, run, looked at, decided."""
