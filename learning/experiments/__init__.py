"""Experiments: what each is, what may be done to it, and how its arms rank lists."""
