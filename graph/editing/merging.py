"""Merging a drink into the one it duplicates, and undoing it.

The other becomes at least as strict as both. It gets every part of the merged drink as an optional
one, every presence and trace known about it as evidence of its own, the higher strength, and a
recipe that is complete only if both are; what was declared absent in it stays only where the merged
drink is clear too. What was declared absent in the merged drink is not carried over. The verdicts
after the merge are read in the same transaction: if any would be laxer, nothing is written.

Previewing and applying are the same transaction, as with recalls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from uuid import uuid4

from graph.catalogue.aliases import MERGED_DRINKS, Aliases
from graph.catalogue.changes import Signature, Step, Written, change_catalogue
from graph.catalogue.entities import ALLERGEN_VERDICTS, ALLERGENS
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.errors import DrinkUnknown, GraphContended, MergeRefused
from graph.importing.statements import (
    Statement,
    StatementKey,
    Statements,
    known_statements_step,
    statements_of,
)
from graph.query import load
from graph.vocabulary import EvidenceStatus, Verdict

MERGE_STATE = load("changes/merge_state")
COUNT_EVENTS = load("changes/count_events")
MERGE_DRINK = load("changes/merge_drink")
ADD_MERGED_PARTS = load("changes/add_merged_parts")
VOID_MERGED_STATEMENTS = load("changes/void_merged_statements")
MERGE_NAMED = load("changes/merge_named")
UNMERGE_DRINK = load("changes/unmerge_drink")
REMOVE_MERGED_PARTS = load("changes/remove_merged_parts")
RESTORE_MERGED_STATEMENTS = load("changes/restore_merged_statements")
MOVES = (
    load("changes/move_purchases"),
    load("changes/move_ratings"),
    load("changes/move_views"),
    load("changes/move_saves"),
    load("changes/move_offers"),
)

ATTEMPTS = 3
LONG_SECONDS = 300.0
_KEPT = ("complete", "abv", "caffeine", "composition", "composedIn", "composedOn")
_STRICTNESS = {Verdict.ABSENT: 0, Verdict.UNKNOWN: 1, Verdict.MAY_CONTAIN: 2, Verdict.CONTAINS: 3}


@dataclass(frozen=True, slots=True)
class ChangedVerdict:
    """The verdict on an allergen in the drink that stays, before and after a merge."""

    allergen: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Merge:
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


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a merge did."""

    merged: str
    into: str
    events: int
    version: int


class _Overtaken(Exception):
    """Somebody else changed one of the drinks in between."""


class _OnlySeen(Exception):
    def __init__(self, rows: list[list[Row]]) -> None:
        self.rows = rows


@dataclass(frozen=True)
class _Pair:
    """Two drinks as they are, and the verdicts on every allergen in each."""

    gone: Row
    kept: Row
    gone_verdicts: Mapping[str, Verdict]
    kept_verdicts: Mapping[str, Verdict]
    known: bool

    @property
    def parts(self) -> list[Row]:
        """The parts of the merged drink that the other lacks."""
        there = {line["ingredientId"] for line in self.kept["lines"]}
        lines = sorted(self.gone["lines"], key=lambda line: line["ingredientId"])
        return [line for line in lines if line["ingredientId"] not in there]

    @property
    def complete(self) -> bool:
        """Whether both recipes are complete, and there is one of each."""
        return all(one["complete"] and one["lines"] for one in (self.gone, self.kept))

    @property
    def void(self) -> list[str]:
        """The allergens whose declared absence in the other no longer counts."""
        absent = sorted(set(self.kept["absent"]))
        if self.parts or self.complete != self.kept["complete"]:
            return absent
        return [one for one in absent if self.gone_verdicts.get(one) is not Verdict.ABSENT]

    def evidence(self, day: str) -> Statements:
        """The merged drink's known presence and traces, as statements about the other."""
        source = source_of(self.gone["id"])
        said = dict.fromkeys(self.gone["mayContain"], EvidenceStatus.MAY_CONTAIN)
        said |= dict.fromkeys(self.gone["contains"], EvidenceStatus.CONTAINS)
        changes: dict[StatementKey, Statement | None] = {
            StatementKey("drink", self.kept["id"], allergen, source): Statement(status, day)
            for allergen, status in sorted(said.items())
        }
        return Statements(changes=changes)

    def more(self, name: str) -> float | None:
        """Return the higher of two strengths; None if either is unknown."""
        values = (self.gone[name], self.kept[name])
        return None if None in values else max(values)

    def undo(self) -> str:
        """The former state of both, as JSON."""
        kept = {name: self.kept[name] for name in (*_KEPT, "composedBecause")}
        return json.dumps(
            {
                "availableUntil": self.gone["availableUntil"],
                "fromFacts": sorted(self.gone["facts"] or []),
                "intoFacts": sorted(self.kept["facts"] or []),
                "into": kept,
            }
        )


