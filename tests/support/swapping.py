"""A drink as it would be with another recipe, written out for the rule's model."""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx

from graph.safety_rule import Node

MADE: Node = ("drink", "made")


def made_with(
    graph: nx.MultiDiGraph[Node], drink: str, taken: Collection[str], added: Collection[str]
) -> nx.MultiDiGraph[Node]:
    """The graph with a further drink `made`: the recipe of `drink`, changed.

    What is found in a drink stays in it; what its producer declares absent is about the drink as it
    is; how much alcohol and caffeine the changed one has nobody knows.
    """
    changed = graph.copy()
    node = graph.nodes["drink", drink]
    changed.add_node(MADE, **{**node, "abv": None, "caffeine": None})
    for _, target, data in graph.out_edges(("drink", drink), data=True):
        kept = data["type"] == "CONTAINS" and target[1] not in taken
        if kept or data["type"] in ("HAS_ALLERGEN", "MAY_CONTAIN"):
            changed.add_edge(MADE, target, **data)
    for part in added:
        if ("ingredient", part) not in changed:
            changed.add_node(("ingredient", part), reviewed=None)
        changed.add_edge(MADE, ("ingredient", part), type="CONTAINS")
    return changed
