"""What people declare, sealed before it reaches the graph, with a key for each person."""
