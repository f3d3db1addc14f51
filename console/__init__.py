"""The page for those who run the service: plain modules, the public API, and nothing else."""
