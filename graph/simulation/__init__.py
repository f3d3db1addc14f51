"""Simulated people, labelled as such wherever they show."""
