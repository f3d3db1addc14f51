"""The list of ingredients on a label: its items, nested by brackets, and what each one names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graph.recognition.labels.label import LabelIngredient
from graph.recognition.labels.reading import Reading
from graph.recognition.labels.remarks import Remarks
from graph.recognition.labels.tokens import Kind, Token
from graph.recognition.labels.vocabulary import Vocabulary
from graph.recognition.names import How
from graph.recognition.recogniser import Recogniser
from graph.recognition.resolution import Match, Resolution

_DEEPEST = 8


@dataclass
class _Draft:
    text: str
    within: int | None
    level: int
    percent: float | None = None
    name: list[str] = field(default_factory=list[str])
    additives: list[str] = field(default_factory=list[str])
    understood: bool = False
    places: list[int] = field(default_factory=list[int])


class Items:
    """The items of a label's list, and the texts of those that were not understood."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        scan: Reading,
        words: Vocabulary,
        known: Recogniser,
    ) -> None:
        self.balanced = True
        # All words that an item was made of, including percentages of the surrounding item.
        self.places: set[int] = set()
        self._text, self._tokens, self._scan, self._words = text, tokens, scan, words
        self._said = (scan.statement & scan.understood) | scan.claimed
        self._remarks = Remarks.of(words.language)
        self._drafts: list[_Draft] = []
        self._parents: list[int | None] = []
        self._resolved: dict[str, Resolution] = {}
        self._split()
        self.all = tuple(self._item(draft, known) for draft in self._drafts)
        lost = [
            draft
            for draft, item in zip(self._drafts, self.all, strict=True)
            if not (draft.understood or (item.resolution and item.resolution.resolved))
        ]
        self.unread = tuple(draft.text for draft in lost)
        self.unread_places = {place for draft in lost for place in draft.places}
        self.places.update(place for draft in self._drafts for place in draft.places)

    def _split(self) -> None:
        run: list[int] = []
        for place, token in enumerate(self._tokens):
            if token.kind in (Kind.WORD, Kind.NUMBER, Kind.PERCENT):
                run.append(place)
                continue
            made = self._finish(run)
            run = []
            if token.kind is Kind.OPEN:
                self._parents.append(made if made is not None else self._parent())
            elif token.kind is Kind.CLOSE:
                self.balanced &= bool(self._parents)
                del self._parents[-1:]
        self._finish(run)
        self.balanced &= not self._parents

    def _parent(self) -> int | None:
        return self._parents[-1] if self._parents else None

    def _finish(self, run: list[int]) -> int | None:
        """Make an item of the tokens since the last mark; return its index in the list."""
        places = [place for place in run if place not in self._said]
        kept = [place for place in places if self._tokens[place].kind is not Kind.PERCENT]
        if not kept:
            return None
        percent = self._percent(places)
        parent = self._parent()
        if percent is not None and len(kept) == 1 and parent is not None:
            self._drafts[parent].percent = percent
            self.places.update(places)
            return None
        draft = _Draft(self._slice(places), parent, min(len(self._parents), _DEEPEST), percent)
        draft.places = places
        self._fill(draft, places)
        if not draft.name and not draft.additives:
            if not draft.understood:
                self._drafts.append(draft)
            return None
        self._drafts.append(draft)
        return len(self._drafts) - 1

    def _fill(self, draft: _Draft, places: list[int]) -> None:
        """Take apart the words of a name, the additives, and words of what an item is for."""
        draft.understood = True
        texts = [self._tokens[place].text for place in places]
        named = self._read_names(draft, places, texts)
        for position, place in enumerate(places):
            if position in named:
                continue
            token, text = self._tokens[place], texts[position]
            following = texts[position + 1 : position + 2]
            number = text[1:] or "".join(following)
            if text[:1] == "e" and number in self._words.additives:
                draft.additives.append(number)
            elif token.kind is Kind.PERCENT or following == ["%"]:
                continue
            elif place not in self._scan.function and text not in draft.additives:
                draft.name.append(text)
            draft.understood &= place in self._scan.understood or text in draft.additives
        draft.understood |= self._remarks.is_plain(tuple(draft.name))

    def _read_names(self, draft: _Draft, places: list[int], texts: list[str]) -> set[int]:
        """Read additives by their names; return the positions of the words."""
        edges = {position for position, place in enumerate(places) if self._divides(place)}
        named = set[int]()
        for start, end, number in self._remarks.additives(texts, edges):
            draft.additives.append(number)
            named.update(range(start, end))
        return named

    def _divides(self, place: int) -> bool:
        divides = place in self._scan.function or place in self._scan.joint
        return divides or self._tokens[place].kind is not Kind.WORD

    def _item(self, draft: _Draft, known: Recogniser) -> LabelIngredient:
        name = " ".join(draft.name)
        resolution = self._resolution(draft, name, known) if name else None
        additives = tuple(draft.additives)
        return LabelIngredient(
            draft.text,
            draft.level,
            draft.within,
            draft.percent,
            resolution,
            additives,
            self._tokens[draft.places[0]].start,
            self._tokens[draft.places[-1]].end,
            self._is_possible(draft.places),
        )

    def _is_possible(self, places: list[int]) -> bool:
        """Return whether everything named is only possible: 'made in a factory that uses ...'."""
        naming = [place for place in places if place not in self._scan.function]
        return self._scan.possible.issuperset(naming or places)

    def _resolution(self, draft: _Draft, name: str, known: Recogniser) -> Resolution:
        """Return what a name means, else what it means with the words of what the item is for."""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(draft.name, known)
        whole = [self._tokens[place].text for place in draft.places]
        if (
            not self._resolved[name].resolved
            and len(whole) > len(draft.name)
            and not draft.additives
        ):
            more = self._resolve(whole, known)
            return more if more.resolved else self._resolved[name]
        return self._resolved[name]

    def _resolve(self, name: list[str], known: Recogniser) -> Resolution:
        text = " ".join(name)
        identifier = self._words.ingredients.get(tuple(name))
        if identifier and identifier in known.described:
            return Resolution(text, (Match(identifier, text, (How.SYNONYM,)),))
        return known.resolve(text)

    def _percent(self, places: list[int]) -> float | None:
        for before, place in pairwise(places):
            number = self._tokens[before]
            if self._tokens[place].kind is Kind.PERCENT and number.kind is Kind.NUMBER:
                try:
                    return float(number.text.replace(",", "."))
                except ValueError:
                    return None
        return None

    def _slice(self, places: list[int]) -> str:
        return self._text[self._tokens[places[0]].start : self._tokens[places[-1]].end]
