"""Why a drink is not offered to a person: graph paths that exist, and how to see them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.query import Query, load

WHY_NOT_EVIDENCE = load("recommend/why_not_evidence")
WHY_NOT_UNKNOWN = load("recommend/why_not_unknown")
WHY_NOT_AVOIDED = load("recommend/why_not_avoided")
WHY_NOT_LIMITS = load("recommend/why_not_limits")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One path that speaks against a drink; ids from the drink to the part it ends at."""

    kind: str
    path: tuple[str, ...]
    stated: str | None = None
    allergen: str | None = None
    source: str | None = None
    observed_at: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Replay:
    """A query file and its parameters: what an analyst runs to see the same paths."""

    query: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class WhyNot:
    """Everything that speaks against a drink for a person, if it is not safe for them."""

    obstacles: tuple[Obstacle, ...]
    replay: tuple[Replay, ...]


async def why_not(graph: Graph, user_id: str, drink_id: str) -> WhyNot:
    """Return what speaks against a drink for a person, read in one transaction."""
    both, drink = {"userId": user_id, "drinkId": drink_id}, {"drinkId": drink_id}
    steps: list[tuple[Query, dict[str, Any]]] = [
        (WHY_NOT_EVIDENCE, both),
        (WHY_NOT_UNKNOWN, drink),
        (WHY_NOT_AVOIDED, both),
        (WHY_NOT_LIMITS, both),
    ]
    evidence, unknown, avoided, limits = await graph.run_together(steps)
    return WhyNot(
        obstacles=(
            *(_evidence(row) for row in evidence),
            *(_unknown(row, drink_id) for row in unknown if _is_unknown(row)),
            *(Obstacle("AVOIDED", tuple(row["path"]), stated=row["avoided"]) for row in avoided),
            *(
                Obstacle(row["kind"], (drink_id,), stated=row["declared"], detail=row["found"])
                for row in limits
            ),
        ),
        replay=tuple(
            Replay(f"cypher/{query.name}.cypher", parameters) for query, parameters in steps
        ),
    )


def _evidence(row: Row) -> Obstacle:
    return Obstacle(
        kind="CONTAINS" if row["status"] == "HAS_ALLERGEN" else "MAY_CONTAIN",
        path=tuple(row["path"]),
        stated=row["stated"],
        allergen=row["allergen"],
        source=row["source"],
        observed_at=row["observedAt"],
    )


def _is_unknown(row: Row) -> bool:
    return bool(row["path"]) or not row["recipeComplete"] or row["ingredients"] == 0


def _unknown(row: Row, drink_id: str) -> Obstacle:
    if row["path"]:
        return Obstacle("UNREVIEWED", tuple(row["path"]))
    return Obstacle("RECIPE_INCOMPLETE", (drink_id,))
