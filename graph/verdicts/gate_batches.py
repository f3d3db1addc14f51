"""The whole gate for all requests of a process: those that wait together are one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.connection import Graph
from graph.safety_gate import SAFETY_GATE
from graph.verdicts.batches import Batches
from graph.verdicts.gate import GateAnswer, Person, answers_in, asked_of

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
        if not drink_ids:
            return [{} for _ in people]
        asked = await asked_of(self._graph, people)
        answers = await self.put([{**each.person, "drinks": list(drink_ids)} for each in asked])
        return [each.answered(answer) for each, answer in zip(asked, answers, strict=True)]

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
