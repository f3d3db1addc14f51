"""Deciding: what a person, or a guardian or an operator for them, agrees to; each act is kept.

A decision is a relationship from the person to its purpose, which nothing changes later; what holds
now is on the person beside it, written in the same transaction. So it acts on the next request of
every process, and goes when the person is erased.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from graph.clock import Clock, iso_microseconds, utc_now
from graph.connection import Graph, Row
from graph.errors import GuardianNeeded
from graph.outbox.entries import allergies_changed, telling
from graph.people.consent_texts import ConsentText
from graph.people.consents import CONSENTS_OF_PERSON
from graph.people.declarations import (
    ADVANCE_PROFILE,
    CLEAR_ALLERGIES,
    CLEAR_AVOIDS,
    CLEAR_DIETS,
    not_merged,
)
from graph.people.privacy import FORGET_RECOMMENDED_OF
from graph.people.purposes import ALL, Effect, Ground, Purpose, stops_of
from graph.query import Query
from graph.query_files import load

RECORD_DECISIONS = load("privacy/record_decisions")
KEEP_CONSENT_TEXTS = load("privacy/keep_consent_texts")
SET_CONSENTS = load("privacy/set_consents")
FORGET_DECLARATIONS = load("privacy/forget_declarations")
MARK_CHILD = load("privacy/mark_child")
NAME_GUARDIANS = load("privacy/name_guardians")

Step = tuple[Query, Any]
# of what is deleted in the graph, what a receipt calls it
_FORGOTTEN = {
    "RECOMMENDED": "recommendations remembered",
    "EXPOSED_TO": "arms of experiments",
    "ASKED": "questions asked",
    "IN_SEGMENT": "membership of segments",
    "TRIGGERED": "what was triggered",
}
_CLEARED = ("allergies", "avoids", "diets")


class Actor(StrEnum):
    """Who decided."""

    PERSON = "person"
    GUARDIAN = "guardian"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Decision:
    """A yes or a no to one purpose, and the text that was shown, if we know it."""

    purpose: Purpose
    given: bool
    text: ConsentText | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Who decides and where; a guardian by their id, of which a hash is kept."""

    by: Actor
    surface: str
    guardian: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a decision did: in which stores, and when what is not done yet will be."""

    id: str
    at: str
    decisions: tuple[Decision, ...]
    effects: tuple[Effect, ...]


async def decide(
    graph: Graph,
    user_id: str,
    decisions: Sequence[Decision],
    act: Act,
    clock: Clock = utc_now,
) -> Receipt:
    """Record decisions about a person, and have them act; return the receipt.

    Refusing deletes at once what was kept for that purpose alone. Raises GuardianNeeded,
    PersonMerged or a GraphError; then nothing was changed.
    """
    at, receipt = iso_microseconds(clock()), f"consent-{uuid.uuid4().hex}"
    refused = [each.purpose for each in decisions if not each.given]
    steps: list[Step] = [
        (ADVANCE_PROFILE, {"userId": user_id}),
        (CONSENTS_OF_PERSON, {"userId": user_id}),
        *_recording(user_id, decisions, act, at, receipt),
        (FORGET_RECOMMENDED_OF, {"userId": user_id}),
    ]
    clearing = _clearing(user_id) if Purpose.SAFETY in refused else []
    results = await graph.run_together(
        [*steps, *clearing], accept=partial(_accept, decisions=decisions, act=act)
    )
    sealed = results[0][0]["sealed"] is True
    counted = _counted(results[len(steps) - 1], results[len(steps) :], sealed=sealed)
    return Receipt(receipt, at, tuple(decisions), (*counted, *_to_come(refused)))


def _recording(
    user_id: str, decisions: Sequence[Decision], act: Act, at: str, receipt: str
) -> list[Step]:
    about = {"userId": user_id, "at": at}
    texts = {each.text.hash: each.text for each in decisions if each.text}
    given = {str(purpose): None for purpose in ALL} | {
        str(each.purpose): each.given for each in decisions
    }
    return [
        (KEEP_CONSENT_TEXTS, {"rows": [_text_row(text) for text in texts.values()]}),
        (
            RECORD_DECISIONS,
            {
                **about,
                "rows": [_row(each) for each in decisions],
                "receiptId": receipt,
                "surface": act.surface,
                "by": str(act.by),
                "guardian": guardian_mark(act.guardian) if act.guardian else "",
            },
        ),
        (SET_CONSENTS, {**about, "given": given}),
    ]


def _row(decision: Decision) -> dict[str, Any]:
    text = decision.text
    return {
        "id": uuid.uuid4().hex,
        "purpose": str(decision.purpose),
        "given": decision.given,
        "ground": str(Ground.CONSENT),
        "textVersion": text.version if text else "",
        "textHash": text.hash if text else "",
        "language": text.language if text else "",
    }


def _text_row(text: ConsentText) -> dict[str, str]:
    return {
        "id": text.hash,
        "purpose": str(text.purpose),
        "language": text.language,
        "version": text.version,
        "text": f"{text.title}\n{text.text}",
    }


def _clearing(user_id: str) -> list[Step]:
    about = {"userId": user_id}
    return [
        (CLEAR_ALLERGIES, about),
        (CLEAR_AVOIDS, about),
        (CLEAR_DIETS, about),
        (FORGET_DECLARATIONS, about),
        telling([allergies_changed(user_id)]),
    ]


def _accept(results: list[list[Row]], *, decisions: Sequence[Decision], act: Act) -> None:
    """Raise PersonMerged, or GuardianNeeded where somebody else agrees for a child."""
    not_merged(results)
    found = results[1][0] if results[1] else None
    guardians = found["guardians"] if found else ()
    if act.by is Actor.GUARDIAN and act.guardian not in guardians:
        raise GuardianNeeded("This is not a guardian of the person.")
    is_child = found is not None and found["child"]
    if is_child and act.by is not Actor.GUARDIAN and any(each.given for each in decisions):
        raise GuardianNeeded("This person is a child: a named guardian has to agree for them.")


def _counted(
    forgotten: Sequence[Row], cleared: Sequence[Sequence[Row]], *, sealed: bool
) -> list[Effect]:
    """Return what was deleted; how many of each, nobody could see where they were sealed."""
    counts: list[tuple[str, int | None]] = [
        (_FORGOTTEN[row["kind"]], row["forgotten"]) for row in forgotten
    ]
    for name, rows in zip(_CLEARED, cleared, strict=False):
        counts.append((name, None if sealed else rows[0].get("cleared")))
    return [Effect("graph", f"{what} deleted", "at once", count) for what, count in counts]


def _to_come(refused: Sequence[Purpose]) -> list[Effect]:
    """Return what refusing does elsewhere than in the graph, where nothing is counted."""
    return [effect for effect in stops_of(refused) if effect.store != "graph"]


def guardian_mark(guardian_id: str) -> str:
    """Return the hash of a guardian's id: who has the id can find it, and nobody read it."""
    return hashlib.sha256(f"guardian {guardian_id}".encode()).hexdigest()


async def mark_child(
    graph: Graph, user_id: str, guardians: Sequence[str], clock: Clock = utc_now
) -> Receipt:
    """Have nothing hold for somebody until one of these guardians agrees; return the receipt.

    What they declared stays, so that nothing becomes less safe. Raises PersonMerged or a
    GraphError.
    """
    refused = [Decision(purpose, False) for purpose in ALL if purpose is not Purpose.SAFETY]
    receipt = await decide(graph, user_id, refused, Act(Actor.OPERATOR, "child"), clock)
    await graph.run_together(
        [
            (MARK_CHILD, {"userId": user_id, "child": True}),
            (NAME_GUARDIANS, {"userId": user_id, "guardianIds": sorted(set(guardians))}),
        ]
    )
    return receipt


async def unmark_child(graph: Graph, user_id: str) -> None:
    """Let somebody decide for themselves; what was decided stays. Raises a GraphError."""
    await graph.run_together(
        [
            (ADVANCE_PROFILE, {"userId": user_id}),
            (MARK_CHILD, {"userId": user_id, "child": False}),
            (NAME_GUARDIANS, {"userId": user_id, "guardianIds": []}),
        ],
        accept=not_merged,
    )
