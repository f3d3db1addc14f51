"""Training on several processes, and resuming from checkpoints."""
