"""Why and why not: reasons, evidence, relaxations and substitutions, as paths of the graph."""
