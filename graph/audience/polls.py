"""Polls: what a person was asked, when, and what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph
from graph.people.declarations import ADD_DISLIKES, ADD_LIKES, ADVANCE_PROFILE, not_merged
from graph.people.privacy import erasure_id
from graph.query import Query
from graph.query_files import load

ASK_PERSON = load("audience/ask_person")
ASKED = load("audience/asked")
ANSWER_POLL = load("audience/answer_poll")
FORGET_OPINIONS = load("people/forget_opinions_of_flavors")

MOST_ASKED = 500
"""How many of the newest questions to a person are looked at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that a person was shown; times are in milliseconds since 1970.

    `person` is who was asked: somebody who was merged into the one who is looked up, perhaps.
    Without `answered_at` it is open; without an `answer`, nothing was chosen, or nothing is kept.
    """

    ask_id: str
    poll_id: str
    person: str
    at: int
    drink_ids: tuple[str, ...] = ()
    answer: str | None = None
    answered_at: int | None = None


async def load_asked(graph: Graph, user_id: str, since: int) -> list[Asked]:
    """Return what a person was asked since a moment (epoch ms), newest first."""
    return [
        Asked(
            row["askId"],
            row["pollId"],
            row["userId"],
            row["at"],
            tuple(row["drinkIds"] or ()),
            row["answer"],
            row["answeredAt"],
        )
        for row in await graph.run(ASKED, userId=user_id, since=since, most=MOST_ASKED)
    ]


async def ask_person(graph: Graph, asked: Asked) -> bool:
    """Note that a person is asked; return whether that may be: not of who refused or is erased."""
    rows = await graph.run(
        ASK_PERSON,
        userId=asked.person,
        erasureId=erasure_id(asked.person),
        pollId=asked.poll_id,
        askId=asked.ask_id,
        at=asked.at,
        drinkIds=list(asked.drink_ids),
    )
    return bool(rows)


async def answer_poll(
    graph: Graph,
    asked: Asked,
    answer: str | None,
    at: int,
    *,
    likes: Sequence[str] = (),
    dislikes: Sequence[str] = (),
) -> None:
    """Keep what a person answered, and what it says of flavors. Raises PersonMerged.

    What they said of the same flavors before is replaced; every other opinion stays.
    """
    user = {"userId": asked.person}
    steps: list[tuple[Query, Any]] = [
        (ADVANCE_PROFILE, user),
        (ANSWER_POLL, {**user, "askId": asked.ask_id, "at": at, "answer": answer}),
    ]
    if likes or dislikes:
        steps.append((FORGET_OPINIONS, {**user, "ids": [*likes, *dislikes]}))
        steps.append((ADD_LIKES["flavor"], {**user, "ids": list(likes)}))
        steps.append((ADD_DISLIKES["flavor"], {**user, "ids": list(dislikes)}))
    await graph.run_together(steps, accept=not_merged)
