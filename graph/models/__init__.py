"""Models as the graph has them: records, which one ranks, shadows, embeddings on nodes."""
