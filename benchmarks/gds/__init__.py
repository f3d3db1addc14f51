"""Graph Data Science on a real Neo4j, as a peer to measure against."""
