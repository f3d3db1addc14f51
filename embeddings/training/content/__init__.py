"""The GraphSAGE that gives a vector to drinks nobody has had yet: torch and PyG."""
