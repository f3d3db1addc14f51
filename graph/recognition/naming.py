"""Names as people write them, normalised, so that two spellings of a thing are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_APOSTROPHES = re.compile(r"['`´‘’ʼ′]")
_OUTSIDE_WORDS = re.compile(r"[\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w) s\b")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_MARKS = ("Mn", "Me")
_INVISIBLE = "Cf"
# Words that end in s but are not plurals, or mean something else without it: bitters are drops
# in a cocktail, a bitter is a beer; sweets are candy, and sweet is many a wine.
_KEPT_TEXT = """
bitters sweets sours greens spirits schnapps molasses citrus swiss hops anis couscous hummus bass
"""
_KEPT = frozenset(_KEPT_TEXT.split())
_ENDINGS = (
    ("leaves", "leaf"),
    ("halves", "half"),
    ("ies", "y"),
    ("oes", "o"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("sses", "ss"),
    ("ie", "y"),
)


def visible(text: str) -> str:
    """Drop invisible characters: soft hyphens, zero widths, directions."""
    return "".join(letter for letter in text if unicodedata.category(letter) != _INVISIBLE)


def fold(text: str) -> Iterator[tuple[str, int]]:
    """Yield each letter in lower case and without Latin accents, with its index in the text.

    One letter of the text may become several (ß, ﬁ, ½), or none (a combining accent).
    """
    latin = False
    for place, original in enumerate(text):
        if original.isascii():
            latin = True
            yield original.lower(), place
            continue
        if unicodedata.category(original) == _INVISIBLE:
            continue
        for letter in unicodedata.normalize("NFKD", original).casefold().translate(_LETTERS):
            # Only Latin letters lose their marks: elsewhere a mark makes another word (か, が).
            if unicodedata.category(letter) in _MARKS:
                if latin:
                    continue
            else:
                latin = letter.isascii()
            yield letter, place


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without Latin accents and punctuation."""
    plain = _APOSTROPHES.sub("", text).replace("&", " and ")
    return _OUTSIDE_WORDS.sub(" ", _folded(plain)).split()


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", "".join(letter for letter, _ in fold(text)))


def normalise(text: str) -> str:
    """Normalise a name for comparison: plain words, the last one singular."""
    return joined_singular(words(text))


def forms(text: str) -> set[str]:
    """Return the forms of a name, with its apostrophes left out or read as spaces.

    So "Maker's Mark", "Makers Mark" and "maker s mark" are one name, as are "d'Asti" and "d Asti".
    """
    apart = _APOSTROPHES.sub(" ", text)
    return {form for written in (text, apart) if (form := _POSSESSIVE.sub("s", normalise(written)))}


def joined_singular(words: list[str]) -> str:
    """Return words as one text, the last one in the singular."""
    return " ".join([*words[:-1], singular(words[-1])]) if words else ""


def singular(word: str) -> str:
    """Return the singular of an English plural, and any other word as it is."""
    if word in _KEPT or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    for plural, ending in _ENDINGS:
        if word.endswith(plural):
            return word.removesuffix(plural) + ending
    return word.removesuffix("s")


def slug(text: str) -> str:
    """Return the id that a name becomes: its words joined by hyphens, empty if it has none."""
    return "-".join(words(text))
