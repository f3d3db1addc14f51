"""Pictures and pages of a model and its catalogue, for people to look at."""
