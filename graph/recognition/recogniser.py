"""Which ingredients a text names. Strict: what is not certain is not recognised.

A text is read whole first; then without measures and words about serving; then as a list or choice.
In a choice ("bourbon or rye") every alternative counts, so that whatever rules any of them out
rules the drink out. Similarity only makes suggestions, and those are for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from graph.recognition.names import Found, How, Names
from graph.recognition.naming import visible, words
from graph.recognition.resolution import Match, Resolution, Suggestion, Unresolved
from graph.recognition.suggestions import suggest
from graph.recognition.trimming import is_filler, is_serving, trimmed

LONGEST_LIST = 300
_MOST_PARTS = 12
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_COMMA = re.compile(r"[,;]")
_EXAMPLES = re.compile(r"\b(?:such as|preferably|e\.g\.)", re.IGNORECASE)
_JOINT = re.compile(r"\band\s*/\s*or\b|\band\b|\bor\b|&|\+|(?<!\d)/(?!\d)", re.IGNORECASE)
_CHOICE = re.compile(r"\bor\b|(?<!\d)/(?!\d)|\bsuch as\b|\bpreferably\b|e\.g\.", re.IGNORECASE)


class Recogniser:
    """Ingredients by their names: those that were described before those that were only named."""

    def __init__(self) -> None:
        self.described = Names()
        self.named = Names()
        self.groups: set[str] = set()
        # Words of other languages, for what no name or synonym matches.
        self.words: Mapping[str, str | None] = {}
        # What a word means to somebody who avoids it, if that is wider than in a recipe.
        self.avoided_words: Mapping[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """The id of what the whole text names, the described first; None if it names nothing."""
        return self.described.find(text) or self.named.find(text)

    def avoided(self, text: str) -> str | None:
        """Return the ingredient or group that the whole text names for somebody who avoids it.

        In any label language. What a recipe calls egg is a whole egg; somebody who avoids egg
        avoids every part of it.
        """
        if text in self.described or text in self.named:
            return text
        wider = self.avoided_words.get(" ".join(words(text)))
        if wider and wider in self.described:
            return wider
        known = self._look_up(text)
        return known.identifier if known else self.named.find(text)

    def resolve(self, text: str, *, suggestions: int = 0) -> Resolution:
        """Return all ingredients that a text of a recipe names; never raises.

        With `suggestions`, an unresolved text comes with up to that many similar names.
        """
        matches = self._matches(visible(text))
        groups = [match for match in matches if match.ingredient in self.groups]
        if matches and not groups:
            return Resolution(text, tuple(matches))
        problem = Unresolved.ONLY_A_GROUP if groups else Unresolved.UNKNOWN
        if not matches and self.described.owners(text):
            problem = Unresolved.AMBIGUOUS
        return Resolution(text, problem=problem, suggestions=self.suggest(text, suggestions))

    def suggest(self, text: str, most: int) -> tuple[Suggestion, ...]:
        """Return ingredients with similar names, the most similar first."""
        return suggest(self.described, text, most) if most else ()

    def _matches(self, text: str) -> list[Match]:
        if one := self._described(text):
            return [one]
        several = self._several(text) if len(text) <= LONGEST_LIST else []
        named = self.named.look_up(text)
        if named and not all(match.ingredient in self.described for match in several):
            return [_match(named, text)]
        return several or ([_match(named, text)] if named else [])

    def _look_up(self, text: str) -> Found | None:
        if known := self.described.look_up(text):
            return known
        meant = self.words.get(" ".join(words(text)))
        if meant and meant in self.described and not self.described.owners(text):
            return Found(meant, How.SYNONYM, text)
        return None

    def _described(self, text: str) -> Match | None:
        """Return what the text names, whole or without measures and words about serving."""
        if known := self._look_up(text):
            return _match(known, text)
        if self.described.owners(text):
            return None
        for reading in trimmed(text) if len(text) <= LONGEST_LIST else ():
            if known := self._look_up(reading.text):
                return _match(known, reading.text, reading.how, reading.dropped)
            if self.described.owners(reading.text):
                return None
        return None

    def _several(self, text: str) -> list[Match]:
        """Return what all parts of a list or choice name; empty unless every part names something.

        "White or red wine" shares its last word: each part is read alone, and with the words
        borrowed from the last or first part. All readings that name something count.
        """
        every = list(self._parts(text))
        parts = [part for part in every if not is_serving(part)]
        if (len(every) == 1 and not _BRACKETS.search(text)) or len(every) > _MOST_PARTS:
            return []
        lending = bool(_JOINT.search(text))
        how = How.ALTERNATIVES if _CHOICE.search(text) else How.LIST
        matches: list[Match] = []
        for place, part in enumerate(parts):
            readings = [self._part(part)]
            if lending:
                readings += [self._described(lent) for lent in _lent(parts, place)]
            named = [match for match in readings if match]
            if not named:
                return []
            steps = named if readings[0] else [_with(match, How.SHARED_WORD) for match in named]
            matches += [_with(match, how) for match in steps]
        return list({match.ingredient: match for match in reversed(matches)}.values())[::-1]

    def _part(self, part: str) -> Match | None:
        named = self.named.look_up(part)
        return self._described(part) or (_match(named, part) if named else None)

    def _parts(self, text: str) -> Iterator[str]:
        """Yield the parts of a list; a part that is known as a whole stays whole."""
        inside = [bracketed.strip() for bracketed in _BRACKETS.findall(text)]
        outside = _BRACKETS.sub(" ", text)
        for piece in [outside, *(piece for piece in inside if not is_filler(piece))]:
            for item in _COMMA.split(_EXAMPLES.sub(",", piece)):
                if self._look_up(item) or not _JOINT.search(item):
                    parts = [item]
                else:
                    parts = _JOINT.split(item)
                yield from (part.strip() for part in parts if part.strip())


def _match(
    known: Found, text: str, how: tuple[How, ...] = (), dropped: tuple[str, ...] = ()
) -> Match:
    return Match(known.identifier, text.strip(), (*known.steps(text), *how), dropped)


def _with(match: Match, how: How) -> Match:
    return match._replace(how=tuple(dict.fromkeys((*match.how, how))))


def _lent(parts: list[str], place: int) -> Iterable[str]:
    """Yield a part with the last part's last words, and with the first part's first words."""
    first, last = words(parts[0]), words(parts[-1])
    own = " ".join(words(parts[place]))
    if place < len(parts) - 1:
        yield from (f"{own} {' '.join(last[start:])}" for start in range(1, len(last)))
    if place > 0:
        yield from (f"{' '.join(first[:end])} {own}" for end in range(1, len(first)))
