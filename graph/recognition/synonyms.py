"""Other names of drinks: `graph/knowledge/search/synonyms.csv`, one meaning a row."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from graph.recognition.naming import words

Phrase = tuple[str, ...]
MOST_PHRASINGS = 8


@cache
def synonyms() -> dict[Phrase, tuple[Phrase, ...]]:
    """Return each name's synonyms, in plain words."""
    path = resources.files("graph") / "knowledge" / "search" / "synonyms.csv"
    others: dict[Phrase, tuple[Phrase, ...]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        names = [tuple(words(name)) for name in row["names"].split("|")]
        for name in names:
            others[name] = tuple(other for other in names if other != name)
    return others


def phrasings(text: list[str]) -> list[list[str]]:
    """Return the words of a text, and variants with each name in it replaced by a synonym."""
    known, variants = synonyms(), [text]
    longest = max(map(len, known), default=0)
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + longest) + 1):
            for other in known.get(tuple(text[start:end]), ()):
                variants.append([*text[:start], *other, *text[end:]])
    return variants[:MOST_PHRASINGS]