def source_of(drink_id: str) -> str:
    """Return the source named on evidence that a drink gets from one merged into it."""
    return f"merged from {drink_id}"


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
) -> Merge:
    """Work out what merging a drink into another does; write it only with `apply`.

    Events keep their ids and count once. Raises DrinkUnknown, MergeRefused for the same drink and
    for one that has been merged, and a GraphError; then nothing was changed.
    """
    if drink_id == into:
        raise MergeRefused(f"'{into}' cannot be merged into itself.", "Nothing was changed.")
    for _ in range(ATTEMPTS):
        pair = await _pair(graph, drink_id, into)
        _check(pair, drink_id, into)
        try:
            merge = await _merged(
                graph, pair, today, Signature(by, "MERGE", None, note, clock), apply
            )
        except _Overtaken:
            continue
        if apply:
            await _move_late(graph, drink_id, into)
        return merge
    raise GraphContended(f"Others kept changing '{drink_id}' or '{into}'.", "Try again.")


async def undo_merge(
    graph: Graph, merge_id: str, *, by: str, note: str | None = None, clock: Clock = utc_now
) -> Undone:
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
        *_moves(kept, gone, undo=True),
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        (
            UNMERGE_DRINK,
            {
                "mergeId": merge_id,
                "changeId": f"undo-{uuid4().hex}",
                "availableUntil": undo["availableUntil"],
                **undo["into"],
                **_signed(signature),
            },
        ),
    ]

    def accept(found: list[list[Row]]) -> None:
        _check_undo(merge_id, found[0], {row["id"]: row for row in found[1]})
        _check_events(found[2], found[-2])

    written = await change_catalogue(graph, steps, signature, drinks=[gone, kept], accept=accept)
    return Undone(gone, kept, _moved(written.rows[-2 - len(MOVES) : -2]), written.version)


async def _pair(graph: Graph, drink_id: str, into: str) -> _Pair:
    allergens = [row["id"] for row in await graph.run(ALLERGENS)]
    rows, verdicts = await graph.run_together(_asked(drink_id, into, allergens))
    return _pair_of(rows, verdicts, drink_id, into)


def _asked(drink_id: str, into: str, allergens: Sequence[str]) -> tuple[Step, Step]:
    ids = [drink_id, into]
    return (
        (MERGE_STATE, {"ids": ids}),
        (ALLERGEN_VERDICTS, {"drinkIds": ids, "allergenIds": list(allergens)}),
    )


def _pair_of(rows: list[Row], verdicts: list[Row], drink_id: str, into: str) -> _Pair:
    state = {row["id"]: row for row in rows}
    for one in (drink_id, into):
        if one not in state:
            raise DrinkUnknown(one)
    found = {row["drinkId"]: row for row in verdicts}
    return _Pair(
        state[drink_id],
        state[into],
        _verdicts(found.get(drink_id)),
        _verdicts(found.get(into)),
        all(row["known"] for row in verdicts),
    )


def _verdicts(row: Row | None) -> dict[str, Verdict]:
    return {one["allergen"]: Verdict(one["verdict"]) for one in row["verdicts"]} if row else {}


def _check(pair: _Pair, drink_id: str, into: str) -> None:
    for one in (pair.gone, pair.kept):
        if one["mergedInto"]:
            raise MergeRefused(
                f"The drink '{one['id']}' has already been merged into '{one['mergedInto']}'.",
                f"Name '{one['mergedInto']}', or undo that merge first.",
            )


