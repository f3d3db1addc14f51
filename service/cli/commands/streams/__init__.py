"""The command `tastegraph stream`: the log of events, its dead letters, its windows."""
