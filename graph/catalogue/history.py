"""The history of a drink: every recorded change to it, and to all that is or ever was in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.query_files import load

CHANGES_OF_DRINK = load("changes/changes_of_drink")
CHANGES_OF_INGREDIENTS = load("changes/changes_of_ingredients")
CHANGES_SINCE = load("recommend/changes_since")

_PART = re.compile(r"(?:contains|is a|made of) ([^|]+?)(?: \|.*)?")


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded change; `version` is the catalogue's, `at` ISO text in UTC.

    `before` and `after` hold all facts of the subject, a drink or an ingredient, sorted. A subject
    that was new has none before.
    """

    id: str
    version: int
    at: str
    by: str
    kind: str
    source: str | None
    note: str | None
    subject_type: str
    subject_id: str
    subject: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def added(self) -> tuple[str, ...]:
        """The facts that are new with the change."""
        return tuple(fact for fact in self.after if fact not in self.before)

    @property
    def removed(self) -> tuple[str, ...]:
        """The facts that are gone with the change."""
        return tuple(fact for fact in self.before if fact not in self.after)


async def changes_since(graph: Graph, rows: Sequence[Row], most: int) -> list[Row]:
    """Return up to `most` changes of each drink and its parts since its moment, ISO text in UTC.

    A row has a `drinkId` and a `moment`.
    """
    return await graph.run(CHANGES_SINCE, rows=rows, most=most)


async def safety_history(graph: Graph, drink_id: str) -> list[Change]:
    """Return the changes of a drink and of its parts, present and past, the newest first.

    Parts at any depth count. Empty for a drink that does not exist, or that has not changed
    since changes are recorded.
    """
    rows = await graph.run(CHANGES_OF_DRINK, drinkId=drink_id)
    changes = {row["id"]: change_of(row) for row in rows}
    asked: set[str] = set()
    while wanted := named_parts(changes.values()) - asked:
        asked |= wanted
        rows = await graph.run(CHANGES_OF_INGREDIENTS, ids=sorted(wanted))
        changes |= {row["id"]: change_of(row) for row in rows}
    return sorted(
        changes.values(), key=lambda change: (-change.version, change.subject_type, change.id)
    )


def named_parts(changes: Iterable[Change]) -> set[str]:
    """Return the ids of the ingredients that the facts of some changes name as parts."""
    facts = {fact for change in changes for fact in (*change.before, *change.after)}
    return {match[1] for fact in facts if (match := _PART.fullmatch(fact))}


def change_of(row: Row) -> Change:
    """Return a recorded change as a query gives it, its facts sorted."""
    return Change(
        id=row["id"],
        version=row["version"],
        at=row["at"],
        by=row["by"],
        kind=row["kind"],
        source=row["source"],
        note=row["note"],
        subject_type=row["subjectType"],
        subject_id=row["subjectId"],
        subject=row["subject"],
        before=tuple(sorted(row["before"])),
        after=tuple(sorted(row["after"])),
    )
