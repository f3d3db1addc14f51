"""Backups of a home: made while it serves, checked, restored."""
