"""What requests ask of the graph while others are asking, as one query: natural batching.

Whoever comes while queries are under way rides in the next; where none is, nobody waits. Nobody is
in a query that began before they came, so a change acts on the next request as if it went alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph.connection import Graph
from graph.errors import GraphRefused, ProfileSealed

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

# one is answered while the answers of the other are read
QUERIES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Ask, Answer]):
    """What one request asks, and the answer to each of its asks."""

    asks: Sequence[Ask]
    weight: int
    answers: asyncio.Future[Sequence[Answer]]

    def fail(self, error: Exception) -> None:
        if not self.answers.done():
            self.answers.set_exception(error)


class Batches(Generic[Ask, Answer]):
    """Puts the asks of all requests of a process to the graph, those that wait together at once."""

    def __init__(
        self,
        graph: Graph,
        name: str,
        run: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer]]],
        weigh: Callable[[Ask], int],
        most: int,
    ) -> None:
        """Run a query for many asks, of a weight of `most` in all, unless one weighs more."""
        self._graph, self._name = graph, name
        self._answers_to, self._weigh, self._most = run, weigh, most
        self._waiting: list[_Waiting[Ask, Answer]] = []
        self._queries: set[asyncio.Task[None]] = set()

    async def ask(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """Return the answer to each ask.

        Raises a GraphError: GraphDeadlineMissed too if its turn does not come in time.
        """
        answers: asyncio.Future[Sequence[Answer]] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(asks, sum(map(self._weigh, asks)), answers)
        self._waiting.append(waiting)
        self._begin()
        return await self._graph.in_time(self._name, lambda: waiting.answers)

    def _begin(self) -> None:
        while len(self._queries) < QUERIES_AT_ONCE and (batch := self._taken()):
            query = asyncio.create_task(self._run(batch))
            self._queries.add(query)
            query.add_done_callback(self._ended)

    def _ended(self, query: asyncio.Task[None]) -> None:
        self._queries.discard(query)
        self._begin()

    def _taken(self) -> list[_Waiting[Ask, Answer]]:
        """Take those who wait, in turn: as many as one query should have, and one at least."""
        self._waiting = [waiting for waiting in self._waiting if not waiting.answers.done()]
        taken: list[_Waiting[Ask, Answer]] = []
        weight = 0
        for waiting in self._waiting:
            weight += waiting.weight
            if taken and weight > self._most:
                break
            taken.append(waiting)
        del self._waiting[: len(taken)]
        return taken

    async def _run(self, batch: Sequence[_Waiting[Ask, Answer]]) -> None:
        """Ask for all; what the graph refuses for all together is asked for each alone."""
        try:
            await self._ask(batch)
        except (GraphRefused, ProfileSealed) as error:
            if len(batch) == 1:
                batch[0].fail(error)
            for waiting in batch if len(batch) > 1 else ():
                await self._run([waiting])
        except Exception as error:
            for waiting in batch:
                waiting.fail(error)

    async def _ask(self, batch: Sequence[_Waiting[Ask, Answer]]) -> None:
        answers = await self._answers_to([ask for waiting in batch for ask in waiting.asks])
        first = 0
        for waiting in batch:
            if not waiting.answers.done():
                waiting.answers.set_result(answers[first : first + len(waiting.asks)])
            first += len(waiting.asks)
