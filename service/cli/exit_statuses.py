"""How a command ends, by its exit status; 2 is click's own, for a command called wrongly."""

FAILED = 1
REJECTED = 3
REFUSED = 4
STOPPED = 130
