"""The second safety check: the graph itself, asked about the drinks about to be returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.query import load

SAFETY_GATE = load("recommend/safety_gate")


@dataclass(frozen=True, slots=True)
class AllergenVerdict:
    """What the graph says of one of the person's allergens in one drink."""

    allergen: str
    verdict: str
    traces_accepted: bool


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What the graph says of one drink for one person, and how new the graph was."""

    drink_id: str
    safe: bool
    declared: bool
    known: bool
    verdicts: tuple[AllergenVerdict, ...]
    avoided: tuple[str, ...]
    unsuited_diets: tuple[str, ...]
    profile_version: int
    catalogue_version: int

    @property
    def status(self) -> str:
        """SAFE or UNSAFE for a person who declared; NOT_CHECKED (or UNSAFE) for one who did not."""
        if not self.safe:
            return "UNSAFE"
        return "SAFE" if self.declared else "NOT_CHECKED"


async def ask_gate(
    graph: Graph, user_id: str | None, drink_ids: Sequence[str]
) -> dict[str, GateAnswer]:
    """Return the graph's answer by drink id; a drink that the graph does not have has none."""
    if not drink_ids:
        return {}
    rows = await graph.run(SAFETY_GATE, userId=user_id, drinkIds=list(drink_ids))
    return {row["drinkId"]: gate_answer(row, row["drinkId"]) for row in rows}


def gate_answer(row: Row, drink_id: str) -> GateAnswer:
    """Return a row of a gate query; only what is true is safe."""
    return GateAnswer(
        drink_id=drink_id,
        safe=row["safe"] is True,
        declared=row["declared"] is True,
        known=row["known"] is True,
        verdicts=tuple(
            AllergenVerdict(one["allergen"], one["verdict"], one["tracesAccepted"])
            for one in row["verdicts"]
        ),
        avoided=tuple(row["avoided"]),
        unsuited_diets=tuple(row["unsuitedDiets"]),
        profile_version=row["profileVersion"],
        catalogue_version=row["catalogueVersion"],
    )
