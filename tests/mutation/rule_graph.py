"""A graph that answers the gate's queries as the rule's model says, for stories by the thousand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from graph.connection import Row
from graph.errors import GraphUnavailable
from graph.query import Query
from graph.safety_gate import SAFETY_GATE
from graph.safety_rule import Allergy, Person, SafetyRule
from graph.verdicts.gate import DECLARATIONS
from tests.mutation.gate_cases import described_row, known_row
from tests.support.random_graphs import World

Result = TypeVar("Result")


class RuleGraph:
    """A world with versions and a clock, which can be away, and change while the gate looks."""

    sealing = None

    def __init__(self, world: World, told: dict[str, Row]) -> None:
        """Answer from a world; `told` keeps what the rule said, for the next to tell this story."""
        self.world, self.changes, self._told = world, 0, told
        self.version = 1
        self.versions: dict[str, int] = dict.fromkeys(world.people, 1)
        self.time = 1000.0
        self.away = False
        self.before_the_gate: Callable[[], None] | None = None
        self.judged: list[str] = []
        self.contradicted = 0
        self.answered: list[tuple[int, int]] = []

    def now(self) -> float:
        """Return the time in seconds."""
        return self.time

    def gate_answered(self, kept: int, asked: int) -> None:
        """Note how a request was answered."""
        self.answered.append((kept, asked))

    def gate_contradicted(self, drinks: int) -> None:
        """Note that something kept was no longer true."""
        self.contradicted += drinks

    async def in_time(self, name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        """Return what the work returns."""
        return await work()

    async def run(self, query: Query, **values: Any) -> list[Row]:
        """Return the rows of one of the two queries."""
        if self.away:
            raise GraphUnavailable("away")
        if query.name == DECLARATIONS.name:
            return [self._declared(user_id) for user_id in sorted(set(values["userIds"]))]
        assert query.name == SAFETY_GATE.name
        if self.before_the_gate:
            self.before_the_gate()
        self.judged += [drink for ask in values["asks"] for drink in ask["drinks"]]
        return [row for place, ask in enumerate(values["asks"]) for row in self.rows(place, ask)]

    def rows(self, place: int, ask: Mapping[str, Any]) -> list[Row]:
        """Return what the rule says to one ask, as the gate returns it."""
        there = set(self.world.ids("drink"))
        versions = {
            "profileVersion": self.versions.get(ask.get("userId") or "", 0),
            "catalogueVersion": self.version,
        }
        return [
            {"ask": place, **self._row(ask, drink), **versions}
            for drink in sorted(drink for drink in ask["drinks"] if drink in there)
        ]

    def _row(self, ask: Mapping[str, Any], drink: str) -> Row:
        about = {key: value for key, value in ask.items() if key != "drinks"}
        key = f"{self.changes} {drink} {about}"
        if key not in self._told:
            self._told[key] = self._judged(about, drink)
        return self._told[key]

    def _judged(self, ask: Mapping[str, Any], drink: str) -> Row:
        rule = SafetyRule(self.world.graph)
        if "allergies" in ask:
            row = described_row(self.world, rule, None, _person(ask), drink)
            row["declared"] = ask["allergies"] is not None
        else:
            name = ask.get("userId")
            person = self.world.people.get(name or "", Person())
            row = known_row(self.world, rule, name, person, drink)
        verdicts = [
            {"allergen": allergen, "verdict": verdict, "tracesAccepted": accepted}
            for allergen, (verdict, accepted) in row["verdicts"].items()
        ]
        return {**row, "sealed": False, "verdicts": verdicts}

    def _declared(self, user_id: str) -> Row:
        person = self.world.people.get(user_id, Person())
        return {
            "userId": user_id,
            "profileVersion": self.versions.get(user_id, 0),
            "catalogueVersion": self.version,
            "declared": user_id in self.world.declared,
            "understood": not person.unresolved,
            "sealed": [],
            "unresolved": list(person.unresolved),
            "allergies": [
                {"allergen": allergy.allergen, "tracesAccepted": allergy.traces_accepted}
                for allergy in person.allergies
            ],
            "avoids": list(person.avoids),
            "diets": list(person.diets),
            "maxAbv": person.max_abv,
            "maxCaffeine": person.max_caffeine,
        }


def _person(ask: Mapping[str, Any]) -> Person:
    allergies = [
        Allergy(one["allergen"], "MILD", one["tracesAccepted"]) for one in ask["allergies"] or ()
    ]
    return Person(
        allergies=tuple(allergies),
        avoids=tuple(ask["avoids"]),
        diets=tuple(ask["diets"]),
        max_abv=ask["maxAbv"],
        max_caffeine=ask["maxCaffeine"],
    )
