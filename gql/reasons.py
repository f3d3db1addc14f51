"""Why a drink was recommended, for the person who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import strawberry

from gql.failures import answering
from gql.paths import PathStep
from graph.connection import Graph
from recommend import reason_paths
from recommend.reason_paths import ReasonKind
from recommend.reasons import Basis, find_reasons
from recommend.sentences import sentence

strawberry.enum(
    ReasonKind,
    description="SHARED_...: it shares something with a drink that you had to do with. "
    "PEOPLE_ALIKE: at least five others had both. LIKED_...: it has what you said you like. "
    "CONTEXT: such drinks are wanted more at the moment that you named. POPULAR: many people had "
    "it.",
)


@strawberry.type(description="A reason for a recommendation: a path in the graph that is there.")
class Reason:
    """A reason for a recommendation."""

    kind: ReasonKind
    sentence: str
    path: list[PathStep] = strawberry.field(
        description="From what you did or like to the drink; never another person."
    )
    strength: float = strawberry.field(
        description="By how much the score would fall without it, in standard deviations of your "
        "scores; comparable in one answer only."
    )

    @staticmethod
    def of(found: reason_paths.Reason) -> Reason:
        """Return a reason as the API shows it."""
        return Reason(
            kind=found.kind,
            sentence=sentence(found),
            path=[PathStep(id=strawberry.ID(id_), name=name) for id_, name in found.path],
            strength=round(found.strength, 4),
        )


class Explanation:
    """The reasons of one answer, read once, when the first of its drinks is asked for them."""

    def __init__(self, graph: Graph, basis: Basis, drink_ids: Sequence[str]) -> None:
        self._graph = graph
        self._basis = basis
        self._drink_ids = drink_ids
        self._found: asyncio.Task[dict[str, list[reason_paths.Reason]]] | None = None

    @answering
    async def of(self, drink_id: str, first: int) -> list[Reason]:
        """Return up to `first` reasons of one drink, the strongest first."""
        if self._found is None:
            finding = find_reasons(self._graph, self._basis, self._drink_ids)
            self._found = asyncio.create_task(finding)
        return [Reason.of(one) for one in (await self._found).get(drink_id, [])[:first]]
