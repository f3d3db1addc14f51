"""Why a drink was recommended, for the person who asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum

import strawberry

from gql import described
from gql.types.paths import PathStep
from graph.connection import Graph
from graph.errors import GraphDeadlineMissed, GraphError
from recommend.explain import reason_paths
from recommend.explain.reason_paths import ReasonKind
from recommend.explain.reasons import find_reasons
from recommend.explain.sentences import sentence
from recommend.state.basis import Basis

log = logging.getLogger("tastegraph.graphql")

strawberry.enum(
    ReasonKind,
    description="SHARED_...: it shares something with a drink from your history. PEOPLE_ALIKE: at "
    "least five others had both. LIKED_...: it has what you said you like. CONTEXT: such drinks "
    "are wanted more at the moment you named. TRENDING: more people than usual want it now. "
    "POPULAR: many people had it.",
)


@described.object_type
class Reason:
    """A reason for a recommendation: a path that exists in the graph."""

    kind: ReasonKind
    sentence: str
    path: list[PathStep] = strawberry.field(
        description="From what you did or like to the drink; never another person."
    )
    strength: float = strawberry.field(
        description="How far the score would fall without it, in standard deviations of your "
        "scores; comparable only within one answer."
    )

    @staticmethod
    def of(source: reason_paths.Reason) -> Reason:
        """Return a reason as the API shows it."""
        return Reason(
            kind=source.kind,
            sentence=sentence(source),
            path=[PathStep(id=strawberry.ID(id_), name=name) for id_, name in source.path],
            strength=round(source.strength, 4),
        )


@described.enum
class ReasonsMissing(Enum):
    """Why there are no reasons for a list."""

    LATE = strawberry.enum_value(
        "LATE", description="The graph did not return them in time. What was checked stays checked."
    )
    GRAPH_AWAY = strawberry.enum_value(
        "GRAPH_AWAY", description="The graph went away after the drinks were checked."
    )


class Explanation:
    """The reasons of one answer, read once, when the first of its drinks is asked for them.

    They are decoration: a list that was checked is given without them if they cannot be read.
    """

    def __init__(self, graph: Graph, basis: Basis, drink_ids: Sequence[str]) -> None:
        self._graph = graph
        self._basis = basis
        self._drink_ids = drink_ids
        self._finding: asyncio.Task[_Found] | None = None

    async def of(self, drink_id: str, first: int) -> list[Reason]:
        """Return up to `first` reasons of one drink, the strongest first."""
        reasons_of, _ = await self._read()
        return [Reason.of(reason) for reason in reasons_of.get(drink_id, [])[:first]]

    async def missing(self) -> ReasonsMissing | None:
        """Return why there are none, if they could not be read."""
        _, missing = await self._read()
        return missing

    async def _read(self) -> _Found:
        if self._finding is None:
            self._finding = asyncio.create_task(self._find())
        return await self._finding

    async def _find(self) -> _Found:
        try:
            return await find_reasons(self._graph, self._basis, self._drink_ids), None
        except GraphDeadlineMissed as error:
            log.warning("reasons: %s", error)
            return {}, ReasonsMissing.LATE
        except GraphError as error:
            log.warning("reasons: %s", error)
            return {}, ReasonsMissing.GRAPH_AWAY


_Found = tuple[dict[str, list[reason_paths.Reason]], ReasonsMissing | None]
