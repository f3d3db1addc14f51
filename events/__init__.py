"""Behaviour events: their schemas, the one validator, the log and what consumes it."""
