"""Merging a drink into the one it duplicates.

The other becomes at least as strict as both. It gets every part of the merged drink as an optional
one, every presence and trace known about it as evidence of its own, the higher strength, and a
recipe that is complete only if both are; what was declared absent in it stays only where the merged
drink is clear too. What was declared absent in the merged drink is not carried over. The verdicts
after the merge are read in the same transaction: if any would be laxer, nothing is written.

Previewing and applying are the same transaction, as with recalls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from graph.catalogue.aliases import Aliases
from graph.catalogue.changes import Signature, Step, Written, change_catalogue
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.editing.drink_pairs import (
    DrinkPair,
    check_strict,
    is_same,
    pair_of,
    pair_steps,
    read_pair,
    verdicts_of,
)
from graph.editing.transactions import OnlySeen, Overtaken
from graph.errors import GraphContended, MergeRefused
from graph.people.drink_events import COUNT_EVENTS, MOVES, check_events, moved, moves
from graph.people.late_events import follow_merges
from graph.query_files import load
from graph.vocabulary import Verdict

MERGE_DRINK = load("changes/merge_drink")
ADD_MERGED_PARTS = load("changes/add_merged_parts")
VOID_MERGED_STATEMENTS = load("changes/void_merged_statements")

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ChangedVerdict:
    """The verdict on an allergen in the drink that stays, before and after a merge."""

    allergen: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class DrinkMerge:
    """What a merge does; `change` is its id, for undoing it, None unless applied.

    `events` of the merged drink move, `parts` of it are added as optional, and `void` are the
    allergens whose declared absence no longer counts. `known` says whether the whole recipe of the
    drink that stays is known after it.
    """

    merged: str
    into: str
    events: int
    parts: tuple[str, ...]
    void: tuple[str, ...]
    verdicts: tuple[ChangedVerdict, ...]
    known: bool
    change: str | None
    version: int | None


async def merge_drinks(
    graph: Graph,
    drink_id: str,
    into: str,
    today: date,
    *,
    by: str,
    note: str | None = None,
    apply: bool,
    clock: Clock = utc_now,
) -> DrinkMerge:
    """Work out what merging a drink into another does; write it only with `apply`.

    Events keep their ids and count once. Raises DrinkUnknown, MergeRefused for the same drink and
    for one that has been merged, and a GraphError; then nothing was changed.
    """
    if drink_id == into:
        raise MergeRefused(f"'{into}' cannot be merged into itself.", "Nothing was changed.")
    for _ in range(ATTEMPTS):
        pair = await read_pair(graph, drink_id, into)
        _check(pair, drink_id, into)
        try:
            merge = await _merged(
                graph, pair, today, Signature(by, "MERGE", None, note, clock), apply
            )
        except Overtaken:
            continue
        if apply:
            await follow_merges(graph, [drink_id], Aliases({}))
        return merge
    raise GraphContended(f"Others kept changing '{drink_id}' or '{into}'.", "Try again.")


def _check(pair: DrinkPair, drink_id: str, into: str) -> None:
    for drink in (pair.gone, pair.kept):
        if drink["mergedInto"]:
            raise MergeRefused(
                f"The drink '{drink['id']}' has already been merged into '{drink['mergedInto']}'.",
                f"Name '{drink['mergedInto']}', or undo that merge first.",
            )


async def _merged(
    graph: Graph, pair: DrinkPair, today: date, signature: Signature, apply: bool
) -> DrinkMerge:
    gone, kept = pair.gone["id"], pair.kept["id"]
    asked = pair_steps(gone, kept, sorted(pair.gone_verdicts))
    merge_id = f"merge-{uuid4().hex}"
    steps: list[Step] = [
        *asked,
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        *_writing(pair, today, merge_id, signature),
        *moves(gone, kept, undo=False),
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        asked[1],
    ]

    def accept(rows: list[list[Row]]) -> None:
        if not is_same(pair_of(rows[0], rows[1], gone, kept), pair):
            raise Overtaken
        check_events(rows[2], rows[-2])
        check_strict(pair, rows[-1])
        if not apply:
            raise OnlySeen(rows)

    try:
        written = await change_catalogue(graph, steps, signature, drinks=[kept], accept=accept)
    except OnlySeen as seen:
        return _effect(pair, seen.rows, None, None)
    return _effect(pair, written.rows, merge_id, written)


def _writing(pair: DrinkPair, today: date, merge_id: str, signature: Signature) -> list[Step]:
    gone, kept, day = pair.gone["id"], pair.kept["id"], today.isoformat()
    last_day = (today - timedelta(days=1)).isoformat()
    about = {"intoId": kept, "fromId": gone}
    own = {
        "lastDay": min(pair.gone["availableUntil"] or last_day, last_day),
        "complete": pair.complete,
        "abv": pair.more("abv"),
        "caffeine": pair.more("caffeine"),
        "changeId": merge_id,
        "undo": pair.undo(),
    }
    return [
        (VOID_MERGED_STATEMENTS, {**about, "allergenIds": pair.void, "day": day}),
        (ADD_MERGED_PARTS, {**about, "rows": pair.parts}),
        *pair.evidence(day).steps("drink"),
        (MERGE_DRINK, {**about, **own, **signature.signed()}),
    ]


def _effect(
    pair: DrinkPair, rows: list[list[Row]], merge_id: str | None, written: Written | None
) -> DrinkMerge:
    row = next(row for row in rows[-1] if row["drinkId"] == pair.kept["id"])
    after = verdicts_of(row)
    return DrinkMerge(
        merged=pair.gone["id"],
        into=pair.kept["id"],
        events=moved(rows[-2 - len(MOVES) : -2]),
        parts=tuple(line["ingredientId"] for line in pair.parts),
        void=tuple(pair.void),
        verdicts=tuple(
            ChangedVerdict(allergen, before, after[allergen])
            for allergen, before in sorted(pair.kept_verdicts.items())
            if before != after[allergen]
        ),
        known=row["known"],
        change=merge_id,
        version=written.version if written else None,
    )
