"""What is kept in memory: the snapshot of the catalogue, searched and filtered."""
