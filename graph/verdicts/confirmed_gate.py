"""The gate as requests ask it: what it said before, confirmed by what the graph says now.

Each request reads what its people declare now, and the version of the catalogue. For an answer
that the gate gave to the same declaration at the same version, that is enough; for all others the
gate itself is asked. It is the consistency of Zanzibar's tokens (Pang et al., 2019), with a token
that is always the newest. What is used without asking is checked against the gate shortly after.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from graph.connection import Graph
from graph.errors import GraphUnavailable
from graph.people.profiles import Profile
from graph.verdicts.declarations import (
    NOBODY,
    DeclarationReader,
    Declared,
    of_guest,
)
from graph.verdicts.gate import GateAnswer, Person, asked_for
from graph.verdicts.gate_batches import GateBatches
from graph.verdicts.kept_answers import SETTLED, KeptAnswers
from graph.verdicts.served_checks import PAUSE, ServedChecks

Answers = dict[str, GateAnswer]


class GateWatcher(Protocol):
    """What others want to know about the gate; the service counts it."""

    def gate_answered(self, kept: int, asked: int) -> None:
        """So many answers were kept, and so many were asked for."""
        ...

    def gate_contradicted(self, drinks: int) -> None:
        """Of so many drinks that were served the gate says something else than was kept."""
        ...


class Gate(Protocol):
    """The second check of drinks that are about to be returned."""

    async def ask(self, people: Sequence[Person], drink_ids: Sequence[str]) -> list[Answers]:
        """Return the answers by drink id for each person. Raises a GraphError."""
        ...

    def distrust(self) -> None:
        """Ask the graph itself from now on about all it said: memory and graph disagree."""
        ...


class ConfirmedGate:
    """Answers as the gate of one graph would, asking it about what it has not said yet."""

    def __init__(
        self,
        graph: Graph,
        most: int,
        watcher: GateWatcher,
        *,
        settled: float = SETTLED,
        pause: float = PAUSE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep up to `most` answers."""
        self._watcher = watcher
        self._gates = GateBatches(graph)
        self._declarations = DeclarationReader(graph)
        self._kept = KeptAnswers(most, settled, now)
        self._checks = ServedChecks(self._gates, self._kept, watcher.gate_contradicted, pause)

    @property
    def kept(self) -> int:
        """How many answers are kept."""
        return len(self._kept)

    async def ask(self, people: Sequence[Person], drink_ids: Sequence[str]) -> list[Answers]:
        """Return the answers by drink id for each person, as `ask_gates` does.

        Raises a GraphError; nothing is kept beyond an absence of the graph.
        """
        if not drink_ids:
            return [{} for _ in people]
        try:
            return await self._ask(people, drink_ids)
        except GraphUnavailable:
            self._kept.clear()
            raise

    def distrust(self) -> None:
        """Forget what was kept: somebody may have written past the versions."""
        self._kept.clear()

    async def check(self) -> None:
        """Ask the gate now about what was served since the last round."""
        await self._checks.check()

    async def close(self) -> None:
        """Check nothing any more."""
        await self._checks.close()

    async def _ask(self, people: Sequence[Person], drink_ids: Sequence[str]) -> list[Answers]:
        declared = await self._declared(people)
        answers = [self._confirmed(each, drink_ids) for each in declared]
        unknown = [[id_ for id_ in drink_ids if id_ not in known] for known in answers]
        self._watcher.gate_answered(sum(map(len, answers)), sum(map(len, unknown)))
        missing = [place for place, ids in enumerate(unknown) if ids]
        if missing:
            asks = [
                {**_asked(people[place], declared[place]), "drinks": unknown[place]}
                for place in missing
            ]
            asked_at = self._kept.now()
            given = await self._gates.put(asks)
            for place, new in zip(missing, given, strict=True):
                answers[place] |= self._taken(declared[place], new, asked_at)
        return answers

    async def _declared(self, people: Sequence[Person]) -> list[Declared]:
        """Return what each of the people declares now, of one and the same catalogue."""
        ids = [person if isinstance(person, str) else NOBODY for person in people]
        read = await self._declarations.read(ids)
        self._kept.see(read[0].catalogue_version)
        return [
            Declared(of_guest(person), each.profile_version, each.catalogue_version)
            if isinstance(person, Profile)
            else each
            for person, each in zip(people, read, strict=True)
        ]

    def _confirmed(self, declared: Declared, drink_ids: Sequence[str]) -> Answers:
        """Return the answers that the gate gave before, and would give again."""
        if declared.declaration is None or self._checks.behind:
            return {}
        kept = self._kept.of(declared.declaration, declared.catalogue_version)
        known = {id_: kept[id_] for id_ in drink_ids if id_ in kept}
        self._checks.served(declared.declaration, known)
        return {id_: answer.at(declared.profile_version) for id_, answer in known.items()}

    def _taken(
        self, declared: Declared, new: Mapping[str, GateAnswer], asked_at: float
    ) -> Mapping[str, GateAnswer]:
        if declared.declaration is None:
            return {id_: answer.at(declared.profile_version) for id_, answer in new.items()}
        self._kept.keep(declared.declaration, new, asked_at)
        return {id_: answer.at(declared.profile_version) for id_, answer in new.items()}


def _asked(person: Person, declared: Declared) -> Mapping[str, Any]:
    if declared.declaration:
        return declared.declaration.asked()
    return declared.asked or asked_for(person)
