"""What becomes void with a change of the catalogue, done to the world of the rule's model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from graph.safety_rule import Node

HELD = {"CONTAINS", "IS_A", "MADE_OF"}
Facts = frozenset[tuple[str, ...]]


@dataclass
class Voiding:
    """What was noted of each drink and ingredient, and the change at which it became another.

    Every statement of these worlds is dated long before the day of the test: once something that
    was known became another, none of the older dates counts any more.
    """

    graph: nx.MultiDiGraph[Node]
    step: int = 0
    noted: dict[Node, Facts] = field(default_factory=dict[Node, Facts])
    composed: dict[Node, int] = field(default_factory=dict[Node, int])
    dated: set[Node] = field(default_factory=set[Node])
    optional: dict[tuple[str, str], bool] = field(default_factory=dict[tuple[str, str], bool])

    def note(self, node: Node) -> None:
        """Note what a node is, unless it was noted before or nothing is known of it."""
        own = self.graph.nodes[node]
        described = node[0] == "drink" or own["reviewed"] is True or bool(self._facts(node))
        if described and node not in self.noted:
            self.noted[node] = self._facts(node)

    def change(
        self,
        drinks: Iterable[str] = (),
        ingredients: Iterable[str] = (),
        *,
        stated: bool = True,
        retired: bool = False,
    ) -> None:
        """Void what the change that was just made to the world leaves without its ground."""
        self.step += 1
        about: list[Node] = [("drink", drink) for drink in drinks]
        parts: list[Node] = [("ingredient", ingredient) for ingredient in ingredients]
        for node in [*about, *parts]:
            self._compose(node, stated=stated, retired=retired)
        held = [
            node
            for node in self.graph.nodes
            if node[0] == "drink" and self.step in map(self.composed.get, self._parts(node))
        ]
        for node in [*parts, *about, *held]:
            self._void(node)

    def _compose(self, node: Node, *, stated: bool, retired: bool) -> None:
        then, now = self.noted.get(node), self._facts(node)
        if then is None:
            self.note(node)
        elif then != now or retired:
            self.noted[node], self.composed[node] = now, self.step
            lost = {fact for fact in then - now if fact[0] != "complete"}
            if retired or lost or node[0] != "drink" or any(fact[0] == "CONTAINS" for fact in then):
                self.dated.add(node)
            if node[0] == "ingredient" and not stated:
                self.graph.nodes[node].update(reviewed=False, diets_reviewed=False)

    def _void(self, node: Node) -> None:
        looked_at = [node, *(self._parts(node) if node[0] == "drink" else ())]
        composed = max((self.composed.get(node, 0) for node in looked_at), default=0)
        dated = any(node in self.dated for node in looked_at)
        for start, end, key, data in list(self.graph.out_edges(node, keys=True, data=True)):
            if data["type"] == "FREE_FROM" and (dated or data["step"] < composed):
                self.graph.remove_edge(start, end, key)

    def _facts(self, node: Node) -> Facts:
        own: dict[str, Any] = self.graph.nodes[node]
        links = {
            (data["type"], *end, str(self.optional.get((node[1], end[1]), False)))
            for _, end, data in self.graph.out_edges(node, data=True)
            if data["type"] in HELD
        }
        if node[0] == "drink":
            complete = str(own["recipe_complete"] is True)
            links |= {("complete", complete), ("named", str(own.get("name", node[1])))}
        return frozenset(links)

    def _parts(self, node: Node) -> set[Node]:
        holders: set[Node] = set()
        waiting = [node]
        while waiting:
            for _, end, data in self.graph.out_edges(waiting.pop(), data=True):
                if data["type"] in HELD and end not in holders:
                    holders.add(end)
                    waiting.append(end)
        return holders
