"""An index of things by their ids, names and synonyms; never by similarity."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from graph.recognition.naming import forms, normalise, slug, words


class How(Enum):
    """How a text was matched: first what it was found by, then what was done to it."""

    ID = "ID"
    NAME = "NAME"
    SYNONYM = "SYNONYM"
    PLURAL = "PLURAL"
    ACCENTS = "ACCENTS"
    WITHOUT_MEASURE = "WITHOUT_MEASURE"
    WITHOUT_PREPARATION = "WITHOUT_PREPARATION"
    SHARED_WORD = "SHARED_WORD"
    LIST = "LIST"
    ALTERNATIVES = "ALTERNATIVES"


class Found(NamedTuple):
    """A thing that a text names: its id, what matched, and that id, name or synonym as written."""

    identifier: str
    how: How
    name: str

    def steps(self, text: str) -> tuple[How, ...]:
        """Return how the text was matched: by what, and despite which difference in spelling."""
        if "".join(words(text)) != "".join(words(self.name)):
            return self.how, How.PLURAL
        return (self.how,) if _letters(text) == _letters(self.name) else (self.how, How.ACCENTS)


def _letters(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text.replace("&", "and")).casefold()
    return "".join(letter for letter in composed if letter.isalnum())


class Names:
    """An index of ids by the names of things."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._levels = {
            how: defaultdict[str, dict[str, str]](dict) for how in (How.ID, How.NAME, How.SYNONYM)
        }

    def __contains__(self, identifier: str) -> bool:
        """Return whether the id is there."""
        return identifier in self._ids

    def add(self, identifier: str, name: str, synonyms: Iterable[str] = ()) -> None:
        """Make a thing known by its id, its name and its synonyms."""
        self._ids.add(identifier)
        texts = ([identifier], [name], synonyms)
        for level, named in zip(self._levels.values(), texts, strict=True):
            for text in named:
                for form in forms(text):
                    level[form].setdefault(identifier, text)

    def find(self, text: str) -> str | None:
        """Return the one id that the text names; None if it names two."""
        known = self.look_up(text)
        return known.identifier if known else None

    def look_up(self, text: str) -> Found | None:
        """Return the one thing that the text names, by id before name before synonym."""
        if text in self._ids:
            return Found(text, How.ID, text)
        if slug(text) in self._ids:
            return self._by_slug(slug(text), text)
        for how, level in self._levels.items():
            named = {
                identifier: name
                for form in forms(text)
                for identifier, name in level.get(form, {}).items()
            }
            if named:
                (identifier, name), *others = named.items()
                return None if others else Found(identifier, how, name)
        return None

    def _by_slug(self, identifier: str, text: str) -> Found:
        named = self._levels[How.NAME].get(normalise(text), {}).get(identifier)
        return Found(identifier, How.NAME if named else How.ID, named or identifier)

    def owners(self, text: str) -> set[str]:
        """Return all ids that the text names, as id, name or synonym."""
        wanted = forms(text)
        return {
            identifier
            for level in self._levels.values()
            for form in wanted
            for identifier in level.get(form, ())
        }

    def everything(self) -> Iterator[Found]:
        """Yield each thing once, by its name."""
        named = {
            identifier: name
            for form in self._levels[How.NAME].values()
            for identifier, name in form.items()
        }
        yield from (Found(identifier, How.NAME, name) for identifier, name in named.items())

    def spellings(self) -> Iterator[tuple[str, Found]]:
        """Yield every name and synonym, normalised, with what it names."""
        for how in (How.NAME, How.SYNONYM):
            for form, named in self._levels[how].items():
                yield from (
                    (form, Found(identifier, how, name)) for identifier, name in named.items()
                )
