"""A printed label as words and marks, each with its position, and what is emphasised."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import NamedTuple

from graph.recognition.naming import fold

_INLINE_TAG = re.compile(r"<(/?)\s*(?:b|strong|em|i|u|span)\b[^<>]{0,100}>", re.IGNORECASE)
_OTHER_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}\b[^<>]{0,100}>", re.IGNORECASE)
# At most 80 letters between the marks, so that no text takes long.
_MARKED = re.compile(r"(\*\*|__|\*|_)(?=\w)([^*_\n]{1,80})\1")
_DECIMAL = re.compile(r"\d[.,]\d")


class Kind(Enum):
    """What a token is; a STOP ends a sentence, a COMMA only an item."""

    WORD = "word"
    NUMBER = "number"
    PERCENT = "percent"
    COMMA = "comma"
    COLON = "colon"
    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"
    LINE = "line"


_MARKS = {
    **dict.fromkeys(",;/&+|·•*", Kind.COMMA),
    **dict.fromkeys(".!?", Kind.STOP),
    **dict.fromkeys("([{", Kind.OPEN),
    **dict.fromkeys(")]}", Kind.CLOSE),
    **{":": Kind.COLON, "%": Kind.PERCENT, "\n": Kind.LINE},
}


_HARMLESS = frozenset("'\"`´_®™©°~†‡¹²³§")


class Token(NamedTuple):
    """One word or mark: its normalised form, its position, and whether it stands out."""

    text: str
    kind: Kind
    start: int
    end: int
    marked: bool = False
    capital: bool = False

    @property
    def emphasised(self) -> bool:
        """Whether it is bold, underlined, in italics or in capitals."""
        return self.marked or self.capital


def tokens_of(text: str) -> list[Token]:
    """Split a label into words and marks; markup only emphasises, other tags end a line."""
    markup, marked, breaks = _markup(text)
    tokens: list[Token] = []
    letters: list[str] = []
    places: list[int] = []

    def finish() -> None:
        if letters:
            tokens.append(_word("".join(letters), text, places, marked))
            letters.clear()
            places.clear()

    for letter, place in fold(text):
        if place in breaks:
            finish()
            tokens.append(Token("\n", Kind.LINE, place, place + 1))
        if place in markup:
            continue
        if letter.isalnum() or _is_decimal(text, place, letter):
            letters.append(letter)
            places.append(place)
            continue
        if unicodedata.category(letter) in ("Mn", "Mc", "Me"):
            continue
        finish()
        if kind := _MARKS.get(letter):
            tokens.append(Token(letter, kind, place, place + 1))
    finish()
    return tokens


def symbols_of(text: str) -> list[str]:
    """Return the runs of characters that are neither letters nor marks of a sentence.

    They include pictures and question marks, which may replace a lost word; dashes, quotes,
    trademark signs and invisible characters are not among them.
    """
    markup, _, _ = _markup(text)
    lost, symbols, latest = set[int](), list[str](), -2
    after_letter = False
    for letter, place in fold(text):
        mark = unicodedata.category(letter)[0] == "M"
        if place not in markup and not _is_harmless(letter) and not (mark and after_letter):
            lost.add(place)
        after_letter = letter.isalnum() or (mark and after_letter)
    for place in sorted(lost):
        if place == latest + 1:
            symbols[-1] += text[place]
        else:
            symbols.append(text[place])
        latest = place
    return symbols


def _is_harmless(letter: str) -> bool:
    if letter == "?":
        return False
    harmless = letter.isalnum() or letter.isspace() or letter in _MARKS or letter in _HARMLESS
    return harmless or unicodedata.category(letter) in ("Pd", "Pi", "Pf")


def words_of(text: str) -> tuple[str, ...]:
    """Words without case, accents and punctuation, as tokens compare them."""
    return tuple(token.text for token in tokens_of(text) if token.kind is Kind.WORD)


def _markup(text: str) -> tuple[set[int], set[int], set[int]]:
    """Return the positions of markup, of what it emphasises, and of line breaks."""
    markup, marked, breaks = set[int](), set[int](), set[int]()
    for match in _MARKED.finditer(text):
        width = len(match[1])
        markup.update(range(match.start(), match.start() + width))
        markup.update(range(match.end() - width, match.end()))
        marked.update(range(match.start(2), match.end(2)))
    opened, since = 0, 0
    for tag in _INLINE_TAG.finditer(text):
        markup.update(range(*tag.span()))
        if opened:
            marked.update(range(since, tag.start()))
        opened = max(0, opened - 1) if tag[1] else opened + 1
        since = tag.end()
    for tag in _OTHER_TAG.finditer(text):
        if tag.start() not in markup:
            markup.update(range(*tag.span()))
            breaks.add(tag.start())
    return markup, marked, breaks


def _word(letters: str, text: str, places: list[int], marked: set[int]) -> Token:
    kind = Kind.NUMBER if letters[0].isdigit() and not _has_latin(letters) else Kind.WORD
    written = [text[place] for place in places if text[place].isalpha()]
    capital = len(written) > 1 and all(letter.isupper() for letter in written)
    bold = any(place in marked for place in places)
    return Token(letters, kind, places[0], places[-1] + 1, bold, capital)


def _has_latin(letters: str) -> bool:
    return any(letter.isalpha() for letter in letters)


def _is_decimal(text: str, place: int, letter: str) -> bool:
    return letter in ".," and place > 0 and bool(_DECIMAL.match(text, place - 1))
