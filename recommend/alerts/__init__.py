"""Alerting people when a drink of theirs is no longer safe for them."""
