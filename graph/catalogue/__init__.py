"""The catalogue: drinks, ingredients and groups as the graph has them, and every change to them."""
