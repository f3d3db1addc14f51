"""The text of a label: what it says is in the drink, and what was not understood."""
