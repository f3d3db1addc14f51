"""The closed forms: who had what, and transitions from drink to drink."""
