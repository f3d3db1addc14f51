"""Change data capture into the graph."""
