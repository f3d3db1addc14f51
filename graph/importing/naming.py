"""Names as people write them, brought to one form, so that two spellings of a thing are one."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile(r"['`´‘’ʼ]")
_OUTSIDE_WORDS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
# Words that end in s but are no plurals, or that mean something else without it: bitters are drops
# in a cocktail, a bitter is a beer.
_KEPT_TEXT = "bitters schnapps molasses citrus swiss hops anis couscous hummus bass"
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
)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without Latin accents and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    plain = "".join(_without_accent(letter) for letter in folded)
    plain = _APOSTROPHES.sub("", plain).replace("&", " and ")
    return _OUTSIDE_WORDS.sub(" ", plain).split()


def normalise(text: str) -> str:
    """Return the form in which names are compared: plain words, the last one singular."""
    found = words(text)
    return " ".join([*found[:-1], singular(found[-1])]) if found else ""


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


def _without_accent(letter: str) -> str:
    # Only Latin letters lose their marks: elsewhere a mark makes another word (か is not が).
    parts = unicodedata.normalize("NFD", letter)
    return parts[0] if parts[0].isascii() else letter
