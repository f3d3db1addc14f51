"""Merging two accounts of one person, and undoing it.

What the person did counts for the other, each event once and with its id; what either declared
applies to the other too, at its strictest. The merged person keeps their own declarations, so that
a token of theirs that is still valid is offered no more than before; their id is another name of
the other's for everything later, and can no longer declare anything.

Previewing and applying are the same transaction, as with drinks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from graph.catalogue.changes import Signature
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.editing.declared_states import (
    Found,
    State,
    Step,
    difference,
    news,
    putting,
    state_of,
    united,
)
from graph.editing.transactions import OnlySeen
from graph.errors import MergeRefused, PersonMerged, PersonUnknown
from graph.outbox.entries import allergies_changed, telling
from graph.people.sealing_profiles import DECLARED_STATES, UNDO
from graph.query_files import load
from graph.sealing.profiles import NOTHING, opened_text
from graph.sealing.sealing import Sealing

COMMON_EVENTS = load("people/common_events")
MERGE_PERSON = load("people/merge_person")
UNMERGE_PERSON = load("people/unmerge_person")
MERGE_OF_PEOPLE = load("people/merge_of_people")
MOVES = (
    load("people/move_purchases_of"),
    load("people/move_ratings_of"),
    load("people/move_views_of"),
    load("people/move_saves_of"),
)

MARK = "people-"
LONG_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class PeopleMerge:
    """What a merge of people does; `change` is its id, to undo it, None while it is not applied.

    `events` move, except those in `apart`: ids that the other already has, which stay with the
    merged person. `news` says in words what now applies to the other and did not before.
    """

    merged: str
    into: str
    events: int
    apart: tuple[str, ...]
    news: tuple[str, ...]
    change: str | None


@dataclass(frozen=True, slots=True)
class PeopleApart:
    """What undoing a merge of people did."""

    merged: str
    into: str
    events: int


async def merge_people(
    graph: Graph,
    user_id: str,
    into: str,
    *,
    by: str,
    note: str | None = None,
    apply: bool,
    clock: Clock = utc_now,
) -> PeopleMerge:
    """Work out what merging a person into another does; write it only with `apply`.

    Raises PersonUnknown; PersonMerged if either has been merged; MergeRefused for the same person,
    and for two who declared by different laws; and a GraphError. Then nothing was changed.
    """
    if user_id == into:
        raise MergeRefused(f"'{into}' cannot be merged into itself.", "Nothing was changed.")
    change = f"{MARK}{uuid4().hex}"
    ids = [user_id, into]
    signature = Signature(by, "MERGE", None, note, clock)

    def after(results: Found) -> State:
        states = _states(graph.sealing, results[0], ids)
        return united(states[user_id], states[into])

    def fingerprint(results: Found) -> str | None:
        return _row(results[0], into)["fingerprint"]

    def apart(results: Found) -> dict[str, bool]:
        return {row["eventId"]: True for row in results[1]}

    def merging(results: Found) -> dict[str, Any]:
        undo = difference(_states(graph.sealing, results[0], ids)[into], after(results))
        about = {"fromId": user_id, "intoId": into, "changeId": change}
        return {**about, "undo": _kept(graph.sealing, into, undo), **signature.signed()}

    steps: list[Step] = [
        (DECLARED_STATES, {"ids": ids}),
        (COMMON_EVENTS, {"fromId": user_id, "intoId": into}),
        *putting(graph.sealing, lambda _: into, after, fingerprint),
        telling([allergies_changed(into)], clock),
        *_moves(lambda _: (user_id, into), apart, undo=False),
        (MERGE_PERSON, merging),
        (DECLARED_STATES, {"ids": ids}),
    ]

    def accept(results: list[Any]) -> None:
        if state_of(graph.sealing, _row(results[-1], into)) != after(results):
            raise MergeRefused(
                f"'{into}' would not be as strict as both.",
                "Nothing was changed. This is a bug in Tastegraph: please report it.",
            )
        if not apply:
            raise OnlySeen(results)

    try:
        results = await graph.run_together(steps, deadline=LONG_SECONDS, accept=accept)
    except OnlySeen as seen:
        results, change = seen.rows, None
    before = _states(graph.sealing, results[0], ids)[into]
    moved = _moved(results[-2 - len(MOVES) : -2])
    sentences = news(before, after(results))
    return PeopleMerge(user_id, into, moved, tuple(sorted(apart(results))), sentences, change)


async def undo_people_merge(graph: Graph, merge_id: str) -> PeopleApart:
    """Separate two merged people again, as they were, with what was done under the id of each.

    Raises MergeRefused if there is no such merge, if either has declared something else since, or
    if the other has been merged too, and a GraphError; then nothing was changed. Recommendations
    that were forgotten stay forgotten.
    """

    def pair(results: Found) -> tuple[str, str]:
        if not results[0]:
            raise MergeRefused(
                f"There is no merge '{merge_id}'.",
                "It was undone, or one of the two people was erased.",
            )
        return results[0][0]["fromId"], results[0][0]["intoId"]

    def before(results: Found) -> State:
        gone, kept = pair(results)
        rows = {row["id"]: row for row in results[1]}
        _check_undo(rows, gone, kept)
        now = state_of(graph.sealing, rows[kept])
        was = {**now, **_undoing(graph.sealing, kept, results[0][0]["undo"])}
        if united(state_of(graph.sealing, rows[gone]), was) != now:
            raise MergeRefused(
                f"'{kept}' or '{gone}' has declared something else since the merge.",
                "Nothing was changed: the two could be less strict than what was said since.",
            )
        return was

    def fingerprint(results: Found) -> str | None:
        return _row(results[1], pair(results)[1])["fingerprint"]

    def ending(results: Found) -> dict[str, Any]:
        return {"fromId": pair(results)[0], "mergeId": merge_id}

    def both(results: Found) -> dict[str, Any]:
        return {"ids": list(pair(results))}

    steps: list[Step] = [
        (MERGE_OF_PEOPLE, {"mergeId": merge_id}),
        (DECLARED_STATES, both),
        *putting(graph.sealing, lambda results: pair(results)[1], before, fingerprint),
        telling(lambda results: [allergies_changed(pair(results)[1])]),
        *_moves(lambda results: pair(results)[::-1], lambda _: {}, undo=True),
        (UNMERGE_PERSON, ending),
    ]
    results = await graph.run_together(steps, deadline=LONG_SECONDS)
    return PeopleApart(*pair(results), _moved(results[-1 - len(MOVES) : -1]))


def _kept(sealing: Sealing | None, into: str, undo: State) -> str:
    """Return what undoing needs, as it is kept: sealed if it says what was declared."""
    text = json.dumps(undo)
    if sealing is None or NOTHING.keys().isdisjoint(undo):
        return text
    return sealing.seals([into])[into].text(UNDO, text)


def _undoing(sealing: Sealing | None, kept: str, text: str) -> State:
    return json.loads(opened_text(sealing, kept, UNDO, text))


def _states(sealing: Sealing | None, rows: list[Any], ids: list[str]) -> Mapping[str, State]:
    """Return what both declared; raise PersonUnknown, PersonMerged or ProfileSealed."""
    row_of = {row["id"]: row for row in rows}
    for id_ in ids:
        if id_ not in row_of:
            raise PersonUnknown(id_)
    for id_ in ids:
        into = row_of[id_]["mergedInto"]
        if into:
            raise PersonMerged(id_, into)
    return {id_: state_of(sealing, row_of[id_]) for id_ in ids}


def _check_undo(rows: Mapping[str, Any], gone: str, kept: str) -> None:
    into = rows[kept]["mergedInto"]
    if into:
        raise MergeRefused(
            f"'{kept}' has itself been merged into '{into}'.", "Undo that merge first."
        )


def _row(rows: list[Any], user_id: str) -> Any:
    return next(row for row in rows if row["id"] == user_id)


def _moves(
    ends: Callable[[Found], tuple[str, ...]],
    apart: Callable[[Found], dict[str, bool]],
    *,
    undo: bool,
) -> list[Step]:
    def values(results: Found) -> dict[str, Any]:
        from_id, into_id = ends(results)
        return {"fromId": from_id, "intoId": into_id, "apart": apart(results), "undo": undo}

    return [(query, values) for query in MOVES]


def _moved(rows: Found) -> int:
    return sum(row[0]["moved"] for row in rows)
