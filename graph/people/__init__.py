"""People: what they declare, what they do, what they consent to, and its erasure."""
