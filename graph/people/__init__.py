"""People: what they declare, do and consent to, and the erasure of all of it."""
