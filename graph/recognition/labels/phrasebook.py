"""How labels answer about an allergen, from `knowledge/labels`: its names, yes and no, who may."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.recognition.labels.tokens import words_of
from graph.recognition.labels.vocabulary import Words, rows_of, umlauts_written_out

_GAP = "…"
_LINKS = ("", "s", "n", "en")


class _Pattern(NamedTuple):
    """Words before and after the name of an allergen, and letters that end the name's own word."""

    language: str
    before: Words
    glued: str
    after: Words


class Phrasebook:
    """The names of whole allergens and the words of answers, in one language or in all."""

    def __init__(self, language: str | None) -> None:
        self._names = defaultdict[Words, list[tuple[str, str]]](list)
        self._said = defaultdict[tuple[str, str], set[Words]](set)
        self._patterns: list[_Pattern] = []
        self._openings = defaultdict[str, list[Words]](list)
        for row in rows_of("whole_allergens", language):
            for name in {row["name"], umlauts_written_out(row["name"])}:
                self._names[words_of(name)].append((row["language"], row["allergen"]))
        for row in rows_of("label_answers", language):
            self._read(row["language"], row["kind"], row["phrase"])
        self._longest = max(map(len, self._names))

    @staticmethod
    @functools.cache
    def of(language: str | None) -> Phrasebook:
        """Return the phrasebook for a language, or for any; read at the first call."""
        return Phrasebook(language)

    def whole(self, words: Sequence[str]) -> Iterator[tuple[int, str, str]]:
        """Yield how many words, in which language, name which allergen whole; longest first.

        "Milk" is one; "milk powder", "butter" and "lactose" are parts and foods of it.
        """
        for count in range(min(self._longest, len(words)), 0, -1):
            for language, allergen in self._names.get(tuple(words[:count]), ()):
                yield count, language, allergen

    def is_part(self, words: Sequence[str], allergens: frozenset[str]) -> bool:
        """Return whether words name something made from an allergen they name: milk chocolate.

        A product without milk chocolate, or Kuhmilch, may still contain milk.
        """
        if tuple(words) in self._names:
            return False
        return any(
            allergen in allergens
            for names in (self._inside(words), self._within(words))
            for name in names
            for _, allergen in self._names[name]
        )

    def says(self, kind: str, language: str, words: Words) -> bool:
        """Return whether words are a certain answer (yes, no) in a language."""
        return words in self._said[kind, language]

    def denies(self, words: Words) -> bool:
        """Return whether words are a no, and nothing else, in any language."""
        return words in self._said["no", ""]

    def suited(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the language and the allergen of a sentence that says who it is suitable for."""
        for pattern in self._patterns:
            for opening in ((), *self._openings[pattern.language]):
                before = (*opening, *pattern.before)
                if tuple(words[: len(before)]) == before:
                    yield from self._named(pattern, tuple(words[len(before) :]))

    def _named(self, pattern: _Pattern, rest: Words) -> Iterator[tuple[str, str]]:
        after = len(pattern.after)
        name, end = rest[: len(rest) - after], rest[len(rest) - after :]
        if not name or end != pattern.after or not name[-1].endswith(pattern.glued):
            return
        stem = name[-1].removesuffix(pattern.glued)
        for link in _LINKS if pattern.glued else ("",):
            if stem.endswith(link):
                said = (*name[:-1], stem.removesuffix(link))
                meant = self._names.get(said, ())
                yield from (meaning for meaning in meant if meaning[0] == pattern.language)

    def _read(self, language: str, kind: str, phrase: str) -> None:
        if kind == "suitable":
            before, _, rest = phrase.partition(_GAP)
            glued, _, after = rest.partition(" ")
            one = _Pattern(language, words_of(before), glued, words_of(after))
            self._patterns.append(one)
        elif kind == "opening":
            self._openings[language].append(words_of(phrase))
        else:
            self._said[kind, language].add(words_of(phrase))
            self._said[kind, ""].add(words_of(phrase))

    def _inside(self, words: Sequence[str]) -> Iterator[Words]:
        """Yield the names that are some, but not all, of the words."""
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                if tuple(words[start:end]) in self._names:
                    yield tuple(words[start:end])

    def _within(self, words: Sequence[str]) -> Iterator[Words]:
        """Yield the names that begin or end one of the words: Kuhmilch, Milchschokolade."""
        for word in words:
            for size in range(4, len(word)):
                yield from (
                    part for part in ((word[:size],), (word[-size:],)) if part in self._names
                )
