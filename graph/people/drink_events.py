"""The events of two drinks, moved from one to the other: none is lost, and none counts twice."""

from __future__ import annotations

from graph.catalogue.changes import Step
from graph.connection import Row
from graph.errors import MergeRefused
from graph.query_files import load

COUNT_EVENTS = load("changes/count_events")
MOVES = (
    load("changes/move_purchases"),
    load("changes/move_ratings"),
    load("changes/move_views"),
    load("changes/move_saves"),
    load("changes/move_impressions"),
)


def moves(gone: str, kept: str, *, undo: bool) -> list[Step]:
    """Return the steps that move what was done with one drink to another, or back."""
    return [(query, {"fromId": gone, "intoId": kept, "undo": undo}) for query in MOVES]


def check_events(before: list[Row], after: list[Row]) -> None:
    """Refuse to lose events; others may have recorded some in between."""
    if sum(row["events"] for row in before) > sum(row["events"] for row in after):
        raise MergeRefused("Not every event could be moved.", "Nothing was changed.")


def moved(rows: list[list[Row]]) -> int:
    """Return how many events the steps of `moves` moved; recommendations are not events."""
    return sum(row[0]["moved"] for row in rows[:-1])
