"""Search by name: which drinks a text names, and how well.

A text and the names are compared in plain words (`graph.recognition.naming`): without case, accents
and punctuation. Typos are considered only if nothing matches the words as they are.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import partial

import numpy as np
import numpy.typing as npt

from graph.catalogue.entities import Catalogue
from graph.recognition.naming import singular, words
from graph.recognition.synonyms import phrasings
from recommend.state.word_index import WordIndex

Levels = npt.NDArray[np.uint8]
MOST_WORDS = 8
_LONGEST_NAME = 40  # in which typos are considered, in letters
_SHORTEST_PART = 3
# a word of so many letters may have so many typos
_ERRORS = ((6, 2), (3, 1))
# Words a name can do without: "gin and tonic" is "gin tonic", "the last word" is "last word".
_SMALL = frozenset({"a", "an", "and", "n", "of", "the", "with"})


class Level(IntEnum):
    """How well a text matches a drink; for several words, how well the worst one does."""

    NOTHING = 0
    TWO_ERRORS = 1
    ONE_ERROR = 2
    PART = 3
    DESCRIBED = 4
    BEGINNING = 5
    WORD = 6
    BEGINNING_OF_NAME = 7
    NAME = 8


class Search:
    """An index of the names, kinds and styles of a catalogue's drinks."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        named, described, whole = (defaultdict[str, list[int]](list) for _ in range(3))
        for row, name in enumerate(catalogue.table.names.listed()):
            own = words(name)
            whole["".join(_telling(own))].append(row)
            for word in own:
                named[word].append(row)
        for (kind, styles), rows in _by_description(catalogue).items():
            for word in _described(kind, styles, catalogue):
                described[word] += rows
        self._named, self._described = WordIndex(_singular(named)), WordIndex(_singular(described))
        self._whole = WordIndex(whole)
        self._latest: tuple[str, Levels] | None = None

    def renewed(self, catalogue: Catalogue) -> Search | None:
        """Return this index if another catalogue's drinks have the same names, else None."""
        mine, theirs = self._catalogue.table, catalogue.table
        same = (
            self._catalogue.styles == catalogue.styles
            and mine.names.same_values(theirs.names)
            and mine.kinds.same_values(theirs.kinds)
            and mine.styles.same_values(theirs.styles)
        )
        return self if same else None

    def levels(self, text: str) -> Levels:
        """Return how well a text matches each drink, a Level [drinks]; read-only."""
        latest = self._latest
        if latest and latest[0] == text:
            return latest[1]
        asked = [_telling(phrasing)[:MOST_WORDS] for phrasing in phrasings(words(text))]
        exactly = dict[str, Levels]()
        levels = self._best(asked, partial(self._of_word, known=exactly), errors=False)
        if not levels.any():
            levels = self._best(asked, partial(self._of_misspelt, known=exactly), errors=True)
        self._latest = text, levels
        return levels

    def _best(
        self, asked: Iterable[list[str]], of_word: Callable[[str], Levels], *, errors: bool
    ) -> Levels:
        levels_of = functools.cache(of_word)
        best = np.zeros(len(self._catalogue.drinks), dtype=np.uint8)
        for text in filter(None, asked):
            np.maximum(best, self._of_name("".join(text), errors=errors), out=best)
            levels = np.full_like(best, Level.WORD)
            for word in text:
                np.minimum(levels, levels_of(word), out=levels)
                if not levels.any():
                    break
            np.maximum(best, levels, out=best)
        return best

    def _of_name(self, whole: str, *, errors: bool) -> Levels:
        levels = np.zeros(len(self._catalogue.drinks), dtype=np.uint8)
        if errors and len(whole) <= _LONGEST_NAME:
            _mark_errors(levels, self._whole, whole)
        levels[self._whole.beginning(whole)] = Level.BEGINNING_OF_NAME
        levels[self._whole.exactly(whole)] = Level.NAME
        return levels

    def _of_misspelt(self, word: str, known: dict[str, Levels]) -> Levels:
        levels = self._of_word(word, known).copy()
        _mark_errors(levels, self._described, word)
        _mark_errors(levels, self._named, word)
        return levels

    def _of_word(self, word: str, known: dict[str, Levels]) -> Levels:
        """Return the levels of a word as it is; `known` keeps them for the search for typos."""
        if word in known:
            return known[word]
        known[word] = levels = np.zeros(len(self._catalogue.drinks), dtype=np.uint8)
        if len(word) >= _SHORTEST_PART or not word.isascii():
            levels[self._described.holding(word)] = Level.PART
            levels[self._named.holding(word)] = Level.PART
        for spelling in _spelled(word):
            levels[self._described.beginning(spelling)] = Level.DESCRIBED
        for spelling in _spelled(word):
            levels[self._named.beginning(spelling)] = Level.BEGINNING
        for spelling in _spelled(word):
            levels[self._named.exactly(spelling)] = Level.WORD
        return levels


def _mark_errors(levels: Levels, index: WordIndex, word: str) -> None:
    """Mark what is a few typos away; a number is never a typo for another."""
    most = next((most for length, most in _ERRORS if len(word) >= length), 0)
    if most and not any(letter.isdigit() for letter in word):
        by_errors = index.alike(word, most)
        for level, rows in zip((Level.ONE_ERROR, Level.TWO_ERRORS), by_errors, strict=False):
            levels[rows] = np.maximum(levels[rows], level)


def _by_description(catalogue: Catalogue) -> dict[tuple[str, tuple[str, ...]], list[int]]:
    """Return the rows of each combination of kind and styles."""
    groups = defaultdict[tuple[str, tuple[str, ...]], list[int]](list)
    kinds, styles = catalogue.table.kinds, catalogue.table.styles
    for row in range(len(catalogue.drinks)):
        groups[kinds[row] or "", styles[row]].append(row)
    return groups


def _described(kind: str, styles: Iterable[str], catalogue: Catalogue) -> set[str]:
    """Return the words of a kind, and of styles by id and name."""
    known = catalogue.styles
    texts = [kind, *styles, *(known[style].name for style in styles if style in known)]
    return {word for text in texts for word in words(text)}


def _singular(rows_of: dict[str, list[int]]) -> dict[str, list[int]]:
    """Return the rows of words, and of each word's singular."""
    widened = dict(rows_of)
    for word, rows in rows_of.items():
        if (one := singular(word)) != word:
            widened[one] = [*widened.get(one, ()), *rows]
    return widened


def _spelled(word: str) -> set[str]:
    return {word, singular(word)}


def _telling(words: list[str]) -> list[str]:
    """Drop small words, unless there are no others."""
    return [word for word in words if word not in _SMALL] or words
