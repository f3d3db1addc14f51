"""Obstacles: why a drink is not offered to a person, as paths of the graph that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.query import Query
from graph.query_files import load
from graph.verdicts.attestation import Attestation
from graph.verdicts.gate import GateAnswer, said_by
from graph.verdicts.replay import Replay
from graph.vocabulary import EvidenceType, Verdict

WHY_NOT_EVIDENCE = load("recommend/why_not_evidence")
WHY_NOT_UNKNOWN = load("recommend/why_not_unknown")
WHY_NOT_VOID = load("recommend/why_not_void")
WHY_NOT_AVOIDED = load("recommend/why_not_avoided")
WHY_NOT_LIMITS = load("recommend/why_not_limits")
WHY_NOT_DIETS = load("recommend/why_not_diets")
WHY_NOT_DIET_LIMITS = load("recommend/why_not_diet_limits")


@dataclass(frozen=True, slots=True)
class Obstacle(Attestation):
    """One path that rules a drink out; ids from the drink to the part it ends at."""

    kind: str
    path: tuple[str, ...]
    stated: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class WhyNot:
    """Everything that rules a drink out for a person, if it is not safe for them."""

    obstacles: tuple[Obstacle, ...] = ()
    replay: tuple[Replay, ...] = ()


async def find_obstacles(graph: Graph, user_id: str, answer: GateAnswer) -> WhyNot:
    """Return what rules a drink out for a person, by what they declare now.

    `answer` is the gate's; for a safe drink nothing is read or returned. Raises a GraphError.
    """
    if answer.safe:
        return WhyNot()
    steps = _steps(await said_by(graph, user_id), answer.drink_id)
    evidence, unknown, void, avoided, limits, diets, diet_limits = await graph.run_together(steps)
    drink = (answer.drink_id,)
    return WhyNot(
        obstacles=(
            *(_evidence(row) for row in evidence if not _is_accepted(row, answer)),
            *(_unknown(row, drink) for row in unknown if _is_unknown(row, answer)),
            *(_void(row, drink) for row in void if _is_missed(row, answer)),
            *(Obstacle("AVOIDED", tuple(row["path"]), stated=row["avoided"]) for row in avoided),
            *(
                Obstacle(row["kind"], drink, stated=row["declared"], detail=row["found"])
                for row in limits
            ),
            *(_diet(row) for row in diets),
            *(_diet_limit(row, drink) for row in diet_limits),
        ),
        replay=tuple(Replay.of(query, parameters) for query, parameters in steps),
    )


def _steps(said: Row, drink_id: str) -> list[tuple[Query, dict[str, Any]]]:
    about = {"drinkId": drink_id}
    allergens = sorted({allergy["allergen"] for allergy in said["allergies"]})
    avoids, diets = sorted(said["avoids"]), sorted(said["diets"])
    limits = {name: said[name] for name in ("maxAbv", "maxCaffeine", "unresolved")}
    return [
        (WHY_NOT_EVIDENCE, {"allergens": allergens, **about}),
        (WHY_NOT_UNKNOWN, {"chooses": bool(avoids or diets), **about}),
        (WHY_NOT_VOID, {"allergens": allergens, **about}),
        (WHY_NOT_AVOIDED, {"avoids": avoids, **about}),
        (WHY_NOT_LIMITS, {**limits, **about}),
        (WHY_NOT_DIETS, {"diets": diets, **about}),
        (WHY_NOT_DIET_LIMITS, {"diets": diets, **about}),
    ]


def _is_accepted(row: Row, answer: GateAnswer) -> bool:
    """Accepted traces in a known drink are not an obstacle."""
    return answer.known and any(
        verdict.allergen == row["stated"]
        and verdict.verdict is Verdict.MAY_CONTAIN
        and verdict.traces_accepted
        for verdict in answer.verdicts
    )


def _evidence(row: Row) -> Obstacle:
    return Obstacle(
        kind="CONTAINS" if row["status"] == EvidenceType.HAS_ALLERGEN else "MAY_CONTAIN",
        path=tuple(row["path"]),
        stated=row["stated"],
        allergen=row["allergen"],
        source=row["source"],
        observed_at=row["observedAt"],
        protein_mg=row["proteinMgPerServing"],
        dose_source=row["doseSource"],
    )


def _is_unknown(row: Row, answer: GateAnswer) -> bool:
    """A gap in the recipe is an obstacle for people who need the drink to be known."""
    gap = row["path"] or not row["recipeComplete"] or row["ingredients"] == 0
    matters = row["chooses"] or any(
        verdict.verdict is not Verdict.ABSENT for verdict in answer.verdicts
    )
    return bool(gap and matters)


def _unknown(row: Row, drink: tuple[str, ...]) -> Obstacle:
    if row["path"]:
        return Obstacle(
            "UNREVIEWED",
            tuple(row["path"]),
            voided_at=row["expiredOn"],
            because="EXPIRED" if row["expiredOn"] else None,
        )
    return Obstacle("RECIPE_INCOMPLETE", drink)


def _is_missed(row: Row, answer: GateAnswer) -> bool:
    """A void statement is an obstacle if it alone would have cleared the allergy."""
    return any(
        verdict.allergen == row["stated"] and verdict.verdict is Verdict.UNKNOWN
        for verdict in answer.verdicts
    )


def _void(row: Row, drink: tuple[str, ...]) -> Obstacle:
    return Obstacle(
        kind="DECLARATION_VOID",
        path=drink,
        stated=row["stated"],
        allergen=row["allergen"],
        source=row["source"],
        observed_at=row["observedAt"],
        voided_at=row["voidedAt"],
        because=row["because"],
    )


def _diet(row: Row) -> Obstacle:
    kind = "DIET_AVOIDED" if row["avoided"] else "DIET_UNREVIEWED"
    source = row["source"] if row["avoided"] else None
    return Obstacle(kind, tuple(row["path"]), stated=row["diet"], source=source)


def _diet_limit(row: Row, drink: tuple[str, ...]) -> Obstacle:
    return Obstacle(
        kind="DIET_LIMIT",
        path=drink,
        stated=row["declared"],
        source=row["source"],
        detail=f"{row['found']} (the diet has {row['limit']})",
    )
