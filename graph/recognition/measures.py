"""Measures as recipes write them: '1 1/2 oz' becomes an amount and a unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from graph.recognition.french_measures import (
    FrenchUnit,
    french_number,
    french_unit,
    french_words,
    without_of,
)

_ML = {
    "ml": 1.0,
    "cl": 10.0,
    "dl": 100.0,
    "l": 1000.0,
    "liter": 1000.0,
    "litre": 1000.0,
    "oz": 29.5735,
    "ounce": 29.5735,
    "tsp": 4.92892,
    "teaspoon": 4.92892,
    "barspoon": 5.0,
    "tbsp": 14.7868,
    "tblsp": 14.7868,
    "tablespoon": 14.7868,
    "cup": 236.588,
    "pint": 473.176,
    "qt": 946.353,
    "quart": 946.353,
    "gal": 3785.41,
    "shot": 44.3603,
    "jigger": 44.3603,
}
_METRIC = frozenset({"ml", "cl", "dl", "l", "g", "kg"})
_GRAMS = {"g": 1.0, "gr": 1.0, "gram": 1.0, "kg": 1000.0, "lb": 453.592}
_COUNTED_TEXT = """
part dash drop splash slice wedge piece pinch sprig leaf stick can bottle glass cube scoop twist
handful package chunk strip measure fifth inch spoon bunch stalk
"""
_COUNTED = {**{name: name for name in _COUNTED_TEXT.split()}, "each": "piece", "leave": "leaf"}
_FRACTIONS = str.maketrans(
    {
        **{"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3"},
        **{"⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8", "⅕": " 1/5", "⅙": " 1/6"},
        **{"⁄": "/", "–": "-", "—": "-", "−": "-"},
    }
)
# Letters that are words of their own unless a number comes before them.
_NEEDS_NUMBER = frozenset({"l", "g", "gr", "gal", "lb", "can", "fifth", "glass", "each", "leave"})
_ONE = r"(?:\d+\s+\d+/\d+|\d+/\d+|\d*\.\d+|\d+)"
# "1,000 ml" stays a thousand: three digits after a comma are thousands, but not after "0,".
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(?:(\d*),(\d{1,2}|\d{4,})|(0),(\d{3}))(?![\d.,]*\d)")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3}),(\d{3})(?![\d.,]*\d)")
_NUMBER = re.compile(rf"(?P<first>{_ONE})(?:\s*(?:-|or|to)\s*(?P<second>{_ONE}))?(?![\d/])")
_UNIT = re.compile(r"\s*(?P<unit>[A-Za-z]+)\.?")


class Measure(NamedTuple):
    """What a measure says: `words` are those that are neither amount nor unit."""

    amount: float | None
    unit: str | None
    words: str


def read_measure(text: str) -> Measure:
    """Return amount, unit and the remaining words; volumes in ml, weights in g."""
    text = _with_points(text.translate(_FRACTIONS).strip())
    number = _NUMBER.search(text)
    if number is None:
        return _without_number(text)
    amount = _value(number["first"])
    if number["second"]:
        amount = (amount + _value(number["second"])) / 2
    before, after = text[: number.start()].strip(), text[number.end() :]
    if french := french_unit(after):
        return _french(amount, french, after, before)
    unit = _UNIT.match(after)
    known = _known(unit["unit"]) if unit else None
    if unit and known:
        factor, name = known
        rest = after[unit.end() :]
        rest = without_of(rest) if unit["unit"].lower() in _METRIC else rest
        return Measure(_rounded(amount * factor), name, _join(before, rest))
    return Measure(_rounded(amount), "piece", _join(before, after))


def is_unit(word: str, *, counted: bool = False) -> bool:
    """Return whether a word, in lower case, is a unit; with `counted`, one that needs no number."""
    if word in _NEEDS_NUMBER:
        return not counted
    return word == "fl" or _known(word) is not None


def unit_words(words: Sequence[str]) -> int:
    """Return how many of the first words behind a number, in lower case, are a unit; 0 for none."""
    return french_words(words) or int(bool(words) and is_unit(words[0]))


def _with_points(text: str) -> str:
    decimal = _DECIMAL_COMMA.sub(
        lambda match: f"{match[1] or match[3] or 0}.{match[2] or match[4]}", text
    )
    return _THOUSANDS.sub(r"\1\2", decimal)


def _french(amount: float, unit: FrenchUnit, after: str, before: str = "") -> Measure:
    words = _join(before, without_of(after[unit.end :]))
    return Measure(_rounded(amount * unit.factor), unit.unit, words)


def _without_number(text: str) -> Measure:
    if number := french_number(text):
        after = text[number[1] :]
        if french := french_unit(after):
            return _french(number[0], french, after)
    unit = _UNIT.match(text)
    known = _known(unit["unit"]) if unit else None
    if unit and known and known[0] == 1.0:
        return Measure(1.0, known[1], text[unit.end() :].strip())
    return Measure(None, None, text)


def _known(word: str) -> tuple[float, str] | None:
    lower = word.lower()
    for name in (lower, lower.removesuffix("s"), lower.removesuffix("es")):
        if name in _ML:
            return _ML[name], "ml"
        if name in _GRAMS:
            return _GRAMS[name], "g"
        if name in _COUNTED:
            return 1.0, _COUNTED[name]
    return None


def _value(text: str) -> float:
    return sum(_fraction(part) for part in text.split())


def _fraction(part: str) -> float:
    above, _, below = part.partition("/")
    return float(above) / (float(below) or 1.0) if below else float(above)


def _rounded(amount: float) -> float:
    return round(amount, 2) if amount < 10 else round(amount, 1)


def _join(before: str, after: str) -> str:
    return f"{before} {after.strip()}".strip()
