"""Verdicts of the graph: on drinks, for people and for allergens, and what they rest on."""
