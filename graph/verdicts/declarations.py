"""What people declare, as the graph has it now: the gate's answers follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.people.profiles import Profile
from graph.query_files import load
from graph.verdicts.batches import Batches
from graph.verdicts.gate import asked_for

DECLARATIONS = load("recommend/declarations")
MOST_PEOPLE = 64  # in one query
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that decides about drinks for somebody: who declared the same may have the same."""

    allergies: tuple[tuple[str, bool], ...]
    """Allergens, each with whether its traces are accepted."""
    avoids: tuple[str, ...]
    diets: tuple[str, ...]
    max_abv: float | None
    max_caffeine: float | None
    declared: bool

    @classmethod
    def of(cls, described: dict[str, Any], *, declared: bool) -> Declaration:
        """Return what is declared by somebody as the gate takes them, in one order."""
        allergies = {
            (allergy["allergen"], allergy["tracesAccepted"] is True)
            for allergy in described["allergies"]
        }
        return cls(
            tuple(sorted(allergies)),
            tuple(sorted(described["avoids"])),
            tuple(sorted(described["diets"])),
            described["maxAbv"],
            described["maxCaffeine"],
            declared or bool(allergies),
        )

    @property
    def limited(self) -> bool:
        """Whether there is a limit of alcohol or of caffeine."""
        return self.max_abv is not None or self.max_caffeine is not None

    def asked(self) -> dict[str, Any]:
        """Return somebody who declared this as the gate takes them; without drinks."""
        allergies = [
            {"allergen": allergen, "tracesAccepted": accepted}
            for allergen, accepted in self.allergies
        ]
        return {
            "allergies": allergies if self.declared else None,
            "avoids": list(self.avoids),
            "diets": list(self.diets),
            "maxAbv": self.max_abv,
            "maxCaffeine": self.max_caffeine,
        }


@dataclass(frozen=True, slots=True)
class Declared:
    """What somebody declared, and the versions at which it was read.

    The declaration is None if part of it was not understood.
    """

    declaration: Declaration | None
    profile_version: int
    catalogue_version: int


class DeclarationReader:
    """Reads declarations for all requests of a process, those that wait together at once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._batches = Batches(graph, DECLARATIONS.name, self._run, lambda _: 1, MOST_PEOPLE)

    async def read(self, user_ids: Sequence[str]) -> Sequence[Declared]:
        """Return what each of these people declares now; NOBODY declares nothing.

        Raises a GraphError.
        """
        return await self._batches.ask(user_ids)

    async def _run(self, user_ids: Sequence[str]) -> list[Declared]:
        rows = await self._graph.run(DECLARATIONS, userIds=list(dict.fromkeys(user_ids)))
        read = {row["userId"]: _declared(row) for row in rows}
        return [read[user_id] for user_id in user_ids]


def of_guest(guest: Profile) -> Declaration:
    """Return what somebody declares whom the graph does not know."""
    return Declaration.of(asked_for(guest), declared=True)


def _declared(row: Row) -> Declared:
    declaration = None
    if row["understood"] is True:
        declaration = Declaration.of(row, declared=row["declared"] is True)
    return Declared(declaration, row["profileVersion"], row["catalogueVersion"])
