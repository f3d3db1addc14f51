"""Which events are valid: one set of rules, for the API and for imports."""

from __future__ import annotations

from typing import NamedTuple

from graph.vocabulary import EventType

LEAST_RATING, MOST_RATING = 1.0, 5.0
MOST_BOUGHT = 10_000.0
LONGEST_WORD = 40
DAYPARTS = ("morning", "afternoon", "evening", "night")
SEASONS = ("spring", "summer", "autumn", "winter")
_KNOWN_WORDS = {"daypart": DAYPARTS, "season": SEASONS}
FUTURE_SECONDS = 24 * 3600  # clocks and time zones differ
_OPINIONS = {EventType.LIKE: 1.0, EventType.DISLIKE: -1.0}
_BOUGHT = frozenset({EventType.PURCHASE, EventType.CART})
_COUNTED = frozenset({EventType.RATING, EventType.PURCHASE, EventType.CART})


class Fault(NamedTuple):
    """Why an event cannot be: the field, and a reason that completes 'The field ...'."""

    field: str
    reason: str


def fault_of(type_: EventType, value: float | None, at: int | None, now: float) -> Fault | None:
    """Return what is wrong with an event; `at` is in milliseconds, `now` in seconds since 1970."""
    rated = value is not None and LEAST_RATING <= value <= MOST_RATING
    if type_ == EventType.RATING and not rated:
        return Fault("value", f"is not a rating from {LEAST_RATING:g} to {MOST_RATING:g}")
    if type_ in _BOUGHT and value is not None and not 0 < value <= MOST_BOUGHT:
        return Fault("value", f"is not a number of drinks over 0, up to {MOST_BOUGHT:g}")
    if at is not None and not 0 <= at <= (now + FUTURE_SECONDS) * 1000:
        return Fault("at", "is not between 1970 and now")
    return None


def context_fault(name: str, word: str) -> str | None:
    """Return what is wrong with a word about the circumstances, completing 'It ...'."""
    if name in _KNOWN_WORDS and word not in _KNOWN_WORDS[name]:
        return f"is not one of {', '.join(_KNOWN_WORDS[name])}"
    if not 1 <= len(word) <= LONGEST_WORD or not word.isprintable():
        return f"is not a word of up to {LONGEST_WORD} letters"
    return None


def value_of(type_: EventType, value: float | None) -> float | None:
    """Return the value to store: what was sent counts only if it is a number."""
    return value if type_ in _COUNTED else _OPINIONS.get(type_)


def rescaled(text: str, scale: tuple[float, float]) -> str:
    """Convert a rating on another scale to ours; what is not a number stays."""
    try:
        return str(on_our_scale(float(text), scale))
    except ValueError:
        return text


def on_our_scale(value: float, scale: tuple[float, float]) -> float:
    """Convert a rating on another scale, from its least to its most, to ours."""
    least, most = scale
    return LEAST_RATING + (value - least) / (most - least) * (MOST_RATING - LEAST_RATING)
