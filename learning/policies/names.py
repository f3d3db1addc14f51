"""The names of policies, as settings, arms and impressions have them."""

POLICIES = ("none", "epsilon", "thompson", "linucb", "new-drinks")
LEARNED = frozenset({"thompson", "linucb", "new-drinks"})
"""Those that need to know what lists have earned."""
