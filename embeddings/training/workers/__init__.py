"""Training on several processes, and going on from checkpoints."""
