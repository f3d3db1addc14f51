"""Every query the service sends, one per file; `graph.query` reads them."""
