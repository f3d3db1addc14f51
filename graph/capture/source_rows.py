"""What the graph keeps of the rows of a shop's database: position, values, and what they describe.

A deleted row stays, with the position of its deletion, so that whatever is older is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.catalogue.changes import Step
from graph.connection import Graph, Row
from graph.importing.job import in_steps
from graph.query_files import load

SOURCE_ROWS = load("capture/source_rows")
ROWS_OF_SUBJECTS = load("capture/rows_of_subjects")
PUT_SOURCE_ROWS = load("capture/put_source_rows")
DESCRIBE_SUBJECTS = load("capture/describe_subjects")
NOTE_LOSSES = load("capture/note_losses")
OPEN_ROWS = load("capture/open_rows")
LIVE_ROWS = load("capture/live_rows")
CAPTURED_TABLES = load("capture/captured_tables")
ROWS_IN_TROUBLE = load("capture/rows_in_trouble")

READING_SECONDS = 60.0


@dataclass(frozen=True)
class SourceRow:
    """A row of the database as it is kept.

    `values` are JSON. It is `open` while the transaction or the snapshot that wrote it has not
    arrived as a whole, and has a `problem` while it cannot be used.
    """

    id: str
    table: str
    position: str
    deleted: bool
    values: str
    open: str | None = None
    problem: str | None = None
    fingerprint: str | None = None
    subjects: frozenset[str] = frozenset()

    @property
    def source_table(self) -> str:
        """The table as the database names it: `table` has the stream before it."""
        return self.table.partition("/")[2]


@dataclass
class Described:
    """Rows by id, and where presence was last taken back, by subject."""

    rows: dict[str, SourceRow] = field(default_factory=lambda: dict[str, SourceRow]())
    lost: dict[str, str] = field(default_factory=lambda: dict[str, str]())


async def rows_of(graph: Graph, ids: Collection[str]) -> dict[str, SourceRow]:
    """Return what is kept of some rows, by id."""
    found = await graph.run(SOURCE_ROWS, ids=sorted(ids), deadline=READING_SECONDS)
    return {row["id"]: _row(row, frozenset(row["subjects"])) for row in found}


async def rows_about(graph: Graph, subjects: Collection[str]) -> Described:
    """Return all rows that describe some subjects, each with those of its subjects."""
    described, about = Described(), dict[str, set[str]]()
    asked = sorted(subjects)
    for row in await graph.run(ROWS_OF_SUBJECTS, subjects=asked, deadline=READING_SECONDS):
        about.setdefault(row["id"], set()).add(row["subject"])
        described.rows[row["id"]] = _row(row, frozenset(about[row["id"]]))
        if row["lostAt"]:
            described.lost[row["subject"]] = row["lostAt"]
    return described


async def open_rows(graph: Graph, stream: str, opened: str | None, most: int) -> list[str]:
    """Return the ids of rows of a stream that waited for anything but what is still `opened`."""
    asked = {"stream": f"{stream} ", "except": opened or "", "most": most}
    found = await graph.run(OPEN_ROWS, deadline=READING_SECONDS, **asked)
    return [row["id"] for row in found]


async def newest_positions(graph: Graph) -> dict[str, str]:
    """Return the newest position of each table, by its id."""
    return {row["table"]: row["position"] for row in await captured_tables(graph)}


async def live_rows(graph: Graph, table: str, before: str) -> list[str]:
    """Return the ids of rows of a table that are not deleted and older than a position."""
    found = await graph.run(LIVE_ROWS, table=table, before=before, deadline=READING_SECONDS)
    return [row["id"] for row in found]


async def captured_tables(graph: Graph) -> list[Row]:
    """Return for each table its rows, those deleted, waiting and in trouble, and its position."""
    return await graph.run(CAPTURED_TABLES, deadline=READING_SECONDS)


async def rows_in_trouble(graph: Graph, most: int = 100) -> list[Row]:
    """Return rows that cannot be used: id, table, position and problem."""
    return await graph.run(ROWS_IN_TROUBLE, most=most, deadline=READING_SECONDS)


def put_steps(rows: Iterable[SourceRow], losses: Mapping[str, str]) -> list[Step]:
    """Return the steps that keep rows; the first tells what was there, in the rows' order."""
    kept = sorted(rows, key=lambda row: row.id)
    links = [{"id": row.id, "subject": subject} for row in kept for subject in sorted(row.subjects)]
    lost = [{"subject": subject, "position": at} for subject, at in sorted(losses.items())]
    return [
        (PUT_SOURCE_ROWS, {"rows": [_kept(row) for row in kept]}),
        *in_steps(DESCRIBE_SUBJECTS, "rows", links),
        *in_steps(NOTE_LOSSES, "rows", lost),
    ]


def _kept(row: SourceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "table": row.table,
        "position": row.position,
        "deleted": row.deleted,
        "values": row.values,
        "open": row.open,
        "problem": row.problem,
        "fingerprint": row.fingerprint,
    }


def _row(row: Mapping[str, Any], subjects: frozenset[str]) -> SourceRow:
    return SourceRow(
        row["id"],
        row["table"],
        row["position"],
        row["deleted"],
        row["values"],
        row["open"],
        row["problem"],
        row["fingerprint"],
        subjects,
    )
