"""Loaders: one query for what many drinks of one request ask for."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from strawberry.dataloader import DataLoader

from gql.failures import answering
from graph.connection import Graph, Row
from graph.query import load
from recommend.gate import GateAnswer, ask_gate

RECIPES_OF_DRINKS = load("catalogue/recipes_of_drinks")


class Loaders:
    """Recipes and safety by drink id, each asked for once in a request."""

    def __init__(self, graph: Graph, user_id: str | None) -> None:
        self._graph = graph
        self._user_id = user_id
        self.recipes: DataLoader[str, list[Row]] = DataLoader(answering(self._recipes))
        self.safety: DataLoader[str, GateAnswer | None] = DataLoader(answering(self._safety))

    async def _recipes(self, drink_ids: list[str]) -> list[list[Row]]:
        rows = await self._graph.run(RECIPES_OF_DRINKS, drinkIds=drink_ids)
        parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            parts[row["drinkId"]].append(row)
        return [parts[drink_id] for drink_id in drink_ids]

    async def _safety(self, drink_ids: list[str]) -> list[GateAnswer | None]:
        answers = await ask_gate(self._graph, self._user_id, drink_ids)
        return [answers.get(drink_id) for drink_id in drink_ids]
