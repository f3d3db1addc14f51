"""Who is in which arm: a hash of the unit's id, the same in every process and every language."""
