"""Words and the rows that have them, found exactly, by prefix, by part, or with typos."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from embeddings.data.dataset import IntArray
from graph.catalogue.columns import Texts

Masks64 = npt.NDArray[np.uint64]
_LAST = "\U0010ffff"
_NOTHING = np.zeros(0, dtype=np.int64)


class WordIndex:
    """Words in order, and the rows of each; a look-up takes no longer if many words match."""

    def __init__(self, rows_of: Mapping[str, Sequence[int]]) -> None:
        words = sorted(rows_of)
        self._words = Texts.of(words)
        self._offsets = np.cumsum([0, *(len(rows_of[word]) for word in words)])
        self._rows = np.fromiter((row for word in words for row in rows_of[word]), dtype=np.int64)
        # most words of a large catalogue are numbers, which hold no letter
        lettered = [place for place, word in enumerate(words) if not word.isdigit()]
        self._lettered = np.array(lettered, dtype=np.int64)

    def exactly(self, word: str) -> IntArray:
        """Rows of the names that have this very word; empty if none has."""
        place = bisect_left(self._words, word)
        there = place < len(self._words) and self._words[place] == word
        return self._between(place, place + 1) if there else _NOTHING

    def beginning(self, word: str) -> IntArray:
        """Rows of the names with a word that begins with these letters."""
        first = bisect_left(self._words, word)
        return self._between(first, bisect_left(self._words, word + _LAST, lo=first))

    def holding(self, part: str) -> IntArray:
        """Return the rows with a word that has these letters anywhere in it."""
        # in UTF-8 a text is found as its bytes, which begin nowhere within a letter
        letters, ends = self._words.letters, self._words.starts[1:]
        wanted = np.frombuffer(part.encode("utf-8", "surrogatepass"), dtype=np.uint8)
        places = np.flatnonzero(letters[: max(0, letters.size - wanted.size + 1)] == wanted[0])
        for step, letter in enumerate(wanted[1:], start=1):
            places = places[letters[places + step] == letter]
        words = np.searchsorted(ends, places, side="right")
        return self._having(np.unique(words[places + wanted.size <= ends[words]]))

    def alike(self, word: str, most: int) -> list[IntArray]:
        """Return the rows with a word 1, 2, ... up to `most` typos away.

        A typo is a letter missing, added or wrong, or two swapped. Numbers
        are left out: none is that near to a word without digits with more letters than typos.
        """
        places: IntArray = self._lettered[self._outlines.near(word, most)]
        others = [self._words[int(place)] for place in places]
        errors = process.cdist([word], others, scorer=OSA.distance, score_cutoff=most)[0]
        return [self._having(places[errors == count]) for count in range(1, most + 1)]

    @cached_property
    def _outlines(self) -> Outlines:
        return Outlines.of([self._words[int(place)] for place in self._lettered])

    def _between(self, first: int, end: int) -> IntArray:
        return self._rows[self._offsets[first] : self._offsets[end]]

    def _having(self, words: IntArray) -> IntArray:
        begins = self._offsets[words]
        counts = self._offsets[words + 1] - begins
        shifts = begins - (np.cumsum(counts) - counts)
        return self._rows[np.repeat(shifts, counts) + np.arange(counts.sum())]


@dataclass(frozen=True)
class Outlines:
    """How long words are and which letters they have, the shortest words first."""

    by_length: IntArray
    lengths: IntArray
    sets: Masks64

    @classmethod
    def of(cls, words: Sequence[str]) -> Outlines:
        """Look at words once."""
        lengths = np.array([len(word) for word in words], dtype=np.int64)
        by_length = np.argsort(lengths, kind="stable")
        return cls(by_length, lengths[by_length], _letters_in(words, lengths)[by_length])

    def near(self, word: str, most: int) -> IntArray:
        """Return the positions of all words that may be up to `most` typos away."""
        mine = _letters_in([word], np.array([len(word)], dtype=np.int64))
        # each typo removes one letter and adds another at most
        limits = (len(word) - most, len(word) + most + 1)
        first, end = np.searchsorted(self.lengths, limits)
        theirs = self.sets[first:end]
        near = np.bitwise_count(theirs & ~mine) <= most
        near &= np.bitwise_count(mine & ~theirs) <= most
        return np.sort(self.by_length[first:end][near])


def _letters_in(words: Sequence[str], lengths: IntArray) -> Masks64:
    """Return which letters each word has, as bits; two letters may share a bit."""
    found = np.zeros(len(words), dtype=np.uint64)
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64))
    filled = np.flatnonzero(lengths)
    if filled.size:
        found[filled] = np.bitwise_or.reduceat(bits, (np.cumsum(lengths) - lengths)[filled])
    return found
