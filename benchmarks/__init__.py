"""Benchmarks: each file measures one thing and says how on its page beside it."""
