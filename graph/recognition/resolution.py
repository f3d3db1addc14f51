"""The result of reading a text: which ingredients it names, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from graph.recognition.names import How


class Unresolved(Enum):
    """Why a text names no ingredient."""

    UNKNOWN = "UNKNOWN"
    AMBIGUOUS = "AMBIGUOUS"
    ONLY_A_GROUP = "ONLY_A_GROUP"


class Suggestion(NamedTuple):
    """An ingredient with a name similar to the text: for people to consider, never a match.

    `score` is 0 to 100.
    """

    ingredient: str
    name: str
    score: float


class Match(NamedTuple):
    """One ingredient that a text names: by which words of it, how, and which words were dropped."""

    ingredient: str
    text: str
    how: tuple[How, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The ingredients that a text names, all of them, or why it names none."""

    text: str
    matches: tuple[Match, ...] = ()
    problem: Unresolved | None = None
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def resolved(self) -> bool:
        """Whether every part of the text names an ingredient."""
        return self.problem is None

    @property
    def ingredients(self) -> tuple[str, ...]:
        """The ids of all ingredients, each once, in the order of the text; empty if unresolved."""
        return tuple(dict.fromkeys(match.ingredient for match in self.matches))

    @property
    def how(self) -> tuple[How, ...]:
        """Everything that was done to find them, each once."""
        return tuple(dict.fromkeys(how for match in self.matches for how in match.how))

    @property
    def dropped(self) -> tuple[str, ...]:
        """The words that were left out, each once."""
        return tuple(dict.fromkeys(word for match in self.matches for word in match.dropped))
