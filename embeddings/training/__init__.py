"""How a model is made: one run from the training graph to a candidate with its metrics."""
