"""Asks of the gate that wait together, as one query: natural batching.

Whoever comes while queries are under way rides in the next; where none is, nobody waits. No ask is
in a query that began before it came, so a change acts on the next request as if it went alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph
from graph.errors import GraphRefused
from graph.safety_gate import SAFETY_GATE
from graph.verdicts.gate import GateAnswer, Person, answers_in, asks_of

# one is answered while the answers of the other are read
QUERIES_AT_ONCE = 2
MOST_DRINKS = 320


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What one request asks, and the answers by drink id to each of its asks."""

    asks: Sequence[dict[str, Any]]
    answers: asyncio.Future[list[dict[str, GateAnswer]]]

    @property
    def drinks(self) -> int:
        return sum(len(ask["drinks"]) for ask in self.asks)

    def fail(self, error: Exception) -> None:
        if not self.answers.done():
            self.answers.set_exception(error)


class GateBatches:
    """Asks the gate of one graph for all requests of a process."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._waiting: list[_Waiting] = []
        self._queries: set[asyncio.Task[None]] = set()

    async def ask(
        self, people: Sequence[Person], drink_ids: Sequence[str]
    ) -> list[dict[str, GateAnswer]]:
        """Return what `ask_gates` returns for these people and drinks.

        Raises a GraphError: GraphDeadlineMissed too if its turn does not come in time.
        """
        if not drink_ids:
            return [{} for _ in people]
        waiting = _Waiting(asks_of(people, drink_ids), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._begin()
        return await self._graph.in_time(SAFETY_GATE.name, lambda: waiting.answers)

    def _begin(self) -> None:
        while len(self._queries) < QUERIES_AT_ONCE and (batch := self._taken()):
            query = asyncio.create_task(self._run(batch))
            self._queries.add(query)
            query.add_done_callback(self._ended)

    def _ended(self, query: asyncio.Task[None]) -> None:
        self._queries.discard(query)
        self._begin()

    def _taken(self) -> list[_Waiting]:
        """Take those who wait, in turn: as many as one query should have, and one at least."""
        self._waiting = [waiting for waiting in self._waiting if not waiting.answers.done()]
        taken: list[_Waiting] = []
        drinks = 0
        for waiting in self._waiting:
            drinks += waiting.drinks
            if taken and drinks > MOST_DRINKS:
                break
            taken.append(waiting)
        del self._waiting[: len(taken)]
        return taken

    async def _run(self, batch: Sequence[_Waiting]) -> None:
        """Ask for all; what the graph refuses for all together is asked for each alone."""
        try:
            await self._ask(batch)
        except GraphRefused as error:
            if len(batch) == 1:
                batch[0].fail(error)
            for waiting in batch if len(batch) > 1 else ():
                await self._run([waiting])
        except Exception as error:
            for waiting in batch:
                waiting.fail(error)

    async def _ask(self, batch: Sequence[_Waiting]) -> None:
        asks = [ask for waiting in batch for ask in waiting.asks]
        answers = answers_in(await self._graph.run(SAFETY_GATE, asks=asks), len(asks))
        first = 0
        for waiting in batch:
            if not waiting.answers.done():
                waiting.answers.set_result(answers[first : first + len(waiting.asks)])
            first += len(waiting.asks)
