"""Undoing a merge of drinks: two of one again, as they were, with what was done with each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from graph.catalogue.aliases import Aliases
from graph.catalogue.changes import Signature, Step, change_catalogue
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.editing.drink_pairs import MERGE_STATE, source_of
from graph.errors import MergeRefused
from graph.importing.statements import (
    Statements,
    known_statements_step,
    statements_of,
)
from graph.people.drink_events import COUNT_EVENTS, MOVES, check_events, moved, moves
from graph.people.late_events import follow_merges
from graph.query_files import load

MERGE_NAMED = load("changes/merge_named")
UNMERGE_DRINK = load("changes/unmerge_drink")
REMOVE_MERGED_PARTS = load("changes/remove_merged_parts")
RESTORE_MERGED_STATEMENTS = load("changes/restore_merged_statements")


@dataclass(frozen=True, slots=True)
class DrinksApart:
    """What undoing a merge did."""

    merged: str
    into: str
    events: int
    version: int


async def undo_drink_merge(
    graph: Graph, merge_id: str, *, by: str, note: str | None = None, clock: Clock = utc_now
) -> DrinksApart:
    """Separate two merged drinks again, as they were, with what was done with each.

    What was done since under the id of the merged drink goes back to it too. Raises MergeRefused if
    there is no such merge, if anything was recorded about either drink since, or if the other has
    been merged itself, and a GraphError; then nothing was changed.
    """
    rows = await graph.run(MERGE_NAMED, mergeId=merge_id)
    if not rows:
        raise MergeRefused(
            f"There is no merge '{merge_id}'.", "See tastegraph history for the merged drink."
        )
    gone, kept, undo = rows[0]["fromId"], rows[0]["intoId"], json.loads(rows[0]["undo"])
    about = known_statements_step("drink", [kept])
    said = statements_of("drink", await graph.run(about[0], **about[1]))
    own = {key: None for key in said if key.source == source_of(gone)}
    signature = Signature(by, "UNDO", None, note, clock)
    steps: list[Step] = [
        (MERGE_NAMED, {"mergeId": merge_id}),
        (MERGE_STATE, {"ids": sorted({gone, kept})}),
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        (REMOVE_MERGED_PARTS, {"intoId": kept, "fromId": gone}),
        (RESTORE_MERGED_STATEMENTS, {"intoId": kept, "fromId": gone}),
        *Statements(changes=dict(own)).steps("drink"),
        *moves(kept, gone, undo=True),
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        (
            UNMERGE_DRINK,
            {
                "mergeId": merge_id,
                "changeId": f"undo-{uuid4().hex}",
                "availableUntil": undo["availableUntil"],
                **undo["into"],
                **signature.signed(),
            },
        ),
    ]

    def accept(results: list[list[Row]]) -> None:
        _check_undo(merge_id, results[0], {row["id"]: row for row in results[1]})
        check_events(results[2], results[-2])

    written = await change_catalogue(graph, steps, signature, drinks=[gone, kept], accept=accept)
    await follow_merges(graph, [gone], Aliases({gone: kept}))
    return DrinksApart(gone, kept, moved(written.rows[-2 - len(MOVES) : -2]), written.version)


def _check_undo(merge_id: str, rows: list[Row], state: Mapping[str, Row]) -> None:
    if not rows:
        raise MergeRefused(f"There is no merge '{merge_id}'.", "It has just been undone.")
    gone, kept = state[rows[0]["fromId"]], state[rows[0]["intoId"]]
    undo = json.loads(rows[0]["undo"])
    if kept["mergedInto"]:
        raise MergeRefused(
            f"'{kept['id']}' has itself been merged into '{kept['mergedInto']}'.",
            "Undo that merge first.",
        )
    expected = {
        gone["id"]: set(undo["fromFacts"]),
        kept["id"]: set(undo["intoFacts"] if rows[0]["after"] is None else rows[0]["after"]),
    }
    for drink in (gone, kept):
        if set(drink["facts"] or []) != expected[drink["id"]]:
            raise MergeRefused(
                f"Something has been recorded about '{drink['id']}' since the merge.",
                f"Take that back first: see tastegraph history {drink['id']}. Nothing was changed.",
            )
