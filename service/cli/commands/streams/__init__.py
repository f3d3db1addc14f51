"""The command `tastegraph stream`: the log of events and its dead letters."""
