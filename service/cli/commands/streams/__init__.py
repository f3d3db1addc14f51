"""The commands of what streams in and who is told of it: events, windows, changes, webhooks."""
