"""What people declare, as the graph has it now: the gate's answers follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.people.profiles import Profile
from graph.sealing.profiles import described, opened
from graph.sealing.sealing import Sealing
from graph.verdicts.batches import Batches
from graph.verdicts.gate import DECLARATIONS, asked_for

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

    The declaration is None if part of it was not understood; `asked` is the person as the gate
    takes them, if the graph cannot tell it by their id.
    """

    declaration: Declaration | None
    profile_version: int
    catalogue_version: int
    asked: Mapping[str, Any] | None = None


class DeclarationReader:
    """Reads declarations for all requests of a process, those that wait together at once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._batches: Batches[str, Row] = Batches(
            graph, DECLARATIONS.name, self._run, lambda _: 1, MOST_PEOPLE
        )

    async def read(self, user_ids: Sequence[str]) -> Sequence[Declared]:
        """Return what each of these people declares now; NOBODY declares nothing.

        Raises a GraphError: ProfileSealed if that of any of them cannot be opened.
        """
        # opened here and not with the others': whose profile does not open fails alone
        return [_declared(self._graph.sealing, row) for row in await self._batches.ask(user_ids)]

    async def _run(self, user_ids: Sequence[str]) -> list[Row]:
        rows = await self._graph.run(DECLARATIONS, userIds=list(dict.fromkeys(user_ids)))
        read = {row["userId"]: row for row in rows}
        return [read[user_id] for user_id in user_ids]


def of_guest(guest: Profile) -> Declaration:
    """Return what somebody declares whom the graph does not know."""
    return Declaration.of(asked_for(guest), declared=True)


def _declared(sealing: Sealing | None, row: Row) -> Declared:
    said = opened(sealing, row["userId"], row)
    declaration = None
    if said["understood"] is True:
        declaration = Declaration.of(said, declared=said["declared"] is True)
    asked = described(said) if row["sealed"] else None
    return Declared(declaration, row["profileVersion"], row["catalogueVersion"], asked)
