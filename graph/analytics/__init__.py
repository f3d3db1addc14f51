"""Questions that analysts ask of the graph: read-only files, their plans, and exports."""
