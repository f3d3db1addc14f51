"""The whole gate for all requests of a process: those that wait together are one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.connection import Graph
from graph.safety_gate import SAFETY_GATE
from graph.verdicts.batches import Batches
from graph.verdicts.gate import GateAnswer, Person, answers_in, asks_of

MOST_DRINKS = 320  # in one query


class GateBatches:
    """Asks the gate of one graph for all requests of a process."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._batches = Batches(graph, SAFETY_GATE.name, self._run, _drinks, MOST_DRINKS)

    async def ask(
        self, people: Sequence[Person], drink_ids: Sequence[str]
    ) -> list[dict[str, GateAnswer]]:
        """Return what `ask_gates` returns for these people and drinks.

        Raises a GraphError: GraphDeadlineMissed too if its turn does not come in time.
        """
        return await self.put(asks_of(people, drink_ids)) if drink_ids else [{} for _ in people]

    def distrust(self) -> None:
        """Do nothing: the graph is asked anyway."""

    async def put(self, asks: Sequence[Mapping[str, Any]]) -> list[dict[str, GateAnswer]]:
        """Return the answers by drink id to each ask, of the form that the query takes.

        Raises what `ask` raises.
        """
        return list(await self._batches.ask(asks))

    async def _run(self, asks: Sequence[Mapping[str, Any]]) -> list[dict[str, GateAnswer]]:
        return answers_in(await self._graph.run(SAFETY_GATE, asks=asks), len(asks))


def _drinks(ask: Mapping[str, Any]) -> int:
    return len(ask["drinks"])
