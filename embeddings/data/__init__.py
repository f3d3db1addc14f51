"""What a model learns from: the graph as arrays, split and checked for leakage."""
