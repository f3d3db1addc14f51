"""The commands of what others can trust: the record of acts, and its proofs."""
