"""Micro-polls: one question at the right moment, and what its answer says of a taste."""
