"""Hierarchies: nothing is a part of itself, and no chain is deeper than the queries look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from graph.counting import counted
from graph.errors import ImportRefused

if TYPE_CHECKING:
    import networkx as nx

DEEPEST = 12


def check_hierarchy(what: str, edges: Iterable[tuple[str, str]]) -> None:
    """Raise ImportRefused if (child, parent) edges have a cycle or a chain of over 12 steps."""
    import networkx as nx  # slow to load, and most commands check no hierarchy

    hierarchy: nx.DiGraph[str] = nx.DiGraph()
    hierarchy.add_edges_from(edges)
    try:
        cycle = _cycle(hierarchy)
    except nx.NetworkXNoCycle:
        _check_depth(what, hierarchy)
        return
    path = [child for child, _ in cycle]
    raise ImportRefused(
        f"The {what} form a cycle: {' -> '.join([*path, path[0]])}.",
        "Remove one of these steps; nothing was imported.",
    )


def _cycle(hierarchy: Any) -> list[tuple[str, str]]:
    import networkx as nx

    return cast(list[tuple[str, str]], cast(Any, nx).find_cycle(hierarchy))


def _check_depth(what: str, hierarchy: nx.DiGraph[str]) -> None:
    import networkx as nx

    longest = nx.dag_longest_path(hierarchy)
    if len(longest) - 1 > DEEPEST:
        raise ImportRefused(
            f"The {what} have a chain of {counted(len(longest) - 1, 'step')}: "
            f"{' -> '.join(longest)}.",
            f"At most {DEEPEST} are allowed; nothing was imported.",
        )
