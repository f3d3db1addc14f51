"""How far a claim of absence reaches, and what cancels it: a not before, a no after."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.recognition.labels.ahead import Ahead
from graph.recognition.labels.phrasebook import Phrasebook
from graph.recognition.labels.remarks import Remarks
from graph.recognition.labels.tokens import Kind, Token
from graph.recognition.labels.vocabulary import AllergenWord, Words

_LONGEST_ANSWER = 3
# A question mark, a colon, a cell's edge or a dash: before an answer.
_APART = re.compile(r"[:?|\t–—]|\s-")


class Denials:
    """What denies, answers or ends a claim."""

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._book = Phrasebook.of(ahead.words.language)
        self._remarks = Remarks.of(ahead.words.language)
        self._ends = _ends(ahead.tokens)

    def before(self, place: int, language: str) -> bool:
        """Return whether it is negated by the words before: "not free from"."""
        before = self._ahead.tokens[max(0, place - 3) : place]
        return any(self._ahead.words.is_kind("not", language, [token.text]) for token in before)

    def around(self, place: int, language: str) -> bool:
        """Return whether a claim is negated before it or answered with no after it."""
        return self.before(place, language) or self.after(place)

    def after(self, place: int) -> bool:
        """Return whether it is answered with no: 'milk free: no', 'no milk? No'."""
        end = self._ends[place]
        for start in range(max(place + 1, end - _LONGEST_ANSWER), end):
            said = tuple(token.text for token in self._ahead.tokens[start:end])
            denied = Phrasebook.of(None).denies(said) or self._is_not(said[:1])
            if denied and _APART.search(self._ahead.text, *self._between(start)):
                return True
        return False

    def of_part(self, place: int, count: int, words: list[AllergenWord]) -> bool:
        """Return whether words name a food made from an allergen: its absence says nothing."""
        named = self._ahead.following(place)[:count]
        return self._book.is_part(named, frozenset(word.allergen for word in words))

    def left_out(self, place: int, language: str) -> int:
        """Return where 'colours, flavours or sweeteners' ends; the start itself if it is not one.

        A comma continues what is left out only up to an "or": after "no colours, flavouring" the
        flavouring may be in it.
        """
        begin, certain, joined = place, place, True
        while size := self._remarks.left_out(self._ahead.following(place), language):
            end = place + size
            certain = end if joined else certain
            joined = self._ahead.words.is_kind("or", language, self._ahead.following(end)[:1])
            if not joined and self._ahead.text_at(end) != ",":
                break
            place = end + 1
            while self._ahead.words.is_kind("filler", language, self._ahead.following(place)[:1]):
                place += 1
        apart = self._ahead.kind_at(certain) not in (
            Kind.WORD,
            Kind.NUMBER,
            Kind.PERCENT,
            Kind.OPEN,
        )
        return certain if apart else begin

    def _is_not(self, said: Words) -> bool:
        # The Spanish "no" is a not; before other words it may begin a claim.
        return self._ahead.words.is_kind("not", "", said) and not Phrasebook.of(None).denies(said)

    def _between(self, place: int) -> tuple[int, int]:
        return self._ahead.tokens[place - 1].start, self._ahead.tokens[place].start


def _ends(tokens: Sequence[Token]) -> list[int]:
    """Return where each token's sentence ends; a question's sentence includes its answer."""
    ends, end = [len(tokens)] * len(tokens), len(tokens)
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        if token.kind is Kind.LINE or (token.kind is Kind.STOP and token.text != "?"):
            end = place
        ends[place] = end
    return ends
