"""Behaviour events: what people do with drinks, and the one door they come in by."""
