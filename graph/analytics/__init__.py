"""Questions that people ask of the graph: read-only files, their plans, and the whole exported."""
