"""The commands of what streams in: events, their windows, and changes of a shop's database."""
