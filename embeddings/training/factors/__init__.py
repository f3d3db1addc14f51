"""The closed forms: who had what, and what follows on what."""
