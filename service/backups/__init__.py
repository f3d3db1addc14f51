"""Backups of a home: made while it serves, verified, restored."""
