"""A second model that ranks in the shadow of the first."""
