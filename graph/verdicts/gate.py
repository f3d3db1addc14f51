"""The second safety check: the graph itself, asked about the drinks about to be returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.connection import Graph, Row
from graph.errors import ProfileSealed
from graph.people.profiles import Profile
from graph.query_files import load
from graph.safety_gate import SAFETY_GATE
from graph.sealing.profiles import described, opened
from graph.sealing.sealing import NO_KEYS
from graph.verdicts.replay import Replay
from graph.vocabulary import Verdict

DECLARATIONS = load("recommend/declarations")

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
    if not drink_ids:
        return [{} for _ in people]
    asked = await asked_of(graph, people)
    asks = [{**each.person, "drinks": list(drink_ids)} for each in asked]
    answers = answers_in(await graph.run(SAFETY_GATE, asks=asks), len(asks))
    return [each.answered(answer) for each, answer in zip(asked, answers, strict=True)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A person as the gate takes them; a version, if the gate is not told who they are."""

    person: Mapping[str, Any]
    version: int | None = None

    def answered(self, answers: dict[str, GateAnswer]) -> dict[str, GateAnswer]:
        """Return the answers, for the version of the profile that they are about."""
        if self.version is None:
            return answers
        return {id_: answer.at(self.version) for id_, answer in answers.items()}


async def asked_of(graph: Graph, people: Sequence[Person]) -> list[Asked]:
    """Return people as the gate takes them, with what is sealed opened.

    Where nothing can be sealed they are taken by id, without asking the graph first. Raises a
    GraphError: ProfileSealed if what somebody declared cannot be opened.
    """
    ids = {person for person in people if isinstance(person, str)}
    if graph.sealing is None or not ids:
        return [Asked(asked_for(person)) for person in people]
    rows = await graph.run(DECLARATIONS, userIds=sorted(ids))
    known = {row["userId"]: opened(graph.sealing, row["userId"], row) for row in rows}
    return [
        Asked(described(known[person]), known[person]["profileVersion"])
        if isinstance(person, str)
        else Asked(asked_for(person))
        for person in people
    ]


def answers_in(rows: Sequence[Row], asks: int) -> list[dict[str, GateAnswer]]:
    """Return the answers by drink id to each of so many asks.

    Raises ProfileSealed if somebody was asked about by id alone whose profile is sealed.
    """
    answers: list[dict[str, GateAnswer]] = [{} for _ in range(asks)]
    for row in rows:
        _not_sealed(row)
        answers[row["ask"]][row["drinkId"]] = _answer(row)
    return answers


async def described_as(graph: Graph, user_id: str) -> dict[str, Any]:
    """Return what somebody declares as the gate takes it, for what is asked beside the gate.

    Raises a GraphError: ProfileSealed if it cannot be opened.
    """
    return described(await said_by(graph, user_id))


async def said_by(graph: Graph, user_id: str) -> Row:
    """Return the row of DECLARATIONS about somebody, opened. Raises a GraphError."""
    [row] = await graph.run(DECLARATIONS, userIds=[user_id])
    return opened(graph.sealing, user_id, row)


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
    [person] = await asked_of(graph, [user_id])
    ask = {**person.person, "drinks": [], "changes": asked}
    rows = await graph.run(SAFETY_GATE, asks=[ask])
    answers = {row["change"]: _answer(_not_sealed(row)) for row in rows}
    return [answers.get(number) for number in range(len(changes))]


async def replay_gate(graph: Graph, person: Person, drink_id: str) -> Replay:
    """Return what shows the gate's answer about a drink again, by what the person declares now.

    Raises a GraphError.
    """
    [asked] = await asked_of(graph, [person])
    return Replay.of(SAFETY_GATE, {"asks": [{**asked.person, "drinks": [drink_id]}]})


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


def _not_sealed(row: Row) -> Row:
    if row["sealed"] is True:
        raise ProfileSealed(NO_KEYS)
    return row


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
