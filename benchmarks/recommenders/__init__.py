"""Other people's recommenders, to compare the model with; see `benchmarks.rivals`."""
