"""Taste vectors: learn them (torch), store them, and score drinks with them (numpy only)."""
