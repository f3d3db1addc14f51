"""The words that labels are read by, from `knowledge/labels`: for allergens, and of sentences.

Words for allergens count in every language, whatever the label's language is said to be. What takes
away from them (traces, claims, and words such as coconut milk that are something else) counts only
in that language.
"""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from graph.recognition.labels.tokens import words_of
from graph.vocabulary import EvidenceStatus

_NOTHING = "none"
_ENDINGS = (("s", 3), ("es", 4), ("x", 4), ("n", 4), ("en", 4), ("e", 4))
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LONGEST_WORD = 200
_GAP = "…"
_LINKS = ("", "s", "n", "en", "es", "er", "e")
_SHORT_PIECES = frozenset({"ei"})


class AllergenWord(NamedTuple):
    """What a word says: an allergen and whether it is contained; no status for a false friend."""

    language: str
    allergen: str
    status: EvidenceStatus | None
    source: str

    @staticmethod
    def of(row: Mapping[str, str]) -> AllergenWord:
        """Read a row of a table of words."""
        status = None if row["status"] == _NOTHING else EvidenceStatus(row["status"])
        return AllergenWord(row.get("language", ""), row["allergen"], status, row["source"])


class Phrase(NamedTuple):
    """Words that say how the next ones are meant; `rest` are those after a gap."""

    language: str
    kind: str
    words: tuple[str, ...]
    rest: tuple[str, ...]


Words = tuple[str, ...]


