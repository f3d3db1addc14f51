"""Experiments as the graph has them: what each is, who was exposed to it, what they did then."""
