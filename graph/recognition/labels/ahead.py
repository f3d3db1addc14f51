"""What is at a position in a label and after it: words, allergens, the ends of phrases."""

from __future__ import annotations

from collections.abc import Sequence

from graph.recognition.labels.tokens import Kind, Token
from graph.recognition.labels.vocabulary import AllergenWord, Phrase, Vocabulary

_FREE = "free"
_NOT_FREE = frozenset({"range", "ranging", "run", "from", "of", "flowing", "flow"})
_FREE_ENDINGS = frozenset({"frei", "freie", "freier", "freies", "freien", "freiem", "vrij", "free"})


class Ahead:
    """The tokens of a label, seen from any position; `partly` are words known only in part."""

    def __init__(self, text: str, tokens: Sequence[Token], words: Vocabulary) -> None:
        self.text, self.tokens, self.words = text, tokens, words
        self.partly = set[int]()

    def following(self, place: int) -> list[str]:
        """Return the words from an index on, up to the next mark; ten at most."""
        words: list[str] = []
        for token in self.tokens[place : place + 10]:
            if token.kind not in (Kind.WORD, Kind.NUMBER):
                break
            words.append(token.text)
        return words

    def kind_at(self, place: int) -> Kind | None:
        """Return the kind of the token there; None outside the label."""
        return self.tokens[place].kind if 0 <= place < len(self.tokens) else None

    def text_at(self, place: int) -> str:
        """Return the token there; empty after the end of the label."""
        return self.tokens[place].text if place < len(self.tokens) else ""

    def slice(self, start: int, end: int) -> str:
        """Return the text from a token up to, but not including, another."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def allergens(self, place: int) -> tuple[int, list[AllergenWord] | None]:
        """Return how many tokens name which allergens; None if they name none."""
        following = self.following(place)
        for count in range(min(self.words.longest, len(following)), 0, -1):
            if (named := self.words.allergens(following[:count])) is not None:
                return count, named
        if not following:
            return 0, None
        inside, end = self.words.inside(following[0])
        if not end:
            return 1, None
        split = self.words.split(following[0])
        if split is None:
            self.partly.add(place)
        return 1, [*inside, *(split or ())]

    def gap(self, begin: int, phrase: Phrase, widest: int) -> int:
        """Return how many tokens a phrase with a gap takes up; 0 if its rest does not follow."""
        start = begin + len(phrase.words)
        for place in range(start, min(start + widest, len(self.tokens))):
            token = self.tokens[place]
            if token.kind is Kind.STOP:
                return 0
            if (
                token.text == phrase.rest[0]
                and tuple(self.following(place)[: len(phrase.rest)]) == phrase.rest
            ):
                return place + len(phrase.rest) - begin
        return 0

    def free_after(self, end: int) -> int | None:
        """Return where 'milk free' or 'milchfrei' ends, if an allergen that ends here is that."""
        last = self.tokens[end - 1].text
        inside, until = self.words.inside(last)
        # "Eimilchfrei" may be egg and milk-free: only one word alone is claimed.
        if inside and last[until:] in _FREE_ENDINGS and self.words.is_piece(last[:until]):
            self.partly.discard(end - 1)
            return end
        following = self.following(end)
        if following[:1] == [_FREE] and not (following[1:2] and following[1] in _NOT_FREE):
            return end + 1
        return None


def first_unclosed(tokens: Sequence[Token]) -> int:
    """Return the index of the first unclosed bracket, or the number of tokens."""
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            opened.append(place)
        elif token.kind is Kind.CLOSE and opened:
            opened.pop()
    return opened[0] if opened else len(tokens)
