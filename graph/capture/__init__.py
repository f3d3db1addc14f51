"""Change data capture: rows of a shop's own database, followed into the graph."""
