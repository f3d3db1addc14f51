"""Checking an installation: what is well, what is not, and what to do. It writes nothing."""
