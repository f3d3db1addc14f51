"""Changes to the catalogue: one way in, and nothing passes without its record.

What decides about safety is kept on each drink and ingredient as `facts`, the texts that were last
recorded. The last steps of every change, inside its transaction, compare them with what the graph
says now, and write one Change for each drink and ingredient that differs.

Before that, what was said about a drink or an ingredient that is now made of something else is
void: its statements of absence are turned into WAS_FREE_FROM, which no rule reads. So is what is
older than the shelf life of the catalogue (graph/catalogue/expiry.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Literal
from uuid import uuid4

from graph.clock import Clock, iso_seconds, utc_now
from graph.connection import Graph, Row
from graph.outbox.entries import OutboxEntry, telling
from graph.outbox.unsafe_drinks import UnsafeDrinks
from graph.outbox.wanted import wanted_types
from graph.query import Query
from graph.query_files import load
from graph.rows import parts

ADVANCE_VERSION = load("catalogue/advance_version")
RECORD_DRINK_CHANGES = load("changes/record_drink_changes")
RECORD_INGREDIENT_CHANGES = load("changes/record_ingredient_changes")
RECORD_HELD_CHANGES = load("changes/record_held_changes")
NOTE_DRINKS = load("changes/note_drinks")
NOTE_INGREDIENTS = load("changes/note_ingredients")
COMPOSE_DRINKS = load("changes/compose_drinks")
COMPOSE_INGREDIENTS = load("changes/compose_ingredients")
EXPIRE_REVIEWS = load("changes/expire_reviews")
VOID_DRINK_STATEMENTS = load("changes/void_drink_statements")
VOID_INGREDIENT_STATEMENTS = load("changes/void_ingredient_statements")
VOID_HELD_STATEMENTS = load("changes/void_held_statements")

Step = tuple[Query, Any]
Kind = Literal[
    "IMPORT", "REVIEW", "REJECTION", "RECALL", "WITHDRAWAL", "EDIT", "EXPIRY", "MERGE", "UNDO"
]

UNKNOWN = "unknown"
DEADLINE = 300.0
SUBJECTS_PER_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Signature:
    """Who makes a change, what kind of change it is, on whose word, why, and by which clock."""

    by: str
    kind: Kind
    source: str | None
    note: str | None = None
    clock: Clock = utc_now

    def at(self) -> str:
        """The time of signing, now, as ISO text in UTC."""
        return iso_seconds(self.clock().astimezone(UTC)).replace("+00:00", "Z")

    def signed(self) -> dict[str, str | None]:
        """Return who, when and why, signed now."""
        return {"by": self.by, "at": self.at(), "note": self.note}

    def parameters(self) -> dict[str, str | None]:
        """The parameters that a record needs, signed now."""
        return {
            "mark": uuid4().hex,
            "by": self.by,
            "at": self.at(),
            "kind": self.kind,
            "source": self.source,
            "note": self.note,
        }


@dataclass(frozen=True)
class Written:
    """What a change did: its version of the catalogue, and the rows of its steps."""

    version: int
    rows: list[list[Row]]


async def change_catalogue(
    graph: Graph,
    steps: Sequence[Step],
    signature: Signature,
    *,
    drinks: Iterable[str] = (),
    ingredients: Iterable[str] = (),
    structural: bool = False,
    accept: Callable[[list[list[Row]]], None] | None = None,
    tell: Callable[[int, list[list[Row]]], OutboxEntry] | None = None,
) -> Written:
    """Write steps and the record of what they change as one transaction, under a new version.

    `drinks` and `ingredients` are the ids of all that the steps may change. `accept` sees the rows
    of the steps before anything is committed; if it raises, nothing is. `tell` makes what others
    hear of it from the version and these rows; drinks that become unsafe for people are told in any
    case. Raises a GraphError.
    """
    values = signature.parameters()
    about_drinks, about_ingredients = sorted(set(drinks)), sorted(set(ingredients))
    noting: list[Step] = [
        (ADVANCE_VERSION, {"structural": structural}),
        *_each(NOTE_DRINKS, about_drinks),
        *_each(NOTE_INGREDIENTS, about_ingredients),
    ]
    unsafe = UnsafeDrinks(graph.sealing, len(noting), about_drinks, about_ingredients)
    before = [*noting, *unsafe.before()]
    after = [
        *_voiding(about_drinks, about_ingredients, values),
        *_each(RECORD_DRINK_CHANGES, about_drinks, **values),
        *_each(RECORD_INGREDIENT_CHANGES, about_ingredients, **values),
        *unsafe.after(),
    ]
    own = slice(len(before), len(before) + len(steps))

    def accept_own(results: list[list[Row]]) -> None:
        if accept:
            accept(results[own])

    def entries(results: Sequence[list[Row]]) -> list[OutboxEntry]:
        version = results[0][0]["version"]
        own_entry = [tell(version, list(results[own]))] if tell else []
        return [*own_entry, *unsafe.entries(results, version)]

    async with graph.changing:
        results = await graph.run_together(
            [*before, *steps, *after, telling(entries, signature.clock, wanted_types)],
            deadline=DEADLINE,
            accept=accept_own,
        )
    return Written(results[0][0]["version"], results[own])


def _voiding(
    drinks: list[str], ingredients: list[str], values: Mapping[str, str | None]
) -> list[Step]:
    """Return the steps that void what was said too long ago, or about what has since changed.

    Drinks come last, so that what is said about them along with a change of their parts counts.
    """
    day = (values["at"] or "")[:10]
    return [
        *_each(COMPOSE_DRINKS, drinks, day=day),
        *_each(COMPOSE_INGREDIENTS, ingredients, day=day),
        *_each(EXPIRE_REVIEWS, ingredients, day=day),
        *_each(VOID_INGREDIENT_STATEMENTS, ingredients, day=day),
        *_each(RECORD_HELD_CHANGES, ingredients, day=day, **values),
        *_each(VOID_HELD_STATEMENTS, ingredients, day=day),
        *_each(VOID_DRINK_STATEMENTS, drinks, day=day),
    ]


def _each(query: Query, ids: Sequence[str], **others: Any) -> list[Step]:
    return [(query, {"ids": list(some), **others}) for some in parts(ids, SUBJECTS_PER_STEP)]
