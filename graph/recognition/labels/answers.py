"""Answers on a label: 'Milk: no', a table of yes and no, 'suitable for people with milk allergy'.

A no is believed only if it is certain: it is the whole sentence, it is about an allergen named
alone ("milk", not "milk powder"), and what surrounds it is understood and leads to nothing
else: "Free from: / Milk: no", "Milk - No. 1 brand" and "Milk - no / added sugar" answer nothing.
"""

from __future__ import annotations

import csv
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from itertools import groupby, takewhile
from typing import NamedTuple

from graph.recognition.labels.phrasebook import Phrasebook
from graph.recognition.labels.remarks import Remarks
from graph.recognition.labels.tokens import Kind, Token
from graph.recognition.labels.vocabulary import Phrase, Vocabulary
from graph.recognition.recogniser import Recogniser

# Between an allergen and its answer: a colon, a dash with spaces, a cell's edge, a tab.
_BETWEEN = re.compile(r"[^\S\n]*:[^\S\n]*|[^\S\n]+[-–—][^\S\n]+|[^\S\n]*\|[^\S\n]*|[ ]*\t[ \t]*")
_EDGES = frozenset("|•·*")
_SEPARATING = frozenset(",;|")
_LONGEST_ITEM = 8
_SAID = (Kind.WORD, Kind.NUMBER)


class Answer(NamedTuple):
    """An allergen that is answered: from `start` to `end`, named by the first `named` tokens."""

    start: int
    end: int
    named: int
    allergen: str
    language: str
    present: bool


class _Sentence(NamedTuple):
    """Tokens up to a stop or a line's end; `stop` is that mark, or empty at the text's end."""

    start: int
    end: int
    stop: str


class Answers:
    """Finds the answers on a label; uncertain ones do not count."""

    def __init__(
        self, text: str, tokens: Sequence[Token], words: Vocabulary, known: Recogniser
    ) -> None:
        self._text, self._tokens, self._words, self._known = text, tokens, words, known
        self._book = Phrasebook.of(words.language)
        self._remarks = Remarks.of(words.language)
        self._sentences = list(_sentences(tokens))
        self._depths = _depths(tokens)
        self._names = dict[str, bool]()

    def all(self) -> Iterator[Answer]:
        """Yield every answer, in order; one that states presence needs no context."""
        answers = [self._rows(sentence) or self._suitable(sentence) for sentence in self._sentences]
        for answered, block in groupby(range(len(answers)), key=lambda place: bool(answers[place])):
            places = list(block)
            certain = answered and self._is_certain(places[0], places[-1], answers[places[-1]])
            yield from (
                answer for place in places for answer in answers[place] if certain or answer.present
            )

    def _rows(self, sentence: _Sentence) -> list[Answer]:
        """Return the answers of 'Milk: no, Eggs: yes'; none if there is anything else."""
        answers: list[Answer] = []
        place = self._skip(self._after_heading(sentence), sentence.end, _EDGES)
        while place < sentence.end:
            if not (row := self._row(place, sentence.end)):
                return []
            answers.append(row)
            place = self._skip(row.end, sentence.end, _SEPARATING)
            if row.end == place < sentence.end:
                return []
        return answers

    def _after_heading(self, sentence: _Sentence) -> int:
        """Return where the rows begin: after 'Allergens:', if it is there."""
        phrase = next(self._words.phrases(self._run(sentence.start, sentence.end)), None)
        if phrase and phrase.kind == "contains":
            after = sentence.start + len(phrase.words)
            if after < sentence.end and self._tokens[after].kind is Kind.COLON:
                return after + 1
        return sentence.start

    def _row(self, place: int, end: int) -> Answer | None:
        for count, language, allergen in self._book.whole(self._run(place, end)):
            begin = self._skip(place + count, end, _EDGES | {":"})
            between = self._text[self._tokens[place + count - 1].end : self._start(begin)]
            if begin >= end or not _BETWEEN.fullmatch(between):
                continue
            said = tuple(self._run(begin, end))
            for kind in ("no", "yes"):
                if self._book.says(kind, language, said):
                    until = begin + len(said)
                    return Answer(place, until, count, allergen, language, kind == "yes")
        return None

    def _suitable(self, sentence: _Sentence) -> list[Answer]:
        """Return the answer of 'suitable for people with milk allergy', said alone."""
        run = self._run(sentence.start, sentence.end)
        if not run or len(run) != sentence.end - sentence.start or sentence.stop == "?":
            return []
        return [
            Answer(sentence.start, sentence.end, 0, allergen, language, False)
            for language, allergen in self._book.suited(run)
        ]

    def _is_certain(self, first: int, last: int, latest: list[Answer]) -> bool:
        """Return whether nothing around a block of answers may change what they mean."""
        opened = self._depths[self._sentences[first].start] > 0
        suits = any(answer.named == 0 for answer in latest)
        return not opened and self._leads(first) and self._ends(last, suits)

    def _leads(self, first: int) -> bool:
        return first == 0 or self._is_plain(self._sentences[first - 1])

    def _ends(self, last: int, suits: bool) -> bool:
        stop = self._sentences[last].stop
        if stop == "?" or last + 1 == len(self._sentences):
            return stop != "?"
        following = self._sentences[last + 1]
        run = self._run(following.start, following.end)
        phrase = next(self._words.phrases(run), None)
        if phrase and phrase.kind in ("contains", "ingredients", "may_contain"):
            return True
        return suits and stop != "\n" and not self._is_denial(run)

    def _is_denial(self, run: list[str]) -> bool:
        """Return whether a sentence begins with a no or a not."""
        said = [tuple(run[:count]) for count in (1, 2)]
        return any(self._book.denies(word) or self._words.is_kind("not", "", word) for word in said)

    def _is_plain(self, sentence: _Sentence) -> bool:
        """Return whether a sentence only names things, so that a no after it means no."""
        place, end = sentence.start, sentence.end
        if sentence.stop == "?":
            return False
        while place < end:
            taken = self._plain(place, end)
            if not taken:
                return False
            place += taken
        return True

    def _plain(self, place: int, end: int) -> int:
        """Return how many tokens from an index on name something or are marks; 0 if unknown."""
        if self._tokens[place].kind is not Kind.WORD:
            return 1
        run = self._run(place, end)
        phrase = next(self._words.phrases(run), None)
        if phrase and phrase.kind == "free_from":
            return self._left_out(run, phrase)
        if phrase:
            plain = phrase.kind in ("contains", "ingredients", "function") and not phrase.rest
            return len(phrase.words) if plain else 0
        if run[0][:1] == "e" and run[0][1:] in self._words.additives:
            return 1
        for count in range(min(self._words.longest, len(run)), 0, -1):
            if self._words.allergens(run[:count]):
                return count
        item = list(takewhile(str.isalpha, run[:_LONGEST_ITEM]))
        return len(item) if item and self._is_named(item) else 0

    def _left_out(self, run: list[str], phrase: Phrase) -> int:
        """Return how many words make up 'no preservatives' alone; 0 if there is more."""
        said = len(phrase.words) + self._remarks.left_out(run[len(phrase.words) :], phrase.language)
        return said if said == len(run) > len(phrase.words) else 0

    def _is_named(self, item: list[str]) -> bool:
        text = " ".join(item)
        if text not in self._names:
            known = tuple(item) in self._words.ingredients or self._remarks.is_plain(tuple(item))
            additive = bool(list(self._remarks.additives(item, ())))
            self._names[text] = known or additive or self._known.resolve(text).resolved
        return self._names[text]

    def _run(self, place: int, end: int) -> list[str]:
        run: list[str] = []
        for token in self._tokens[place:end]:
            if token.kind not in _SAID:
                break
            run.append(token.text)
        return run

    def _skip(self, place: int, end: int, marks: frozenset[str]) -> int:
        while place < end and self._tokens[place].text in marks:
            place += 1
        return place

    def _start(self, place: int) -> int:
        return self._tokens[place].start if place < len(self._tokens) else len(self._text)


