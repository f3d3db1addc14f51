"""The embedded engine: a child process on loopback, its lease and its snapshots."""
