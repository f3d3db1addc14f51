"""What was not understood on a label: lost words, pictures, empty items, cut-off sentences.

A label is complete only if nothing of it is here. Words that join or qualify are harmless only
between, or right after, things that were understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.recognition.labels.items import Items
from graph.recognition.labels.reading import Reading
from graph.recognition.labels.tokens import Kind, Token, symbols_of
from graph.recognition.recogniser import Recogniser

_JOINING_MARKS = frozenset("&+/")
_START, _END = "start", "end"
# What opens a place where something must be, and what closes one.
_WANTING = frozenset({_START, ",", ";", ":", "(", ".", "!"})
# A question mark is listed itself.
_ENDING = frozenset({_END, ",", ";", ":", ")", ".", "!"})
_SENTENCE_ENDS = frozenset(".!")


def unread(
    text: str, tokens: Sequence[Token], scan: Reading, items: Items, known: Recogniser
) -> list[str]:
    """Return every piece of the label that was not understood, each once."""
    pieces = _Pieces(text, tokens, scan, items)
    texts = [
        *items.unread,
        *_lost_words(text, tokens, scan, items),
        *_unknown_claims(text, tokens, scan, known),
        *scan.cut_off,
        *symbols_of(text),
        *pieces.unread(),
    ]
    if text.rstrip().endswith(("-", "‐", "‑", "–", "—")):
        texts.append(text.rstrip()[-1])
    return [piece for piece in dict.fromkeys(texts) if piece]


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = latest = None
    for place in places:
        if start is None or latest is None or place != latest + 1:
            if start is not None and latest is not None:
                yield start, latest
            start = place
        latest = place
    if start is not None and latest is not None:
        yield start, latest


def _lost_words(text: str, tokens: Sequence[Token], scan: Reading, items: Items) -> Iterator[str]:
    read = scan.understood | scan.claimed | items.places
    lost = [place for place, token in enumerate(tokens) if _is_said(token) and place not in read]
    yield from (text[tokens[one].start : tokens[other].end] for one, other in _runs(lost))


def _unknown_claims(
    text: str, tokens: Sequence[Token], scan: Reading, known: Recogniser
) -> Iterator[str]:
    """Yield unknown things that are claimed to be left out: they may be contained."""
    open_ = sorted(scan.claimed - scan.understood)
    words = [place for place in open_ if _is_said(tokens[place])]
    for start, end in _runs(words):
        said = text[tokens[start].start : tokens[end].end]
        if not known.resolve(said).resolved:
            yield said


def _is_said(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.NUMBER)


class _Pieces:
    """The label between its commas, brackets, colons and stops: each must say something."""

    def __init__(self, text: str, tokens: Sequence[Token], scan: Reading, items: Items) -> None:
        self._text, self._tokens, self._scan, self._items = text, tokens, scan, items
        self._saying = (scan.understood - scan.function) | (items.places - scan.function)
        self._saying |= scan.claimed

    def unread(self) -> Iterator[str]:
        left, piece, bracketed = _START, list[int](), [False]
        said = False
        for place, token in enumerate(self._tokens):
            edge = _edge(token)
            if edge is None:
                if token.kind is not Kind.LINE and token.text not in "·|•*":
                    piece.append(place)
                continue
            yield from self._judged(piece, left, edge, place, bracketed[-1])
            said = bool(self._said(piece)) if piece else said
            if edge == "(":
                bracketed.append(said)
            elif edge == ")":
                said = bracketed.pop() if len(bracketed) > 1 else said
            left, piece = edge, []
        yield from self._judged(piece, left, _END, len(self._tokens), bracketed[-1])

    def _judged(
        self, piece: list[int], left: str, right: str, end: int, qualifies: bool
    ) -> Iterator[str]:
        if not piece:
            if self._is_lost(left, right):
                yield self._around(end)
        elif not self._said(piece):
            if not self._is_harmless(piece, left, right, qualifies):
                yield self._slice(piece)
        elif self._is_cut_off(piece, left, right):
            yield self._slice(piece)

    def _is_cut_off(self, piece: list[int], left: str, right: str) -> bool:
        """Return whether a word that joins two things joins only one."""
        ends = self._joins(piece[-1]) and right not in "(:"
        return ends or (left == _START and self._joins(piece[0]))

    def _said(self, piece: list[int]) -> list[int]:
        return [place for place in piece if _is_said(self._tokens[place]) and place in self._saying]

    def _is_lost(self, left: str, right: str) -> bool:
        """Return whether something is missing between two tokens."""
        if left not in _WANTING or right not in _ENDING or (left, right) == (_START, _END):
            return False
        return not (left in _SENTENCE_ENDS and right in (_END, ")"))

    def _is_harmless(self, piece: list[int], left: str, right: str, qualifies: bool) -> bool:
        """Return whether words that name nothing only qualify something here."""
        if all(self._joins(place) for place in piece):
            return False
        if not all(place in self._scan.function for place in piece):
            # Words that are not understood are already listed; a number names nothing.
            return any(place in self._items.unread_places for place in piece)
        return right in (":", "(") or left == ")" or (left == "(" and right == ")" and qualifies)

    def _joins(self, place: int) -> bool:
        token = self._tokens[place]
        return place in self._scan.joint or token.text in _JOINING_MARKS

    def _slice(self, piece: list[int]) -> str:
        return self._text[self._tokens[piece[0]].start : self._tokens[piece[-1]].end]

    def _around(self, end: int) -> str:
        """Return the marks around the gap where something is missing."""
        first = end - 1
        while first > 0 and self._tokens[first].kind is Kind.LINE:
            first -= 1
        before = self._tokens[first].start if end else 0
        until = self._tokens[end].end if end < len(self._tokens) else len(self._text)
        return self._text[before:until].strip()


def _edge(token: Token) -> str | None:
    if token.kind is Kind.OPEN:
        return "("
    if token.kind is Kind.CLOSE:
        return ")"
    if token.kind in (Kind.STOP, Kind.COLON) or token.text in ",;":
        return token.text
    return None
