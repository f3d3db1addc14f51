"""What labels say besides allergens: additives by name, plain foods, remarks (`knowledge/labels`).

Only what has no Annex II allergen is here: a flavouring, a spice or a starch that may be
wheat stays unknown.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from graph.recognition.labels.vocabulary import Words, rows_of, umlauts_written_out, words_of


class Remarks:
    """The names and remarks of one language, or of all (None)."""

    def __init__(self, language: str | None) -> None:
        self._numbers: dict[Words, str] = {}
        self._plain = set[Words]()
        self._said = defaultdict[tuple[str, str], set[Words]](set)
        for row in rows_of("additive_names"):
            for name in _forms(row["name"]):
                self._numbers[name] = row["number"]
        for row in rows_of("plain_foods"):
            self._plain.update(_forms(row["name"]))
        for row in rows_of("label_remarks", language):
            for phrase in _forms(row["phrase"]):
                self._said[row["kind"], row["language"]].add(phrase)
                self._said[row["kind"], ""].add(phrase)
        self._longest = max(map(len, (*self._numbers, *self._said["left_out", ""])))

    @staticmethod
    @functools.cache
    def of(language: str | None) -> Remarks:
        """Return the remarks in a language, or in any; read at the first call."""
        return Remarks(language)

    def additives(
        self, words: Sequence[str], edges: Collection[int]
    ) -> Iterator[tuple[int, int, str]]:
        """Yield where in an item additives are named, and their numbers.

        A name starts at the item's start or after one of the `edges`, and ends likewise: citric
        acid is one, "citric acid esters of fatty acids" is not.
        """
        place = 0
        while place < len(words):
            size = next(self._named(words, place, edges), 0)
            if size:
                yield place, place + size, self._numbers[tuple(words[place : place + size])]
            place += size or 1

    def is_plain(self, words: Words) -> bool:
        """Return whether words are the whole name of a food without any listed allergen."""
        return words in self._plain

    def is_notice(self, words: Words) -> bool:
        """Return whether words are a whole notice that names nothing: "shake well"."""
        return words in self._said["notice", ""]

    def left_out(self, words: Sequence[str], language: str) -> int:
        """Return how many words name something that claims leave out: "colours"."""
        known = self._said["left_out", language]
        sizes = range(min(self._longest, len(words)), 0, -1)
        return next((size for size in sizes if tuple(words[:size]) in known), 0)

    def _named(self, words: Sequence[str], place: int, edges: Collection[int]) -> Iterator[int]:
        if place and place - 1 not in edges:
            return
        for size in range(min(self._longest, len(words) - place), 0, -1):
            ends = place + size == len(words) or place + size in edges
            if ends and tuple(words[place : place + size]) in self._numbers:
                yield size


def _forms(text: str) -> set[Words]:
    return {words_of(text), words_of(umlauts_written_out(text))}
