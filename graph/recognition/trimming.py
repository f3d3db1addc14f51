"""Trimming a recipe's text to the name: without measures and words about serving.

Left out are words that say how a thing is cut, kept or served. Never left out are words that change
what is in it: dried fruit has sulphites, hot chocolate has milk, an almond extract is almond.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.recognition.french_measures import NUMBERS, OF
from graph.recognition.measures import is_unit, unit_words
from graph.recognition.names import How
from graph.recognition.naming import words

_STATE_TEXT = """
fresh freshly squeezed chilled crushed cracked chopped diced minced sliced grated ground peeled
skinned hulled muddled beaten torn halved ripe whole large small medium optional
"""
_PIECES_TEXT = """
squeeze slice slices garnish wheel wheels wedge wedges twist twists strip strips sprig sprigs
"""
_BEFORE_TEXT = """
dash dashes splash a an the of each long full glass garnishes for to top topping up fill float with
add about approximately circa stick sticks leaf leaves pure lots cold finely coarsely thinly roughly
few couple several some half taste by it little bit
"""
_STATE = frozenset(_STATE_TEXT.split())
_EITHER_SIDE = _STATE | frozenset(_PIECES_TEXT.split())
_BEFORE = _EITHER_SIDE | frozenset(_BEFORE_TEXT.split())
_AFTER = (
    ("if", "desired"),
    ("if", "needed"),
    ("if", "wanted"),
    ("as", "needed"),
    ("as", "desired"),
    ("to", "taste"),
    ("to", "top"),
    ("to", "fill"),
    ("for", "garnish"),
    ("for", "topping"),
)
_NUMBERS_TEXT = "one two three four five six seven eight nine ten"
_NUMBERS = frozenset(_NUMBERS_TEXT.split()) | NUMBERS.keys()
# "Ground nuts" may be nuts that were ground, or groundnuts, which are peanuts.
_NOT_BEFORE = {"ground": frozenset({"nut", "nuts"})}
_GLUED = re.compile(r"(\d+)([a-z]+)")
_PARTS_OF = frozenset({"juice", "zest", "peel", "rind"})
_MOST_COUNTED = 12


class Trimmed(NamedTuple):
    """A shorter reading of a text, the words left out, and how the text was shortened."""

    text: str
    dropped: tuple[str, ...]
    how: tuple[How, ...]


def is_filler(text: str) -> bool:
    """Return whether a text only says how a thing is cut, kept, served or measured."""
    tokens = words(text)
    return tuple(tokens) in _AFTER or all(_is_before(tokens, place) for place in range(len(tokens)))


def is_serving(text: str) -> bool:
    """Return whether a part of a list only says how the rest is served: 'chilled', 'to taste'.

    '1 oz' or 'dash' do not count: there something is cut off.
    """
    tokens = words(text)
    return bool(tokens) and (tuple(tokens) in _AFTER or _STATE.issuperset(tokens))


def trimmed(text: str) -> Iterator[Trimmed]:
    """Yield ever shorter readings: without words in front, then also without words at the end."""
    tokens = _GLUED.sub(_apart, " ".join(words(text.replace("%", " percent ")))).split()
    start, end, how, part = 0, len(tokens), list[How](), list[str]()
    while end - start > 1 and (step := _front(tokens, start)):
        if tokens[start] in _PARTS_OF:
            part = [tokens[start]]
        start += step[0]
        how.append(step[1])
        if part:
            yield _reading([*tokens[start:end], *part], tokens[:start], how)
        if part in ([], ["juice"]):
            yield _reading(tokens[start:end], tokens[:start], how)
    if part not in ([], ["juice"]):
        return
    while end - start > 1 and (count := _back(tokens, end)):
        end -= count
        how.append(How.WITHOUT_PREPARATION)
        yield _reading(tokens[start:end], tokens[:start] + tokens[end:], how)


def _reading(tokens: list[str], dropped: list[str], how: list[How]) -> Trimmed:
    return Trimmed(" ".join(tokens), tuple(dropped), tuple(dict.fromkeys(how)))


def _apart(glued: re.Match[str]) -> str:
    number, unit = glued.groups()
    return f"{number} {unit}" if is_unit(unit) else f"{number}{unit}"


def _front(tokens: list[str], start: int) -> tuple[int, How] | None:
    """Return how many words in front can be left out in one step, and what they are."""
    numbers = start
    while numbers < len(tokens) and (tokens[numbers].isdecimal() or tokens[numbers] in _NUMBERS):
        numbers += 1
    if numbers > start:
        return _measure(tokens, start, numbers)
    if tokens[start] in _PARTS_OF:
        return (2, How.WITHOUT_PREPARATION) if tokens[start + 1] == "of" else None
    if is_unit(tokens[start], counted=True) or _is_of_measure(tokens, start):
        return 1, How.WITHOUT_MEASURE
    return (1, How.WITHOUT_PREPARATION) if _is_before(tokens, start) else None


def _measure(tokens: list[str], start: int, numbers: int) -> tuple[int, How] | None:
    units = numbers
    while units < len(tokens) - 1 and (size := unit_words(tokens[units:-1])):
        units += size
    small = all(
        number in _NUMBERS or int(number) <= _MOST_COUNTED for number in tokens[start:numbers]
    )
    if numbers == len(tokens) or (units == numbers and not small):
        return None
    if tokens[numbers] == "percent":
        return None
    return units - start, How.WITHOUT_MEASURE


def _is_of_measure(tokens: list[str], start: int) -> bool:
    """Return whether a French `de` follows a measure: '4 cl de rhum'."""
    measured = tokens[0].isdecimal() or tokens[0] in _NUMBERS
    return start > 1 and measured and tokens[start] in OF


def _is_before(tokens: list[str], place: int) -> bool:
    following = tokens[place + 1] if place + 1 < len(tokens) else ""
    word = tokens[place]
    if following in _NOT_BEFORE.get(word, ()):
        return False
    return word in _BEFORE or word.isdecimal() or word in _NUMBERS or is_unit(word, counted=True)


def _back(tokens: list[str], end: int) -> int:
    for phrase in _AFTER:
        if tuple(tokens[end - len(phrase) : end]) == phrase:
            return len(phrase)
    return 1 if tokens[end - 1] in _EITHER_SIDE else 0
