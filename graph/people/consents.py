"""How somebody stands to each purpose: what they said, what holds, and every act of consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graph.connection import Graph, Row
from graph.people.consent_rules import Held, held_of
from graph.people.purposes import ALL, USES, Ground, Purpose
from graph.query_files import load

CONSENTS_OF_PERSON = load("privacy/consents_of_person")
DECISIONS = load("privacy/decisions")
CONSENT_TEXTS = load("privacy/consent_texts")


class Answer(StrEnum):
    """What somebody said to a purpose; `HELD` without a question, on a ground of the operator's."""

    GIVEN = "given"
    REFUSED = "refused"
    HELD = "held"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to one purpose: `holds` only if all that it needs holds too."""

    purpose: Purpose
    answer: Answer
    holds: bool
    ground: str | None
    since: str | None
    history: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Consents:
    """All purposes of one person; a child needs one of its guardians."""

    child: bool
    guardians: tuple[str, ...]
    standings: tuple[Standing, ...]


async def consents_of(graph: Graph, user_id: str) -> Consents:
    """Return how somebody stands to each purpose, with each act. Raises a GraphError."""
    found, history = await graph.run_together(
        [(CONSENTS_OF_PERSON, {"userId": user_id}), (DECISIONS, {"userId": user_id})]
    )
    if not found:
        return Consents(False, (), tuple(map(_never_asked, ALL)))
    row, held = found[0], held_of(found[0])
    answers = {purpose: _answer(purpose, row, held) for purpose in ALL}
    said = {purpose for purpose, (answer, _) in answers.items() if answer in _HOLDING}
    return Consents(
        row["child"],
        tuple(sorted(row["guardians"])),
        tuple(
            _standing(each, row, answers[each], said.issuperset({each, *USES[each].needs}), history)
            for each in ALL
        ),
    )


_HOLDING = (Answer.GIVEN, Answer.HELD)


def _answer(purpose: Purpose, row: Row, held: Held) -> tuple[Answer, str | None]:
    """Return what holds, in the order of the queries: the person, the operator, the rules."""
    if row[purpose] is not None:
        return (Answer.GIVEN, Ground.CONSENT) if row[purpose] else (Answer.REFUSED, None)
    if row["ground"] is not None and USES[purpose].imported:
        return Answer.HELD, row["ground"]
    if row["simulated"]:
        return Answer.HELD, Ground.SIMULATED
    if purpose is Purpose.SAFETY and row["ground"] is not None and row["declared"]:
        return Answer.HELD, row["ground"]
    return (Answer.HELD, held[purpose]) if purpose in held else (Answer.NOT_ASKED, None)


def _never_asked(purpose: Purpose) -> Standing:
    return Standing(purpose, Answer.NOT_ASKED, False, None, None, ())


def _standing(
    purpose: Purpose,
    row: Row,
    answer: tuple[Answer, str | None],
    holds: bool,
    history: Sequence[Row],
) -> Standing:
    said, ground = answer
    acts = tuple(act for act in history if act["purpose"] == purpose)
    since = acts[0]["at"] if acts else None
    if said is Answer.HELD and row["ground"] is None:
        since = row["since"]
    return Standing(purpose, said, holds, ground, since, acts)


async def texts_shown(graph: Graph) -> Sequence[Row]:
    """Return every text that anybody was shown when they decided. Raises a GraphError."""
    return await graph.run(CONSENT_TEXTS)