def _sentences(tokens: Sequence[Token]) -> Iterator[_Sentence]:
    start = 0
    for place, token in enumerate(tokens):
        if token.kind in (Kind.STOP, Kind.LINE):
            if place > start:
                yield _Sentence(start, place, token.text)
            elif token.text == "?":
                yield _Sentence(start, place, "?")
            start = place + 1
    if start < len(tokens):
        yield _Sentence(start, len(tokens), "")


def _depths(tokens: Sequence[Token]) -> list[int]:
    """Return for each token how many brackets are open before it."""
    depths, depth = list[int](), 0
    for token in tokens:
        depths.append(depth)
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE and depth > 0)
    return depths


def without_disputed(answers: Iterable[Answer], allergens: Iterable[str]) -> Iterator[Answer]:
    """Yield the answers, except a no about an allergen that the label mentions elsewhere.

    Almonds dispute "Nuts: no", and so do nuts "Almonds: no".
    """
    disputed = {other for allergen in allergens for other in related(allergen)}
    yield from (answer for answer in answers if answer.present or answer.allergen not in disputed)


@functools.cache
def related(allergen: str) -> frozenset[str]:
    """Return an allergen with all groups it is part of, and everything that is part of it."""
    path = resources.files("graph").joinpath("knowledge", "law", "allergens.csv")
    above = defaultdict[str, set[str]](set)
    below = defaultdict[str, set[str]](set)
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        for group in filter(None, row["part_of"].split("|")):
            above[row["id"]].add(group)
            below[group].add(row["id"])
    return frozenset(_reached(allergen, above) | _reached(allergen, below))


def _reached(allergen: str, steps: Mapping[str, set[str]]) -> set[str]:
    reached = {allergen}
    while more := {other for allergen in reached for other in steps.get(allergen, ())} - reached:
        reached |= more
    return reached
