"""Sealing what people declare: read, changed and sealed again in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from graph.connection import Graph, Row
from graph.query import Query
from graph.query_files import load
from graph.sealing.profiles import NOTHING, State, opened_state, says_something, sealable
from graph.sealing.sealing import PersonSeal, Sealing, is_sealed

DECLARED_STATES = load("people/declared_states")
PUT_SEALED = load("people/put_sealed")
EXISTING_TARGETS = load("people/existing_targets")
OPEN_PROFILES = load("people/open_profiles")
OPEN_MERGES = load("people/open_merges")
SEAL_MERGES = load("people/seal_merges")

PEOPLE_AT_ONCE = 500
SECONDS = 300.0

Step = tuple[Query, Any]
Named = Literal["allergens", "ingredients", "diets"]
Results = Sequence[list[Row]]
PARTS = ("allergies", "avoids", "diets")
FINGERPRINT, UNDO = "fingerprint", "undo"


def sealed_rows(sealing: Sealing, states: Mapping[str, State]) -> list[dict[str, Any]]:
    """Return the rows of PUT_SEALED for the states of people. Raises what `seal` does."""
    seals = sealing.seals(states)
    return [
        {
            "id": person,
            "sealed": seals[person].fields(sealable(state)),
            "fingerprint": _mark(seals[person], state.get("fingerprint")),
        }
        for person, state in states.items()
    ]


def _mark(seal: PersonSeal, fingerprint: str | None) -> str | None:
    """Return the fingerprint of a row about a person, sealed: who guesses the row would know it."""
    if fingerprint is None or is_sealed(fingerprint):
        return fingerprint
    return seal.text(FINGERPRINT, fingerprint)


def changing_sealed(
    sealing: Sealing, user_id: str, place: int, change: Callable[[State], State]
) -> list[Step]:
    """Return two steps that change what a person declared; `place` is that of the first."""

    def values(results: Results) -> Mapping[str, Any]:
        [row] = results[place]
        state = change(opened_state(sealing, row))
        # who has never declared anything gets no key either
        is_kept = says_something(state) or row["sealed"]
        return {"rows": sealed_rows(sealing, {user_id: state}) if is_kept else []}

    return [(DECLARED_STATES, {"ids": [user_id]}), (PUT_SEALED, values)]


def settled(unresolved: Sequence[str] | None, part: str) -> list[str]:
    """Return what is still not understood once a part (allergies, avoids, diets) is declared.

    A whole row that could not be read may also have named the others: those stay open.
    """
    others = [other for other in PARTS if other != part]
    texts = list(unresolved or [])
    kept = [text for text in texts if not text.startswith((f"{part}:", "row:"))]
    rows = [text for text in texts if text.startswith("row:")]
    return kept + [f"{other}: {text}" for other in others for text in rows]


def existing(what: Named, ids: Iterable[str]) -> Step:
    """Return the step that looks which of these there are, a row for each."""
    asked: dict[Named, list[str]] = {"allergens": [], "ingredients": [], "diets": []}
    asked[what] = sorted(set(ids))
    return EXISTING_TARGETS, {f"{name[:-1]}Ids": listed for name, listed in asked.items()}


async def seal_some(graph: Graph, sealing: Sealing, after: str) -> tuple[int, str | None]:
    """Seal the next people whose declarations are in the clear; return how many, and the last.

    None as the last says that there are no more. What somebody declares meanwhile counts: each part
    is one transaction, which locks its people. Raises a GraphError.
    """
    found = await graph.run(OPEN_PROFILES, after=after, most=PEOPLE_AT_ONCE, deadline=SECONDS)
    ids = [row["id"] for row in found]
    if not ids:
        return 0, None

    def values(results: Results) -> Mapping[str, Any]:
        states = {row["id"]: opened_state(sealing, row) for row in results[0]}
        some = {person: state for person, state in states.items() if says_something(state)}
        return {"rows": sealed_rows(sealing, some)}

    steps: list[Step] = [(DECLARED_STATES, {"ids": ids}), (PUT_SEALED, values)]
    _, sealed = await graph.run_together(steps, deadline=SECONDS)
    return len(sealed), ids[-1]


async def seal_merges(graph: Graph, sealing: Sealing) -> int:
    """Seal what undoing merges needs, where it says what somebody declared; return how many were.

    Raises a GraphError.
    """
    sealed, after = 0, ""
    while found := await graph.run(OPEN_MERGES, after=after, most=PEOPLE_AT_ONCE, deadline=SECONDS):
        seals = sealing.seals({row["userId"] for row in found})
        rows = [
            {**row, "undo": seals[row["userId"]].text(UNDO, row["undo"])}
            for row in found
            if not NOTHING.keys().isdisjoint(json.loads(row["undo"]))
        ]
        sealed += len(await graph.run(SEAL_MERGES, rows=rows, deadline=SECONDS))
        after = found[-1]["mergeId"]
    return sealed
