"""How drinks are connected to what a person did and likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.people.profiles import MOST_OF_A_KIND
from graph.query_files import load

REASON_PATHS = load("recommend/reason_paths")
PEOPLE_ALIKE = load("recommend/people_alike")


@dataclass(frozen=True, slots=True)
class LikedPath:
    """What a person likes, and what the drink itself has (`via`) that is it, or is below it.

    `kind` is "ingredient", "flavor" or "style".
    """

    kind: str
    liked: str
    via: str


@dataclass(frozen=True, slots=True)
class DrinkPaths:
    """The paths from a person to a drink, over one drink they had or, without it, what they like.

    `shared` has, by kind, what both drinks have; `wanted` is whether anybody wanted the drink.
    """

    drink_id: str
    had_id: str | None
    shared: Mapping[str, Sequence[str]]
    liked: Sequence[LikedPath]
    wanted: bool


async def load_drink_paths(
    graph: Graph, user_id: str | None, pairs: Sequence[tuple[str, str | None]]
) -> list[DrinkPaths]:
    """Return the paths of each pair of a drink and one of the person's history; see the query."""
    rows = await graph.run(
        REASON_PATHS,
        userId=user_id,
        hadIds=sorted({had_id for _, had_id in pairs if had_id}),
        pairs=[{"drinkId": drink_id, "hadId": had_id} for drink_id, had_id in pairs],
        most=MOST_OF_A_KIND,
    )
    return [_drink_paths(row) for row in rows]


async def count_people_alike(
    graph: Graph,
    user_id: str | None,
    had_ids: Sequence[str],
    drink_ids: Sequence[str],
    people: int,
) -> dict[tuple[str, str], int]:
    """Return how many others had both, by (had id, drink id), among up to `people` of each had."""
    rows = await graph.run(
        PEOPLE_ALIKE,
        userId=user_id,
        hadIds=had_ids,
        drinkIds=drink_ids,
        people=people,
        most=MOST_OF_A_KIND,
    )
    return {(row["hadId"], row["drinkId"]): row["people"] for row in rows}


def _drink_paths(row: Row) -> DrinkPaths:
    return DrinkPaths(
        drink_id=row["drinkId"],
        had_id=row["hadId"],
        shared={kind: row[f"{kind}s"] for kind in ("ingredient", "flavor", "style")},
        liked=[LikedPath(liking["kind"], liking["id"], liking["via"]) for liking in row["likes"]],
        wanted=row["wanted"],
    )
