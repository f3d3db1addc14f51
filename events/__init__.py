"""Behaviour events: what people do with drinks, recorded in one place."""
