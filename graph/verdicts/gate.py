"""The second safety check: the graph itself, asked about the drinks about to be returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.connection import Graph, Row
from graph.people.profiles import Profile
from graph.safety_gate import SAFETY_GATE
from graph.verdicts.replay import Replay
from graph.vocabulary import Verdict

Person = str | Profile | None


@dataclass(frozen=True, slots=True)
class RecipeChange:
    """A change of a recipe: the ingredients that go, and those that come."""

    taken: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllergenVerdict:
    """What the graph says about one of the person's allergens in one drink."""

    allergen: str
    verdict: Verdict
    traces_accepted: bool


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What the graph says about one drink for one person, and how recent the graph was."""

    drink_id: str
    safe: bool
    declared: bool
    known: bool
    verdicts: tuple[AllergenVerdict, ...]
    avoided: tuple[str, ...]
    unsuited_diets: tuple[str, ...]
    profile_version: int
    catalogue_version: int

    @property
    def status(self) -> str:
        """SAFE or UNSAFE for a person who declared; NOT_CHECKED (or UNSAFE) for one who did not."""
        if not self.safe:
            return "UNSAFE"
        return "SAFE" if self.declared else "NOT_CHECKED"

    def at(self, profile_version: int) -> GateAnswer:
        """Return the same answer, for a profile of this version."""
        if self.profile_version == profile_version:
            return self
        return replace(self, profile_version=profile_version)


async def ask_gate(
    graph: Graph, user_id: str | None, drink_ids: Sequence[str]
) -> dict[str, GateAnswer]:
    """Return the graph's answer by drink id; a drink that the graph does not have has none."""
    return (await ask_gates(graph, [user_id], drink_ids))[0]


async def ask_gates(
    graph: Graph, people: Sequence[Person], drink_ids: Sequence[str]
) -> list[dict[str, GateAnswer]]:
    """Return the graph's answers by drink id for each of some people, in one query.

    A person is the id of somebody the graph knows, None for nobody, or the profile of somebody it
    does not know, of which only what is declared is considered.
    """
    asks = asks_of(people, drink_ids)
    rows = await graph.run(SAFETY_GATE, asks=asks) if drink_ids else []
    return answers_in(rows, len(asks))


def asks_of(people: Sequence[Person], drink_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the gate is asked about the same drinks for each of some people."""
    return [{**asked_for(person), "drinks": list(drink_ids)} for person in people]


def answers_in(rows: Sequence[Row], asks: int) -> list[dict[str, GateAnswer]]:
    """Return the answers by drink id to each of so many asks."""
    answers: list[dict[str, GateAnswer]] = [{} for _ in range(asks)]
    for row in rows:
        answers[row["ask"]][row["drinkId"]] = _answer(row)
    return answers


async def ask_changes(
    graph: Graph, user_id: str, drink_id: str, changes: Sequence[RecipeChange]
) -> list[GateAnswer | None]:
    """Return what the graph says about the drink after each change; None if nothing is left."""
    asked = [
        {
            "number": number,
            "drink": drink_id,
            "taken": list(change.taken),
            "added": list(change.added),
        }
        for number, change in enumerate(changes)
    ]
    ask = {**asked_for(user_id), "drinks": [], "changes": asked}
    answers = {row["change"]: _answer(row) for row in await graph.run(SAFETY_GATE, asks=[ask])}
    return [answers.get(number) for number in range(len(changes))]


def replay_gate(person: Person, drink_id: str) -> Replay:
    """Return what shows the gate's answer about a drink again."""
    return Replay.of(SAFETY_GATE, {"asks": [{**asked_for(person), "drinks": [drink_id]}]})


def asked_for(person: Person) -> dict[str, Any]:
    """Return a person as the gate takes them: by id, or as what they declare."""
    if not isinstance(person, Profile):
        return {"userId": person}
    return {
        "allergies": [
            {"allergen": allergy.allergen, "tracesAccepted": allergy.traces_accepted}
            for allergy in person.allergies
        ],
        "avoids": list(person.avoids),
        "diets": list(person.diets),
        "maxAbv": person.max_abv,
        "maxCaffeine": person.max_caffeine,
    }


def _answer(row: Row) -> GateAnswer:
    """Read a row of the gate, in one order whatever the graph's; only a true `safe` is safe."""
    verdicts = (
        AllergenVerdict(verdict["allergen"], Verdict(verdict["verdict"]), verdict["tracesAccepted"])
        for verdict in row["verdicts"]
    )
    return GateAnswer(
        drink_id=row["drinkId"],
        safe=row["safe"] is True,
        declared=row["declared"] is True,
        known=row["known"] is True,
        verdicts=tuple(sorted(verdicts, key=lambda verdict: verdict.allergen or "")),
        avoided=tuple(sorted(row["avoided"])),
        unsuited_diets=tuple(sorted(row["unsuitedDiets"])),
        profile_version=row["profileVersion"],
        catalogue_version=row["catalogueVersion"],
    )
