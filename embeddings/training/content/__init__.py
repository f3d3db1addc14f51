"""The GraphSAGE that gives a vector to drinks that nobody had: torch and PyG."""
