"""Changes of the catalogue: one door, through which nothing passes without its record.

What decides about safety is kept on each drink and ingredient as `facts`, the texts that were last
recorded. The last steps of every change, inside its transaction, compare them with what the graph
says now, and write one Change for each drink and ingredient that differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from graph.connection import Graph, Row
from graph.query import Query, load

ADVANCE_VERSION = load("catalogue/advance_version")
RECORD_DRINK_CHANGES = load("changes/record_drink_changes")
RECORD_INGREDIENT_CHANGES = load("changes/record_ingredient_changes")

Step = tuple[Query, Mapping[str, Any]]
Kind = Literal["IMPORT", "REVIEW", "REJECTION", "RECALL", "WITHDRAWAL", "EDIT"]

UNKNOWN = "unknown"
DEADLINE = 300.0
SUBJECTS_PER_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Signature:
    """Who makes a change, what kind of change it is, on whose word, and why."""

    by: str
    kind: Kind
    source: str | None
    note: str | None = None

    def parameters(self) -> dict[str, str | None]:
        """Return the values that a record needs, signed now."""
        return {
            "mark": uuid4().hex,
            "by": self.by,
            "at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
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
) -> Written:
    """Write steps and the record of what they change as one transaction, under a new version.

    `drinks` and `ingredients` are the ids of all that the steps may change. `accept` sees the rows
    of the steps before anything is committed; if it raises, nothing is. Raises a GraphError.
    """
    first: Step = (ADVANCE_VERSION, {"structural": structural})
    values = signature.parameters()
    records = [
        *_records(RECORD_DRINK_CHANGES, drinks, values),
        *_records(RECORD_INGREDIENT_CHANGES, ingredients, values),
    ]
    own = slice(1, 1 + len(steps))

    def accept_own(found: list[list[Row]]) -> None:
        if accept:
            accept(found[own])

    found = await graph.run_together(
        [first, *steps, *records], deadline=DEADLINE, accept=accept_own
    )
    return Written(found[0][0]["version"], found[own])


def _records(query: Query, subjects: Iterable[str], values: Mapping[str, Any]) -> list[Step]:
    ids = sorted(set(subjects))
    return [
        (query, {"ids": ids[start : start + SUBJECTS_PER_STEP], **values})
        for start in range(0, len(ids), SUBJECTS_PER_STEP)
    ]
