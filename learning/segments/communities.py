"""People who buy together: communities of drinks in the graph of what is bought by the same people.

Louvain (Blondel and others, 2008) by networkx, over drinks and not over people: there are fewer of
them, and a community of drinks says what it is about. A person belongs where most of what they
bought is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

from graph.audience.segments import Bought, Customers

NEIGHBOURS = 20
"""So many of a drink's closest are kept: a best seller is bought together with everything."""

FEWEST_TOGETHER = 3
"""Fewer people than this who bought both drinks say nothing of the two."""

SEED = 2026


def people_by_community(customers: Customers) -> list[frozenset[str]]:
    """Return the people of each community, the largest first; the same for the same purchases."""
    people = sorted(customers)
    drinks = sorted({each.drink_id for bought in customers.values() for each in bought})
    if not drinks:
        return []
    graph = _bought_together(customers, people, drinks)
    communities: list[set[str]] = nx.community.louvain_communities(graph, seed=SEED)
    home = {drink: place for place, found in enumerate(communities) for drink in found}
    members: dict[int, set[str]] = {}
    for person in people:
        members.setdefault(_home_of(customers[person], home), set()).add(person)
    found = [frozenset(some) for some in members.values()]
    return sorted(found, key=lambda some: (-len(some), min(some)))


def _home_of(bought: Sequence[Bought], home: dict[str, int]) -> int:
    counts = Counter[int]()
    for each in bought:
        counts[home[each.drink_id]] += each.times
    return max(sorted(counts), key=lambda place: counts[place])


def _bought_together(customers: Customers, people: Sequence[str], drinks: Sequence[str]) -> Any:
    """Return the graph of drinks; a weight is the cosine of the two drinks' buyers."""
    column = {drink: place for place, drink in enumerate(drinks)}
    pairs = [
        (row, column[each.drink_id])
        for row, person in enumerate(people)
        for each in customers[person]
    ]
    rows, columns = np.array(pairs).T
    shape = (len(people), len(drinks))
    had: Any = sparse.csr_array((np.ones(len(pairs), dtype=np.float32), (rows, columns)), shape)
    together: Any = (had.T @ had).tocsr()
    buyers = together.diagonal()
    graph: Any = nx.Graph()  # pyright: ignore[reportUnknownVariableType]
    graph.add_nodes_from(drinks)
    for one in range(len(drinks)):
        begin, end = together.indptr[one], together.indptr[one + 1]
        others, counts = together.indices[begin:end], together.data[begin:end]
        weights = counts / np.sqrt(buyers[one] * buyers[others])
        weights[(others == one) | (counts < FEWEST_TOGETHER)] = 0.0
        for place in np.argsort(-weights, kind="stable")[:NEIGHBOURS]:
            if weights[place] > 0:
                other = drinks[int(others[place])]
                graph.add_edge(drinks[one], other, weight=float(weights[place]))
    return graph
