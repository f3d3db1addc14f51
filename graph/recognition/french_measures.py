"""Measures as French recipes write them: 'cuillère à soupe', 'c. à s.', 'verre', 'trait'.

A spoon is the metric one (15 and 5 ml), a `tasse` the metric cup. A `verre` is a glass of no
certain size, as in an English recipe.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_SOUP_SPOON, _COFFEE_SPOON = (15.0, "ml"), (5.0, "ml")
_COUNTED_TEXT = """
trait:dash larme:dash goutte:drop giclee:splash filet:splash tranche:slice rondelle:slice
quartier:wedge morceau:piece piece:piece pincee:pinch brin:sprig branche:sprig feuille:leaf
baton:stick batonnet:stick canette:can bouteille:bottle verre:glass boule:scoop poignee:handful
sachet:package mesure:measure cuillere:spoon cuilleree:spoon botte:bunch tige:stalk part:part
partie:part
"""
_UNITS: dict[str, tuple[float, str]] = {
    **{f"{spoon} a soupe": _SOUP_SPOON for spoon in ("cuiller", "cuillere", "cuilleree")},
    **{f"{spoon} a cafe": _COFFEE_SPOON for spoon in ("cuiller", "cuillere", "cuilleree")},
    **{f"{spoon} a the": _COFFEE_SPOON for spoon in ("cuiller", "cuillere", "cuilleree")},
    **{f"{spoon} a dessert": (10.0, "ml") for spoon in ("cuiller", "cuillere", "cuilleree")},
    **dict.fromkeys(("c a s", "c a soupe", "ca s", "cas"), _SOUP_SPOON),
    **dict.fromkeys(("c a c", "c a cafe", "ca c", "cac"), _COFFEE_SPOON),
    **{"tasse": (250.0, "ml"), "millilitre": (1.0, "ml"), "centilitre": (10.0, "ml")},
    **{"decilitre": (100.0, "ml"), "litre": (1000.0, "ml"), "gramme": (1.0, "g")},
    **dict.fromkeys(("kilo", "kilogramme"), (1000.0, "g")),
    **{
        french: (1.0, english)
        for french, english in (pair.split(":") for pair in _COUNTED_TEXT.split())
    },
}
NUMBERS = {"un": 1.0, "une": 1.0, "deux": 2.0, "trois": 3.0, "quatre": 4.0, "cinq": 5.0}
OF = frozenset({"de", "du", "des", "d"})
_MOST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[\s.]*")
_OF_TEXT = re.compile(r"\s*(?:d['’]|(?:de\s+la|de\s+l['’]|de|du|des)(?=\W)\s*)")


class FrenchUnit(NamedTuple):
    """How much one unit is, in which of our units, and where in the text it ends."""

    factor: float
    unit: str
    end: int


def french_unit(text: str) -> FrenchUnit | None:
    """Return the French unit that a text begins with, the longest; `end` counts characters."""
    spans = list(_WORD.finditer(text))[:_MOST_WORDS]
    starts = [0, *(span.end() for span in spans)]
    while spans and not all(
        _BETWEEN.fullmatch(text[start : span.start()])
        for start, span in zip(starts, spans, strict=False)
    ):
        spans.pop()
    for size in range(len(spans), 0, -1):
        known = _known([span[0] for span in spans[:size]])
        if known:
            end = spans[size - 1].end()
            return FrenchUnit(*known, end + text[end:].startswith("."))
    return None


def french_words(words: Sequence[str]) -> int:
    """Return how many of the first words, in lower case without accents, are a French unit."""
    sizes = range(min(_MOST_WORDS, len(words)), 0, -1)
    return next((size for size in sizes if _known(words[:size])), 0)


def french_number(text: str) -> tuple[float, int] | None:
    """Return the number that a text begins with in words (`une`), and where it ends."""
    match = re.match(r"\s*([^\W\d_]+)(?=\s)", text)
    number = NUMBERS.get(_plain(match[1])) if match else None
    return (number, match.end()) if match and number else None


def without_of(text: str) -> str:
    """Strip a leading `de`; `De Kuyper` keeps it."""
    return _OF_TEXT.sub("", text, count=1) if _OF_TEXT.match(text) else text


def _known(words: Sequence[str]) -> tuple[float, str] | None:
    plain = [_plain(word) for word in words]
    every = " ".join(plain)
    first = " ".join([plain[0].removesuffix("s").removesuffix("x"), *plain[1:]])
    return _UNITS.get(every) or _UNITS.get(first)


def _plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in word.casefold())
