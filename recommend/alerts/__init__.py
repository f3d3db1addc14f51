"""Telling people when a drink they had is no longer safe for them."""
