"""Experiments: who is in which arm, what an arm changes, whether the verdict can be trusted."""
