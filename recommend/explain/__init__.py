"""Reasons, relaxations and substitutions."""
