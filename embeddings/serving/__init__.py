"""What ranks with a model: the artefact, a person's vector and the exact top-k; numpy, no torch."""
