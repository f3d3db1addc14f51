"""The second safety check: the graph itself, asked about the drinks about to be returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.people.profiles import Profile
from graph.query import load
from graph.vocabulary import Verdict

SAFETY_GATE = load("recommend/safety_gate")
DECLARED_GATE = load("recommend/declared_gate")


@dataclass(frozen=True, slots=True)
class AllergenVerdict:
    """What the graph says about one of the person's allergens in one drink."""

    allergen: str
    verdict: Verdict
    traces_accepted: bool


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What the graph says about one drink for one person, and how recent the graph was."""

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


async def ask_declared_gate(
    graph: Graph, people: Sequence[Profile], drink_ids: Sequence[str]
) -> list[dict[str, GateAnswer]]:
    """Return the graph's answers by drink id for each of some people whom it does not know.

    Only what each declares is considered; a drink that the graph does not have has none.
    """
    found: list[dict[str, GateAnswer]] = [{} for _ in people]
    if not drink_ids or not people:
        return found
    rows = await graph.run(
        DECLARED_GATE, people=[declared_by(one) for one in people], drinkIds=list(drink_ids)
    )
    for row in rows:
        found[row["place"]][row["drinkId"]] = gate_answer(row, row["drinkId"])
    return found


def declared_by(person: Profile) -> dict[str, Any]:
    """Return what a person declares, as the gate takes it."""
    return {
        "allergies": [
            {"allergen": one.allergen, "tracesAccepted": one.traces_accepted}
            for one in person.allergies
        ],
        "avoids": list(person.avoids),
        "diets": list(person.diets),
        "maxAbv": person.max_abv,
        "maxCaffeine": person.max_caffeine,
    }


def gate_answer(row: Row, drink_id: str) -> GateAnswer:
    """Read a row of a gate query; only a true `safe` is safe."""
    return GateAnswer(
        drink_id=drink_id,
        safe=row["safe"] is True,
        declared=row["declared"] is True,
        known=row["known"] is True,
        verdicts=tuple(
            AllergenVerdict(one["allergen"], Verdict(one["verdict"]), one["tracesAccepted"])
            for one in row["verdicts"]
        ),
        avoided=tuple(row["avoided"]),
        unsuited_diets=tuple(row["unsuitedDiets"]),
        profile_version=row["profileVersion"],
        catalogue_version=row["catalogueVersion"],
    )
