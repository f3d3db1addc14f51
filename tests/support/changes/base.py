"""What every change of a graph and of its world needs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from graph.catalogue.changes import Signature, change_catalogue
from graph.connection import Graph
from graph.query import Query
from graph.safety_rule import Allergy, Node, Person
from tests.support.random_graphs import World

Step = tuple[Query, dict[str, Any]]


class BaseWriter:
    """Writes to a graph and to the world of the rule's model, both the same."""

    def __init__(self, world: World, graph: Graph, draw: random.Random) -> None:
        self.world, self.graph, self.draw = world, graph, draw

    async def _change(
        self,
        *steps: Step,
        drinks: Sequence[str] = (),
        ingredients: Sequence[str] = (),
        structural: bool = False,
    ) -> None:
        await change_catalogue(
            self.graph,
            steps,
            Signature("a writer", "IMPORT", "a test"),
            drinks=drinks,
            ingredients=ingredients,
            structural=structural,
        )
        self.world.voiding.change(drinks, ingredients)

    def _any(self, kind: str) -> str:
        return self.draw.choice(self.world.ids(kind))

    def _user(self) -> str:
        return self.draw.choice(sorted(self.world.people))

    def _somebody(self) -> str:
        """A person of the graph, now and then one whom it sees for the first time."""
        new = f"guest-{len(self.world.people)}"
        return new if self.draw.random() < 0.1 else self._user()

    def _person(self, user: str) -> Person:
        return self.world.people.setdefault(user, Person())

    def _allergy(self, allergen: str) -> Allergy:
        severity = self.draw.choice((None, "SEVERE", "MODERATE", "MILD"))
        return Allergy(allergen, severity, self.draw.random() < 0.5)

    def _edges(self, kind: str, name: str, types: set[str]) -> list[tuple[Node, Node, int, Any]]:
        edges = self.world.graph.out_edges((kind, name), keys=True, data=True)
        return [edge for edge in edges if edge[3]["type"] in types]

    def _forget(self, kind: str, name: str, types: set[str], source: str | None = None) -> None:
        if (kind, name) not in self.world.graph:
            return
        for start, end, key, data in self._edges(kind, name, types):
            if source is None or data["source"] == source:
                self.world.graph.remove_edge(start, end, key)
