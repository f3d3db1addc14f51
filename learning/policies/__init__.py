"""Policies that explore: what draws the drinks of a list from those that are ranked best."""
