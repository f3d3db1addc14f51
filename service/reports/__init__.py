"""Pages and pictures of a model: its map and its report."""
