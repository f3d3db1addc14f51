"""The graph that a model learns from, looked over: parts, hubs, lonely drinks, and leaks.

The components and degrees are networkx's, over people, drinks, ingredients, flavors, styles and
producers. Kinds are left out: they would join everything with everything.
"""

# networkx and SciPy ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np

from embeddings.data.dataset import ATTRIBUTE_TYPES, IntArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.sampling import at_even_steps

Node = tuple[str, int]

LINKS = tuple(kind for kind in ATTRIBUTE_TYPES if kind != "kind")
# networkx keeps about half a kilobyte for an edge
MOST_EDGES = 1_000_000
HUBS = 5


@dataclass(frozen=True, slots=True)
class Hub:
    """A node with many neighbours."""

    kind: str
    id: str
    degree: int


@dataclass(frozen=True)
class Diagnostics:
    """What was found.

    `nodes` and `edges` count by type. `components` are sizes in nodes, largest first; `apart` are
    drinks outside the largest. `people_of` [drinks] is how many people had each drink. `unlinked`
    drinks have neither people nor attributes. `people_taken` of the people were looked at.
    """

    nodes: Mapping[str, int]
    edges: Mapping[str, int]
    components: tuple[int, ...]
    apart: tuple[str, ...]
    people_of: IntArray
    hubs: tuple[Hub, ...]
    unlinked: tuple[str, ...]
    people_taken: int

    @property
    def had_by_nobody(self) -> int:
        """How many drinks nobody had."""
        return int((self.people_of == 0).sum())


def diagnose(graph: TrainingGraph, most_edges: int = MOST_EDGES) -> Diagnostics:
    """Return the diagnostics; beyond `most_edges` people's edges, people at even steps count."""
    pairs = positives(graph)
    people = _people(graph, len(pairs), most_edges)
    taken = np.isin(pairs.user, people)
    whole = _network(graph, pairs.user[taken], pairs.drink[taken])
    components = sorted(nx.connected_components(whole), key=len, reverse=True)
    largest: set[Node] = components[0] if components else set()
    rows = range(len(graph.drinks))
    return Diagnostics(
        nodes={kind: len(graph.ids(kind)) for kind in ("drink", "user", *ATTRIBUTE_TYPES)},
        edges={"had": len(pairs)}
        | {kind: graph.attributes(kind).shape[1] for kind in ATTRIBUTE_TYPES},
        components=tuple(len(nodes) for nodes in components),
        apart=tuple(graph.drinks[row] for row in rows if ("drink", row) not in largest),
        people_of=np.bincount(pairs.drink, minlength=len(graph.drinks)).astype(np.int64),
        hubs=_hubs(graph, whole),
        unlinked=tuple(graph.drinks[row] for row in rows if not whole["drink", row]),
        people_taken=int(people.size),
    )


def _people(graph: TrainingGraph, pairs: int, most_edges: int) -> IntArray:
    people = np.arange(len(graph.users), dtype=np.int64)
    if pairs <= most_edges:
        return people
    count = max(1, int(people.size * most_edges / pairs))
    return at_even_steps(people, count)


def _network(graph: TrainingGraph, users: IntArray, drinks: IntArray) -> nx.Graph[Node]:
    whole: nx.Graph[Node] = nx.Graph()
    whole.add_nodes_from(("drink", row) for row in range(len(graph.drinks)))
    whole.add_edges_from(
        (("user", user), ("drink", drink))
        for user, drink in zip(users.tolist(), drinks.tolist(), strict=True)
    )
    for kind in LINKS:
        rows, targets = graph.attributes(kind)
        whole.add_edges_from(
            (("drink", row), (kind, target))
            for row, target in zip(rows.tolist(), targets.tolist(), strict=True)
        )
    return whole


def _hubs(graph: TrainingGraph, whole: nx.Graph[Node]) -> tuple[Hub, ...]:
    """Return the drinks, and then the attributes, with most neighbours; people are never named."""
    degrees = [(degree, *node) for node, degree in whole.degree() if node[0] != "user"]
    order = sorted(degrees, key=lambda hub: (-hub[0], hub[1], hub[2]))
    drinks = [hub for hub in order if hub[1] == "drink"][:HUBS]
    others = [hub for hub in order if hub[1] != "drink"][:HUBS]
    return tuple(Hub(kind, graph.ids(kind)[row], n) for n, kind, row in (*drinks, *others))
