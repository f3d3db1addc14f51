"""Words and the rows that have them, found exactly, by prefix, by part, or with typos."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from embeddings.data.dataset import IntArray

Masks64 = npt.NDArray[np.uint64]
_LAST = "\U0010ffff"
_NOTHING = np.zeros(0, dtype=np.int64)


class WordIndex:
    """Words in order, and the rows of each; a look-up takes no longer if many words match."""

    def __init__(self, rows_of: Mapping[str, Sequence[int]]) -> None:
        self._words = sorted(rows_of)
        rows = [rows_of[word] for word in self._words]
        self._offsets = np.cumsum([0, *map(len, rows)])
        self._rows = np.array([row for some in rows for row in some], dtype=np.int64)
        # most words of a large catalogue are numbers, which hold no letter
        lettered = [place for place, word in enumerate(self._words) if not word.isdigit()]
        self._lettered = np.array(lettered, dtype=np.int64)
        self._all_letters = Letters(self._words)
        self._letters = Letters([self._words[place] for place in lettered])

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
        if any(letter.isdigit() for letter in part):
            return self._having(self._all_letters.holding(part))
        return self._having(self._lettered[self._letters.holding(part)])

    def alike(self, word: str, most: int) -> list[IntArray]:
        """Return the rows with a word 1, 2, ... up to `most` typos away.

        A typo is a letter missing, added or wrong, or two swapped. Numbers
        are left out: none is that near to a word without digits with more letters than typos.
        """
        places: IntArray = self._lettered[self._letters.near(word, most)]
        others = [self._words[int(place)] for place in places]
        errors = process.cdist([word], others, scorer=OSA.distance, score_cutoff=most)[0]
        return [self._having(places[errors == count]) for count in range(1, most + 1)]

    def _between(self, first: int, end: int) -> IntArray:
        return self._rows[self._offsets[first] : self._offsets[end]]

    def _having(self, words: IntArray) -> IntArray:
        begins = self._offsets[words]
        counts = self._offsets[words + 1] - begins
        shifts = begins - (np.cumsum(counts) - counts)
        return self._rows[np.repeat(shifts, counts) + np.arange(counts.sum())]


class Letters:
    """The letters of all words in a row, and each word's length and letters."""

    def __init__(self, words: Sequence[str]) -> None:
        text = "".join(f"{word}\n" for word in words)
        self._letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        lengths = np.array([len(word) for word in words], dtype=np.int64)
        self._starts = np.cumsum(lengths + 1) - lengths - 1
        self._by_length = np.argsort(lengths, kind="stable")
        self._lengths = lengths[self._by_length]
        self._sets = _letters_in(self._letters, self._starts)[self._by_length]

    def holding(self, part: str) -> IntArray:
        """Return the positions of the words that have these letters anywhere."""
        letters = np.frombuffer(part.encode("utf-32-le"), dtype=np.uint32)
        places = np.flatnonzero(self._letters == letters[0])
        for step, letter in enumerate(letters[1:], start=1):
            # no part holds the line feed that ends the last word, so no place is past the end
            places = places[self._letters[places + step] == letter]
        return np.unique(np.searchsorted(self._starts, places, side="right") - 1)

    def near(self, word: str, most: int) -> IntArray:
        """Return the positions of all words that may be up to `most` typos away."""
        text = np.frombuffer(f"{word}\n".encode("utf-32-le"), dtype=np.uint32)
        mine = _letters_in(text, np.zeros(1, dtype=np.int64))
        # each typo removes one letter and adds another at most
        limits = (len(word) - most, len(word) + most + 1)
        first, end = np.searchsorted(self._lengths, limits)
        theirs = self._sets[first:end]
        near = np.bitwise_count(theirs & ~mine) <= most
        near &= np.bitwise_count(mine & ~theirs) <= most
        return np.sort(self._by_length[first:end][near])


def _letters_in(letters: npt.NDArray[np.uint32], starts: IntArray) -> Masks64:
    """Return which letters each word has, as bits; two letters may share a bit."""
    if not len(starts):
        return np.zeros(0, dtype=np.uint64)
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64))
    return np.bitwise_or.reduceat(bits, starts)