async def _merged(
    graph: Graph, pair: _Pair, today: date, signature: Signature, apply: bool
) -> Merge:
    gone, kept = pair.gone["id"], pair.kept["id"]
    asked = _asked(gone, kept, sorted(pair.gone_verdicts))
    merge_id = f"merge-{uuid4().hex}"
    steps: list[Step] = [
        *asked,
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        *_writing(pair, today, merge_id, signature),
        *_moves(gone, kept, undo=False),
        (COUNT_EVENTS, {"ids": [gone, kept]}),
        asked[1],
    ]

    def accept(rows: list[list[Row]]) -> None:
        if not _same(_pair_of(rows[0], rows[1], gone, kept), pair):
            raise _Overtaken
        _check_events(rows[2], rows[-2])
        _check_strict(pair, rows[-1])
        if not apply:
            raise _OnlySeen(rows)

    try:
        written = await change_catalogue(graph, steps, signature, drinks=[kept], accept=accept)
    except _OnlySeen as seen:
        return _effect(pair, seen.rows, None, None)
    return _effect(pair, written.rows, merge_id, written)


def _writing(pair: _Pair, today: date, merge_id: str, signature: Signature) -> list[Step]:
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
        (MERGE_DRINK, {**about, **own, **_signed(signature)}),
    ]


def _signed(signature: Signature) -> dict[str, str | None]:
    return {"by": signature.by, "at": signature.at(), "note": signature.note}


def _moves(gone: str, kept: str, *, undo: bool) -> list[Step]:
    return [(query, {"fromId": gone, "intoId": kept, "undo": undo}) for query in MOVES]


async def _move_late(graph: Graph, gone: str, kept: str) -> None:
    """Move what others recorded about the merged drink while the merge was being written."""

    def still(rows: list[list[Row]]) -> None:
        if Aliases.of(rows[0]).into.get(gone) != kept:
            raise _Overtaken

    try:
        await graph.run_together(
            [(MERGED_DRINKS, {}), *_moves(gone, kept, undo=False)],
            deadline=LONG_SECONDS,
            accept=still,
        )
    except _Overtaken:
        return


def _same(now: _Pair, planned: _Pair) -> bool:
    """Return whether nothing that matters has changed; the composition may just be noted."""
    return _facts(now) == _facts(planned)


def _facts(pair: _Pair) -> str:
    rows = [
        {
            name: sorted(map(str, cast(list[Any], value))) if isinstance(value, list) else value
            for name, value in one.items()
            if name != "composition"
        }
        for one in (pair.gone, pair.kept)
    ]
    return json.dumps([rows, pair.gone_verdicts, pair.kept_verdicts, pair.known], sort_keys=True)


def _check_events(before: list[Row], after: list[Row]) -> None:
    """Refuse to lose events; others may have recorded some in between."""
    if sum(row["events"] for row in before) > sum(row["events"] for row in after):
        raise MergeRefused("Not every event could be moved.", "Nothing was changed.")


def _check_strict(pair: _Pair, rows: list[Row]) -> None:
    """Refuse a merge after which any verdict on the drink that stays is laxer than on either."""
    row = next(one for one in rows if one["drinkId"] == pair.kept["id"])
    after = _verdicts(row)
    laxer = [
        one
        for one in pair.gone_verdicts
        if _STRICTNESS[after.get(one, Verdict.ABSENT)]
        < max(_STRICTNESS[pair.gone_verdicts[one]], _STRICTNESS[pair.kept_verdicts[one]])
    ]
    if laxer or (row["known"] and not pair.known):
        raise MergeRefused(
            f"'{pair.kept['id']}' would be less strict about {', '.join(laxer) or 'its recipe'}.",
            "Nothing was changed. This is a bug in Tastegraph: please report it.",
        )


def _moved(rows: list[list[Row]]) -> int:
    """Return how many events the steps of `_moves` moved; recommendations are not events."""
    return sum(one[0]["moved"] for one in rows[:-1])


def _effect(
    pair: _Pair, rows: list[list[Row]], merge_id: str | None, written: Written | None
) -> Merge:
    row = next(one for one in rows[-1] if one["drinkId"] == pair.kept["id"])
    after = _verdicts(row)
    return Merge(
        merged=pair.gone["id"],
        into=pair.kept["id"],
        events=_moved(rows[-2 - len(MOVES) : -2]),
        parts=tuple(line["ingredientId"] for line in pair.parts),
        void=tuple(pair.void),
        verdicts=tuple(
            ChangedVerdict(one, before, after[one])
            for one, before in sorted(pair.kept_verdicts.items())
            if before != after[one]
        ),
        known=row["known"],
        change=merge_id,
        version=written.version if written else None,
    )


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
    for one in (gone, kept):
        if set(one["facts"] or []) != expected[one["id"]]:
            raise MergeRefused(
                f"Something has been recorded about '{one['id']}' since the merge.",
                f"Take that back first: see tastegraph history {one['id']}. Nothing was changed.",
            )
