"""The graph as Python: connection, query files, repositories, import, embedded engine."""
