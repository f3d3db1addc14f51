"""Every query the service sends, one per file; `graph.query_files` reads them."""