class Vocabulary:
    """All words that count for labels in one language, or in any (None)."""

    def __init__(self, language: str | None) -> None:
        self.language = language
        self._words = defaultdict[Words, list[AllergenWord]](list)
        self._parts = defaultdict[str, list[AllergenWord]](list)
        self._starts = defaultdict[str, list[AllergenWord]](list)
        self._phrases = defaultdict[str, list[Phrase]](list)
        self._kinds = defaultdict[tuple[str, str], set[Words]](set)
        self.additives = defaultdict[str, list[AllergenWord]](list)
        self.ingredients: dict[Words, str] = {}
        self._harmless = {words_of(row["part"])[0] for row in rows_of("compound_parts")}
        self._read_words()
        self._read_phrases()
        for row in rows_of("additives"):
            self.additives[row["number"]].append(AllergenWord.of(row))
        for row in rows_of("ingredient_words"):
            self.ingredients[words_of(row["word"])] = row["ingredient"]
        self.longest = max(map(len, self._words))
        self._pieces = self._known_pieces()
        self._longest_piece = max(map(len, self._pieces))

    def allergens(self, words: Sequence[str]) -> list[AllergenWord] | None:
        """Return what exactly these words say, in the plural too; None if they are unknown."""
        exact = tuple(words)
        if exact in self._words:
            return _allergens(self._words[exact])
        for ending, least in _ENDINGS:
            stem = exact[-1].removesuffix(ending)
            if stem != exact[-1] and len(stem) >= least and (*exact[:-1], stem) in self._words:
                return _allergens(self._words[*exact[:-1], stem])
        return None

    def inside(self, word: str) -> tuple[list[AllergenWord], int]:
        """Return what the parts of a compound say (`Weizenmehl`), and where the last part ends."""
        if len(word) > _LONGEST_WORD:
            return [], 0
        words, end, place = list[AllergenWord](), 0, 0
        while place < len(word):
            part = next(
                (
                    word[place : place + size]
                    for size in range(min(self._longest_part, len(word) - place), 1, -1)
                    if word[place : place + size] in self._parts
                    or (place == 0 and word[:size] in self._starts)
                ),
                "",
            )
            rows = self._parts.get(part, []) + (self._starts.get(part, []) if place == 0 else [])
            words += _allergens(rows)
            place += len(part) or 1
            end = place if part else end
        return words, end

    def is_piece(self, word: str) -> bool:
        """Return whether a word is a known piece of compounds."""
        return word in self._pieces

    def split(self, word: str) -> list[AllergenWord] | None:
        """Return what the pieces of a run-on word say (`milkegg`), in the fewest pieces.

        None unless every piece is known; letters may link two of them (`Weizen-s-mehl`).
        """
        if len(word) > _LONGEST_WORD:
            return None
        reached: dict[int, tuple[int, tuple[str, ...]]] = {0: (0, ())}
        for start in range(len(word)):
            if start not in reached:
                continue
            count, pieces = reached[start]
            for link in _LINKS if start else ("",):
                begin = start + len(link)
                if word[start:begin] == link:
                    self._extend(word, begin, (count + 1, pieces), reached)
        if len(word) not in reached:
            return None
        return [row for piece in reached[len(word)][1] for row in self._said_by(piece)]

    def _extend(
        self,
        word: str,
        begin: int,
        so_far: tuple[int, tuple[str, ...]],
        reached: dict[int, tuple[int, tuple[str, ...]]],
    ) -> None:
        count, pieces = so_far
        for end in range(begin + 2, min(begin + self._longest_piece, len(word)) + 1):
            piece = word[begin:end]
            if piece not in self._pieces:
                continue
            known = reached.get(end)
            if known is None or count < known[0]:
                reached[end] = count, (*pieces, piece)
            elif count == known[0]:
                # Two readings with equally many pieces: what either says counts.
                reached[end] = count, tuple(dict.fromkeys((*known[1], *pieces, piece)))

    def _said_by(self, piece: str) -> list[AllergenWord]:
        # "Mehl" alone may be wheat; in `Buchweizenmehl` the other part says what it is made from.
        alone = () if piece in self._harmless else self._words.get((piece,), ())
        rows = [*alone, *self._parts.get(piece, ())]
        return _allergens([*rows, *self._starts.get(piece, ())])

    def _known_pieces(self) -> set[str]:
        single = {words[0] for words in (*self._words, *self.ingredients) if len(words) == 1}
        known = single | self._harmless | {*self._parts} | {*self._starts}
        return {piece for piece in known if len(piece) > 2 or piece in _SHORT_PIECES}

    def phrases(self, words: Sequence[str]) -> Iterator[Phrase]:
        """Yield the phrases that these words begin with, longest first."""
        for phrase in self._phrases.get(words[0], ()) if words else ():
            if tuple(words[: len(phrase.words)]) == phrase.words:
                yield phrase

    def is_kind(self, kind: str, language: str, words: Sequence[str]) -> bool:
        """Return whether these words are a phrase of a kind; `language` may be empty for any."""
        return tuple(words) in self._kinds[kind, language]

    def _read_words(self) -> None:
        for row in rows_of("allergen_words"):
            words = words_of(row["word"])
            reduces = row["status"] == _NOTHING or len(words) > 1
            if self.language and row["language"] != self.language and reduces:
                continue
            word = AllergenWord.of(row)
            for form in {words, words_of(umlauts_written_out(row["word"]))}:
                self._words[form].append(word)
                if row["match"] != "word":
                    parts = self._starts if row["match"] == "start" else self._parts
                    parts["".join(form)].append(word)
        self._longest_part = max(map(len, (*self._parts, *self._starts)))

    def _read_phrases(self) -> None:
        for row in rows_of("label_phrases"):
            language = row["language"]
            if self.language and language != self.language:
                continue
            first, _, rest = row["phrase"].partition(_GAP)
            phrase = Phrase(language, row["kind"], words_of(first), words_of(rest))
            self._kinds[row["kind"], language].add(phrase.words)
            self._kinds[row["kind"], ""].add(phrase.words)
            self._phrases[phrase.words[0]].append(phrase)
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase.words), -len(phrase.rest)))


def _allergens(rows: list[AllergenWord]) -> list[AllergenWord]:
    return [row for row in rows if row.status]


def rows_of(name: str, language: str | None = None) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of `knowledge/labels`, only those of a language if it is given."""
    path = resources.files("graph").joinpath("knowledge", "labels", f"{name}.csv")
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        if language in (None, row.get("language")):
            yield row


def umlauts_written_out(word: str) -> str:
    """Return a word with ae, oe and ue for German umlauts."""
    return word.translate(_UMLAUTS)


@functools.cache
def ingredient_words(table: str = "ingredient_words") -> dict[str, str | None]:
    """Return the ingredient that a word of any language names; None if it names two.

    `table` "avoided_words": what a word means to somebody who avoids it, if that is wider.
    """
    named: dict[str, str | None] = {}
    for row in rows_of(table):
        for text in (row["word"], umlauts_written_out(row["word"])):
            word = " ".join(words_of(text))
            same = named.get(word, row["ingredient"]) == row["ingredient"]
            named[word] = row["ingredient"] if same else None
    return named


@functools.cache
def vocabulary(language: str | None) -> Vocabulary:
    """Return the words for labels in a language, or in any; read at the first call."""
    return Vocabulary(language)


@functools.cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages whose sentences are known, sorted."""
    return tuple(sorted({row["language"] for row in rows_of("label_phrases")}))
