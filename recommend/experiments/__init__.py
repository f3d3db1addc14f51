"""A second model that ranks in shadow of the active one."""
