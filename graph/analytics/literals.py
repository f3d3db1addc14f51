"""Values as Cypher writes them: texts, numbers, true, false, null, lists and maps of these."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>-?(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<sign>[\[\]{},:]))"
)
LARGEST = 2**63
MOST_DIGITS = 40
MOST_QUOTED = 60
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "false": False, "null": None}


def literal(text: str) -> Any:
    """Return the value of a Cypher literal; raise ValueError if it is not one."""
    reader = _Reader(text)
    value = reader.value()
    if reader.kind is not None:
        raise ValueError(f"'{text}' has more text after its value")
    return value


def shortened(text: str) -> str:
    """Return a text in quotes, short enough for a message."""
    return f"'{text}'" if len(text) <= MOST_QUOTED else f"'{text[:MOST_QUOTED]}...'"


def _whole(token: str) -> int:
    """Return a whole number that a graph can hold."""
    number = int(token) if len(token) <= MOST_DIGITS else LARGEST
    if not -LARGEST <= number < LARGEST:
        raise ValueError(f"{shortened(token)} is beyond 64 bits")
    return number


class _Reader:
    """Reads one value after the other; `kind` and `token` are what comes next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self.kind: str | None = None
        self.token = ""
        self._next()

    def _next(self) -> None:
        rest = self._text[self._place :]
        if not rest.strip():
            self.kind, self.token = None, ""
            return
        token_match = _TOKEN.match(self._text, self._place)
        if token_match is None:
            raise ValueError(f"'{rest.strip()}' is not a value")
        self._place = token_match.end()
        self.kind = str(token_match.lastgroup)
        self.token = token_match[self.kind]

    def _take(self, sign: str) -> bool:
        if (self.kind, self.token) != ("sign", sign):
            return False
        self._next()
        return True

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise ValueError(f"'{self._text}' lacks a '{sign}'")

    def value(self) -> Any:
        kind, token = self.kind, self.token
        if self._take("["):
            return self._list()
        if self._take("{"):
            return self._map()
        self._next()
        if kind == "text":
            return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), token[1:-1])
        if kind == "number":
            return float(token) if re.search(r"[.eE]", token) else _whole(token)
        if kind == "word" and token.lower() in _WORDS:
            return _WORDS[token.lower()]
        raise ValueError(f"'{token or self._text}' is not a value")

    def _list(self) -> list[Any]:
        elements: list[Any] = []
        while not self._take("]"):
            elements.append(self.value())
            if not self._take(","):
                self._expect("]")
                break
        return elements

    def _map(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not self._take("}"):
            name = self.token if self.kind == "word" else str(self.value())
            if self.kind == "word":
                self._next()
            self._expect(":")
            entries[name] = self.value()
            if not self._take(","):
                self._expect("}")
                break
        return entries
