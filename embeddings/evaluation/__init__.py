"""How good a model is: full-ranking metrics, baselines, slices, and the promotion gate."""
