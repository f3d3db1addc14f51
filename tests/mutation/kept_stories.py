"""Stories of requests and changes, told to the gate that keeps answers: all it does is noted."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.connection import Row
from graph.errors import GraphUnavailable
from graph.people.profiles import Profile
from graph.verdicts.confirmed_gate import ConfirmedGate
from graph.verdicts.gate import GateAnswer, Person, answers_in, asked_for
from tests.mutation.rule_graph import RuleGraph
from tests.mutation.worlds import profile_of
from tests.support.random_graphs import World, random_world

STEPS = 60
MOST = 40
Trace = list[object]
GateClass = Callable[..., ConfirmedGate]
_TOLD: dict[int, dict[str, Row]] = {}


@dataclass
class Story:
    """One world, one gate over it, and what happens; `wrong` are answers that are not true."""

    graph: RuleGraph
    gate: ConfirmedGate
    draw: random.Random
    trace: Trace
    by_hand: bool = False
    wrong: int = 0
    kept: int = 0

    async def tell(self) -> None:
        """Let things happen, and ask in between."""
        for _ in range(STEPS):
            happens = self.draw.choice(
                (
                    *(self.ask for _ in range(8)), self.ask_again, self.ask_again,
                    *(self.wait for _ in range(5)), self.check, self.check, self.declare,
                    self.edit, self.edit_by_hand, self.edit_what_is_kept, self.rest,
                    self.go_away, self.edit_meanwhile, self.distrust,
                )
            )  # fmt: skip
            await happens()
            self.trace.append(
                (self.gate.kept, tuple(self.graph.judged), self.graph.contradicted,
                 tuple(self.graph.answered))
            )  # fmt: skip
            self.kept += sum(kept for kept, _ in self.graph.answered)
            self.graph.judged, self.graph.answered = [], []

    async def ask(self) -> None:
        """Ask for some people about some drinks; what was written by hand is found by a check."""
        people, drinks = self._people(), self._drinks()
        answers = await self.gate.ask(people, drinks)
        if self.by_hand:
            await self.gate.check()
            answers = await self.gate.ask(people, drinks)
        self.trace.append(answers)
        self.wrong += answers != self._truth(people, drinks)

    async def ask_again(self) -> None:
        """Ask the same three times, for all drinks."""
        people, drinks = self._people(), self.graph.world.ids("drink")
        for _ in range(3):
            self.trace.append(await self.gate.ask(people, drinks))
            self.graph.time += 0.4

    async def edit_what_is_kept(self) -> None:
        """Serve all drinks on kept answers, change one by hand, serve them again, and check."""
        people, drinks = [*_names(self.graph.world), None], self.graph.world.ids("drink")
        for _ in range(2):
            await self.gate.ask(people, drinks)
            await self.gate.check()
            self.graph.time += 1.1
        self._change()
        self.by_hand = True
        self.trace.append(await self.gate.ask(people, drinks))
        await self.gate.check()
        self.trace.append(await self.gate.ask(people, drinks))
        self.wrong += self.trace[-1] != self._truth(people, drinks)

    async def check(self) -> None:
        await self.gate.check()

    async def wait(self) -> None:
        self.graph.time += self.draw.choice((0.25, 0.5, 1.0, 1.5))

    async def rest(self) -> None:
        """Let a long time pass, in which nobody looks at the version."""
        await self.gate.check()
        self.graph.time += self.draw.choice((59.0, 60.0, 61.0))

    async def go_away(self) -> None:
        """Be away for a request, and now and then for a check."""
        self.graph.away = True
        if self.draw.random() < 0.5:
            await self.gate.check()
        try:
            await self.gate.ask(self._people(), self._drinks())
        except GraphUnavailable:
            self.trace.append("away")
        self.graph.away = False

    async def edit(self) -> None:
        self._change()
        self.graph.version += 1

    async def edit_by_hand(self) -> None:
        self._change()
        self.by_hand = True

    async def edit_meanwhile(self) -> None:
        """Change the catalogue after the version was read, before the gate looks."""

        def change() -> None:
            self.graph.before_the_gate = None
            self._change()
            self.graph.version += 1

        self.graph.before_the_gate = change
        self.trace.append(await self.gate.ask(self._people(), self._drinks()))
        self.graph.before_the_gate = None

    async def distrust(self) -> None:
        self.gate.distrust()

    async def declare(self) -> None:
        """Let somebody declare what another does, with a new version of the profile or without."""
        world = self.graph.world
        somebody, other = self.draw.choice(_names(world)), self.draw.choice(_names(world))
        world.people[somebody] = world.people[other]
        (world.declared.add if other in world.declared else world.declared.discard)(somebody)
        self.graph.versions[somebody] += self.draw.choice((0, 1))
        self.graph.changes += 1

    def _change(self) -> None:
        self.graph.changes += 1
        world = self.graph.world
        part = ("ingredient", self.draw.choice(world.ids("ingredient")))
        drink = ("drink", self.draw.choice(world.ids("drink")))
        allergen = ("allergen", self.draw.choice(world.ids("allergen")))
        match self.draw.randrange(6):
            case 0:
                world.relate(part, "HAS_ALLERGEN", allergen)
            case 1:
                world.relate(drink, "MAY_CONTAIN", allergen)
            case 2:
                world.graph.nodes[part]["reviewed"] = self.draw.choice((True, False))
            case 3:
                world.graph.nodes[drink]["recipe_complete"] = self.draw.choice((True, False))
            case 4:
                world.graph.nodes[drink]["abv"] = self.draw.choice((0.0, 5.0, 40.0, None))
            case _:
                world.graph.nodes[part]["diets_reviewed"] = self.draw.choice((True, False))

    def _people(self) -> list[Person]:
        world = self.graph.world
        guests = [
            replace(profile_of("", replace(person, unresolved=())), allergies_declared_at="now")
            for person in world.people.values()
        ]
        known: list[Person] = [*_names(world), None, "a stranger"]
        return self.draw.sample(
            [*known, *guests, *_strange_guests()], k=self.draw.choice((1, 1, 3))
        )

    def _drinks(self) -> list[str]:
        drinks = [*self.graph.world.ids("drink"), "no-such-drink"]
        return self.draw.sample(drinks, k=self.draw.choice((0, 1, 3)))

    def _truth(self, people: Sequence[Person], drinks: Sequence[str]) -> list[Any]:
        if not drinks:
            return [{} for _ in people]
        asks = [{**asked_for(person), "drinks": list(drinks)} for person in people]
        rows = [row for place, ask in enumerate(asks) for row in self.graph.rows(place, ask)]
        return answers_in(rows, len(asks))


def _names(world: World) -> list[str]:
    return sorted(world.people)


def _strange_guests() -> list[Profile]:
    return [
        Profile("", allergies_declared_at="now", avoids=("moon-milk",)),
        Profile("", allergies_declared_at="now", diets=("of-tomorrow",)),
        Profile("", allergies_declared_at="now", max_abv=4.0, max_caffeine=10.0),
    ]


async def told(seed: int, gate: GateClass) -> Story:
    """Return a story after its end."""
    world = random_world(30_000 + seed, drinks=4, people=5)
    world.people["user-4"] = replace(world.people["user-4"], unresolved=("selery",))
    graph = RuleGraph(world, _TOLD.setdefault(seed, {}))
    made = gate(graph, MOST, graph, pause=3600, now=graph.now)
    story = Story(graph, made, random.Random(seed), [])
    await story.tell()
    await made.close()
    return story


def comparable(trace: Trace) -> list[str]:
    """Return a trace so that answers of classes of a mutant compare too."""
    return [repr(each) for each in trace]


def answers_of(story: Story) -> list[GateAnswer]:
    """Return all answers of a story."""
    lists = (each for each in story.trace if isinstance(each, list))
    return [answer for answers in lists for by_drink in answers for answer in by_drink.values()]
