"""How good a model is: full-ranking metrics, baselines, slices, and the gate of promotion."""
