"""Which question is due for a person now, if any: moments, caps and rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.audience.polls import Asked
from graph.catalogue.entities import Catalogue, Drink
from graph.people.profiles import Profile
from graph.vocabulary import EventType
from learning.audience import DAY, HOUR, may_be_asked, with_families
from learning.polls.definition import Cap, Poll, Polls

OPEN_FOR = 30 * 60_000
"""For so long a question that was shown may be shown again, and answered; then it was ignored."""

TELLING = frozenset({EventType.PURCHASE, EventType.RATING, EventType.LIKE, EventType.SAVE})
"""What tells enough of a taste that a cold start is over."""


@dataclass(frozen=True, slots=True)
class Due:
    """A question that is due, perhaps about a drink that the person has had."""

    poll: Poll
    about: Drink | None = None


def open_question(asked: Sequence[Asked], person: str, now: int) -> Asked | None:
    """Return the question that a person is still being asked, if there is one."""
    for one in asked:
        if one.person == person and one.answered_at is None and one.at > now - OPEN_FOR:
            return one
    return None


def due(
    polls: Polls, profile: Profile, catalogue: Catalogue, asked: Sequence[Asked], now: int
) -> Due | None:
    """Return the first question that is due at a moment (epoch ms); None where none is.

    `asked` is what the person was asked before, newest first.
    """
    if not may_be_asked(profile) or is_enough(polls.cap, asked, now):
        return None
    for poll in polls.polls:
        if not poll.named_flavors <= catalogue.flavors.keys():
            continue
        before = [one for one in asked if one.poll_id == poll.id]
        if poll.moment == "cold-start":
            if _is_cold(poll, profile) and len(before) < poll.times:
                return Due(poll)
        elif drink := _bought(poll, profile, catalogue, before, now):
            return Due(poll, drink)
    return None


def is_enough(cap: Cap, asked: Sequence[Asked], now: int) -> bool:
    """Return whether a person was asked enough for now."""
    lately = [one for one in asked if one.at > now - cap.days * DAY]
    ignored = asked and asked[0].answer is None and not _declared(asked[0])
    resting = ignored and asked[0].at > now - cap.rest_days * DAY
    return len(lately) >= cap.questions or bool(resting)


def _declared(asked: Asked) -> bool:
    """Return whether a question was answered by a declaration, which is kept elsewhere."""
    return asked.answered_at is not None and asked.answer == ""


def _is_cold(poll: Poll, profile: Profile) -> bool:
    # until allergies are declared, no drink is known to be safe: that question comes first
    telling = sum(event.times for event in profile.history if event.type in TELLING)
    return profile.declared and telling < poll.fewer_than


def _bought(
    poll: Poll, profile: Profile, catalogue: Catalogue, before: Sequence[Asked], now: int
) -> Drink | None:
    """Return the drink that was bought last, if the question is about such a one."""
    since = now - poll.within_hours * HOUR
    bought = next((one for one in profile.history if one.type == EventType.PURCHASE), None)
    row = catalogue.row_of.get(bought.drink_id) if bought else None
    if bought is None or row is None or bought.at is None or not since < bought.at <= now + HOUR:
        return None
    drink = catalogue.drinks[row]
    recently = any(one.at > now - poll.again_days * DAY for one in before)
    if recently or any(drink.id in one.drink_ids for one in before):
        return None
    tastes = with_families(drink.flavors, catalogue.flavors)
    return drink if not poll.flavors or tastes & set(poll.flavors) else None
