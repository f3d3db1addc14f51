"""What may be in the graph twice: drinks with one name, and people with two accounts.

Similarity is a hint for an operator, never a decision: nothing is merged automatically.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from graph.connection import Graph, Row
from graph.people.privacy import PEOPLE
from graph.query_files import load
from graph.recognition.naming import normalise

DRINK_NAMES = load("catalogue/drink_names")
NAMESAKES = load("catalogue/namesakes")
SAME_MOMENTS = load("people/same_moments")

LONG_SECONDS = 120.0
# Of a larger group only so many are compared: such names have another problem.
MOST_ALIKE = 50
LEAST_MOMENTS = 2


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two that may be one, by id, and why; `name` is what people read, empty for people."""

    one: str
    other: str
    name: str
    reason: str


async def duplicate_drinks(graph: Graph, about: set[str] | None = None) -> list[Duplicate]:
    """Return pairs of drinks that may be the same, the likeliest first.

    With `about`, only pairs with one of these. Names are compared without case, accents,
    punctuation and plural; drinks of different producers or kinds are not a pair.
    """
    names = await graph.run(DRINK_NAMES, deadline=LONG_SECONDS)
    shared = [
        [row["id"] for row in group]
        for group in _by_name(names)
        if len(group) > 1 and (about is None or any(row["id"] in about for row in group))
    ]
    ids = sorted(chain.from_iterable(shared))
    rows = await graph.run(NAMESAKES, ids=ids, deadline=LONG_SECONDS) if ids else []
    return _pairs(rows, about)


def _by_name(rows: Iterable[Row]) -> Collection[list[Row]]:
    alike: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        alike[normalise(row["name"]) or row["name"]].append(row)
    return alike.values()


def _pairs(rows: Iterable[Row], about: set[str] | None) -> list[Duplicate]:
    """Return likely pairs among rows of `NAMESAKES`; with `about`, those with one of these ids."""
    scored = [
        (rank, Duplicate(one["id"], other["id"], one["name"], _REASONS[rank]))
        for group in _by_name(rows)
        for one, other in combinations(group[:MOST_ALIKE], 2)
        if about is None or one["id"] in about or other["id"] in about
        if (rank := _likeness(one, other)) is not None
    ]
    return [
        pair
        for _, pair in sorted(
            scored, key=lambda ranked: (ranked[0], ranked[1].one, ranked[1].other)
        )
    ]


_REASONS = (
    "same name, producer and recipe",
    "same name and producer",
    "same name and recipe",
    "same name; one has no known recipe",
    "same name, other recipes",
)


def _likeness(row: Row, other: Row) -> int | None:
    """Return the index of the reason, 0 for the strongest; None if they are not alike."""
    makers = set(row["producers"]), set(other["producers"])
    recipes = set(row["ingredients"]), set(other["ingredients"])
    same_maker = bool(makers[0] & makers[1])
    same_recipe = bool(recipes[0]) and recipes[0] == recipes[1]
    if (all(makers) and not same_maker) or _differ(row["kind"], other["kind"]):
        return None
    if same_maker:
        return 0 if same_recipe else 1
    if same_recipe:
        return 2
    return 4 if all(recipes) else 3


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other) and normalise(one or "") != normalise(other or "")


async def duplicate_people(graph: Graph) -> list[Duplicate]:
    """Return pairs of people who may be one: by events at the same moments, then by similar ids."""
    moments = await graph.run(SAME_MOMENTS, least=LEAST_MOMENTS, deadline=LONG_SECONDS)
    reason_of = {
        (row["one"], row["other"]): f"{row['moments']} identical events at the same moments"
        for row in moments
    }
    people = await graph.run(PEOPLE, deadline=LONG_SECONDS)
    ids = [row["id"] for row in people if not row["merged"]]
    for pair, reason in _ids_alike(ids).items():
        reason_of.setdefault(pair, reason)
    return [Duplicate(one, other, "", reason) for (one, other), reason in reason_of.items()]


def _ids_alike(ids: Sequence[str]) -> Mapping[tuple[str, str], str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for id_ in ids:
        alike["".join(id_.split()).casefold()].append(id_)
    return {
        (one, other): "the same id except for case and spaces"
        for group in alike.values()
        for one, other in combinations(sorted(group)[:MOST_ALIKE], 2)
    }
