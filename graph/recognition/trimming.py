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
    found = words(text)
    return tuple(found) in _AFTER or all(_is_before(found, place) for place in range(len(found)))


def is_serving(text: str) -> bool:
    """Return whether a part of a list only says how the rest is served: 'chilled', 'to taste'.

    '1 oz' or 'dash' do not count: there something is cut off.
    """
    found = words(text)
    return bool(found) and (tuple(found) in _AFTER or _STATE.issuperset(found))


def trimmed(text: str) -> Iterator[Trimmed]:
    """Yield ever shorter readings: without words in front, then also without words at the end."""
    found = _GLUED.sub(_apart, " ".join(words(text.replace("%", " percent ")))).split()
    start, end, how, part = 0, len(found), list[How](), list[str]()
    while end - start > 1 and (step := _front(found, start)):
        if found[start] in _PARTS_OF:
            part = [found[start]]
        start += step[0]
        how.append(step[1])
        if part:
            yield _reading([*found[start:end], *part], found[:start], how)
        if part in ([], ["juice"]):
            yield _reading(found[start:end], found[:start], how)
    if part not in ([], ["juice"]):
        return
    while end - start > 1 and (count := _back(found, end)):
        end -= count
        how.append(How.WITHOUT_PREPARATION)
        yield _reading(found[start:end], found[:start] + found[end:], how)


def _reading(found: list[str], dropped: list[str], how: list[How]) -> Trimmed:
    return Trimmed(" ".join(found), tuple(dropped), tuple(dict.fromkeys(how)))


def _apart(glued: re.Match[str]) -> str:
    number, unit = glued.groups()
    return f"{number} {unit}" if is_unit(unit) else f"{number}{unit}"


def _front(found: list[str], start: int) -> tuple[int, How] | None:
    """Return how many words in front can be left out in one step, and what they are."""
    numbers = start
    while numbers < len(found) and (found[numbers].isdecimal() or found[numbers] in _NUMBERS):
        numbers += 1
    if numbers > start:
        return _measure(found, start, numbers)
    if found[start] in _PARTS_OF:
        return (2, How.WITHOUT_PREPARATION) if found[start + 1] == "of" else None
    if is_unit(found[start], counted=True) or _is_of_measure(found, start):
        return 1, How.WITHOUT_MEASURE
    return (1, How.WITHOUT_PREPARATION) if _is_before(found, start) else None


def _measure(found: list[str], start: int, numbers: int) -> tuple[int, How] | None:
    units = numbers
    while units < len(found) - 1 and (size := unit_words(found[units:-1])):
        units += size
    small = all(
        number in _NUMBERS or int(number) <= _MOST_COUNTED for number in found[start:numbers]
    )
    if numbers == len(found) or (units == numbers and not small):
        return None
    if found[numbers] == "percent":
        return None
    return units - start, How.WITHOUT_MEASURE


def _is_of_measure(found: list[str], start: int) -> bool:
    """Return whether a French `de` follows a measure: '4 cl de rhum'."""
    measured = found[0].isdecimal() or found[0] in _NUMBERS
    return start > 1 and measured and found[start] in OF


def _is_before(found: list[str], place: int) -> bool:
    following = found[place + 1] if place + 1 < len(found) else ""
    word = found[place]
    if following in _NOT_BEFORE.get(word, ()):
        return False
    return word in _BEFORE or word.isdecimal() or word in _NUMBERS or is_unit(word, counted=True)


def _back(found: list[str], end: int) -> int:
    for phrase in _AFTER:
        if tuple(found[end - len(phrase) : end]) == phrase:
            return len(phrase)
    return 1 if found[end - 1] in _EITHER_SIDE else 0
