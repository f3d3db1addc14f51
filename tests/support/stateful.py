"""A service under everything that can happen to it, as a state machine of hypothesis.

Between requests, people declare and buy, operators import and review, an analyst writes by hand,
models come and go, a process starts again, its clock is wrong. After each request the rule's model
says whether what was offered is safe; hypothesis looks for the shortest story that goes wrong.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from graph.connection import Address, connect
from graph.safety_rule import SafetyRule
from tests.support.api import PATHS, Answer, Api
from tests.support.changes import Writer
from tests.support.emptying import empty
from tests.support.expectations import disliked, expected, person_of, safe
from tests.support.menu_story import dislike, retire_drink, save_drink
from tests.support.random_graphs import Deed, random_world, write
from tests.support.random_offers import FLAVORS, TODAY, furnish, random_model, write_offers
from tests.support.tables import (
    TABLES,
    flavors_of,
    has_declared,
    random_controls,
    random_guests,
    safe_for_all,
)

# in days: later than all evidence in a story, which would else lie in the future
WRONG_PAST = -200
T = TypeVar("T")
DRAWS = st.randoms(use_true_random=False)

ALERTS = """query { answer: safetyAlerts(days: 366, first: 100) { __typename
  ... on SafetyAlerts { total items { drink { id } safety { status } } }
  ... on Failure { message } } }"""
SWAP = """query ($drinkId: ID!) { answer: swap(drinkId: $drinkId) { __typename
  ... on Swaps { safety { status } items { safety { status } replacements { ingredientId byId } } }
  ... on Failure { message } } }"""
RELAXATIONS = """query { answer: relaxations(first: 50) { __typename
  ... on Relaxations { openDrinks items { kind about gain examples { id safety { status } } } }
  ... on Failure { message } } }"""


class ServiceStory(RuleBasedStateMachine):
    """Two service processes over one graph, and everybody who writes into it."""

    address: Address

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.memory_is_whole = True  # false once somebody wrote past the versions

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(seed=st.integers(0, 10_000))
    def begin(self, seed: int) -> None:
        self.world = random_world(seed, drinks=6, people=3)
        furnish(random.Random(seed), self.world)
        self.do(self._begin(random.Random(seed)))

    async def _begin(self, draw: random.Random) -> None:
        self.lines = [connect(self.address, deadline=30.0) for _ in range(3)]
        writing, *serving = [await line.__aenter__() for line in self.lines]
        await empty(writing)
        await write(self.world, writing)
        await write_offers(self.world, writing)
        self.graph, self.serving = writing, serving
        self.apis = [Api(serving[0], random_model(draw, self.world)), Api(serving[1])]
        for api in self.apis:
            await api.start()
        self.writer = Writer(self.world, writing, draw)

    def teardown(self) -> None:
        if hasattr(self, "lines"):
            self.do(self._end())
        self.runner.close()

    async def _end(self) -> None:
        for api in self.apis:
            await api.settle()
        for line in self.lines:
            await line.__aexit__(None, None, None)

    # --- what happens

    @rule(draw=DRAWS, place=st.integers(0, 100))
    def somebody_writes(self, draw: random.Random, place: int) -> None:
        self._write(draw, self.writer.ordinary, place)

    @rule(draw=DRAWS, place=st.integers(0, 100))
    def somebody_writes_harm_by_hand(self, draw: random.Random, place: int) -> None:
        self.memory_is_whole = False
        self._write(draw, self.writer.harmful, place)

    @rule(draw=DRAWS, which=st.integers(0, 1))
    def a_model_comes(self, draw: random.Random, which: int) -> None:
        self.do(self.apis[which].snapshots.use_model(random_model(draw, self.world)))

    @rule(which=st.integers(0, 1))
    def the_model_is_lost(self, which: int) -> None:
        self.do(self.apis[which].snapshots.use_model(None))

    @rule(which=st.integers(0, 1))
    def a_process_starts_again(self, which: int) -> None:
        async def start() -> None:
            await self.apis[which].settle()
            self.apis[which] = Api(self.serving[which])
            await self.apis[which].start()

        self.do(start())

    def _write(self, draw: random.Random, changes: list[Any], place: int) -> None:
        self.writer.draw = draw
        self.do(changes[place % len(changes)]())

    @rule(draw=DRAWS, which=st.integers(0, 1), place=st.integers(0, 100), anew=st.booleans())
    def an_operator_saves_a_drink(
        self, draw: random.Random, which: int, place: int, anew: bool
    ) -> None:
        drinks = self.world.ids("drink")
        drink = None if anew or not drinks else drinks[place % len(drinks)]
        self.do(save_drink(self.apis[which], self.world, draw, drink))

    @rule(which=st.integers(0, 1), place=st.integers(0, 100))
    def an_operator_retires_a_drink(self, which: int, place: int) -> None:
        drinks = self.world.ids("drink")
        self.do(retire_drink(self.apis[which], self.world, drinks[place % len(drinks)]))

    @rule(which=st.integers(0, 1), place=st.integers(0, 100), drink=st.integers(0, 100))
    def somebody_dislikes_a_drink(self, which: int, place: int, drink: int) -> None:
        people, drinks = sorted(self.world.people), self.world.ids("drink")
        user, unwanted = people[place % len(people)], drinks[drink % len(drinks)]
        self.world.clock += 1000
        event, clock = f"event-{self.world.clock}", self.world.clock
        at = datetime.fromtimestamp(clock / 1000, UTC).isoformat()
        self.do(dislike(self.apis[which], user, unwanted, event, at))
        deed = Deed(event, unwanted, "dislike", -1.0, clock)
        self.world.histories.setdefault(user, []).append(deed)
        for api in self.apis:
            for path, query in PATHS.items():
                answer = self.do(api.ask(query, user, first=100, drinkId=drinks[0]))
                assert unwanted not in {item["drink"]["id"] for item in answer.get("items", [])}, (
                    path
                )

    # --- what is asked

    @rule(
        which=st.integers(0, 1),
        place=st.integers(0, 100),
        path=st.sampled_from(sorted(PATHS)),
        first=st.sampled_from((1, 2, 5, 100)),
        clock_is_off_by=st.sampled_from((0, 0, 0, WRONG_PAST, 1, 4000)),
        draw=DRAWS,
        controlled=st.booleans(),
    )
    def drinks_are_asked_for(
        self,
        which: int,
        place: int,
        path: str,
        first: int,
        clock_is_off_by: int,
        draw: random.Random,
        controlled: bool,
    ) -> None:
        api, user = self.apis[which], self._user(place)
        variables: dict[str, Any] = {"first": first}
        if controlled and path != "drinks":
            variables |= random_controls(draw, path)
        if path == "similarDrinks":
            drinks = self.world.ids("drink")
            variables["drinkId"] = drinks[place % len(drinks)]
        api.today = TODAY + timedelta(days=clock_is_off_by)
        answer = self._asked(api, PATHS[path], user, **variables)
        self._check_offer(user, path, variables, answer, whole=clock_is_off_by == 0)

    def _asked(self, api: Api, query: str, user: str | None, **variables: Any) -> Answer:
        """What is answered at once, or once the first answer was checked after writes by hand."""
        ask = api.ask if self.memory_is_whole else api.ask_twice
        return self.do(ask(query, user, **variables))

    def _check_offer(
        self,
        user: str | None,
        path: str,
        variables: dict[str, Any],
        answer: Answer,
        *,
        whole: bool,
    ) -> None:
        if "items" not in answer:
            unclear = bool(person_of(self.world, user).unresolved)
            assert unclear or (user is None and path == "recommendations"), answer
            return
        ids = [item["drink"]["id"] for item in answer["items"]]
        assert len(ids) == len(set(ids))
        assert set(ids) <= safe(self.world, user), (user, path)
        assert not set(ids) & disliked(self.world, user), (user, path)
        if whole and self.memory_is_whole:
            without = [variables["drinkId"]] if path == "similarDrinks" else []
            wanted = expected(self.world, user, {}, without)
            if variables.get("minimumRelevance") is not None:
                assert set(ids) <= wanted
                return
            assert len(ids) == min(variables["first"], len(wanted)), (user, path, wanted)

    @rule(which=st.integers(0, 1), place=st.integers(0, 100), draw=DRAWS)
    def a_table_is_asked_for(self, which: int, place: int, draw: random.Random) -> None:
        user, (guests, people) = self._user(place), random_guests(draw, self.world)
        api, query = self.apis[which], TABLES["groupRecommendations"]
        api.today = TODAY
        answer = self._asked(api, query, user, first=100, guests=guests)
        if "items" not in answer:
            unclear = bool(person_of(self.world, user).unresolved)
            undeclared = user is not None and not has_declared(self.world, user)
            assert unclear or undeclared, answer
            return
        ids = {item["drink"]["id"] for item in answer["items"]}
        wanted = safe_for_all(self.world, people, expected(self.world, user, {}))
        assert ids <= wanted and (ids == wanted or not self.memory_is_whole), (user, people)

    @rule(which=st.integers(0, 1), place=st.integers(0, 100), flavor=st.sampled_from(FLAVORS))
    def a_pairing_is_asked_for(self, which: int, place: int, flavor: str) -> None:
        api, user = self.apis[which], self._user(place)
        api.today = TODAY
        answer = self._asked(api, TABLES["pairing"], user, first=100, foods=[flavor])
        if "items" not in answer:
            assert person_of(self.world, user).unresolved, answer
            return
        ids = {item["drink"]["id"] for item in answer["items"]}
        wanted = {
            drink
            for drink in expected(self.world, user, {})
            if flavor in flavors_of(self.world, drink)
        }
        assert ids <= wanted and (ids == wanted or not self.memory_is_whole), (user, flavor)

    @rule(which=st.integers(0, 1), place=st.integers(0, 100))
    def alerts_are_asked_for(self, which: int, place: int) -> None:
        user = self._user(place)
        answer = self.do(self.apis[which].ask(ALERTS, user))
        if user is None:
            assert answer["__typename"] == "NotSignedIn"
            return
        types = ("purchase", "save")
        had = {event.drink for event in self.world.histories.get(user, ()) if event.type in types}
        there = had & set(self.world.ids("drink"))
        ids = {item["drink"]["id"] for item in answer["items"]}
        assert ids == there - safe(self.world, user)
        assert {item["safety"]["status"] for item in answer["items"]} <= {"UNSAFE"}

    @rule(which=st.integers(0, 1), place=st.integers(0, 100), drink=st.integers(0, 100))
    def a_swap_is_asked_for(self, which: int, place: int, drink: int) -> None:
        user, drinks = self._user(place), self.world.ids("drink")
        asked = drinks[drink % len(drinks)]
        answer = self.do(self.apis[which].ask(SWAP, user, drinkId=asked))
        for swap in answer.get("items", []):
            assert asked not in safe(self.world, user)
            assert self._is_safe_swapped(user, asked, swap["replacements"]), (user, asked, swap)

    def _is_safe_swapped(
        self, user: str | None, drink: str, replacements: list[dict[str, Any]]
    ) -> bool:
        """Whether the drink made with the replacements, written down as a drink, is safe."""
        graph = self.world.graph.copy()
        taken = {("ingredient", replacement["ingredientId"]) for replacement in replacements}
        for start, end, key, data in list(graph.out_edges(("drink", drink), keys=True, data=True)):
            if end in taken and data["type"] == "CONTAINS":
                graph.remove_edge(start, end, key)
        for replacement in replacements:
            if replacement["byId"]:
                graph.add_edge(
                    ("drink", drink), ("ingredient", replacement["byId"]), type="CONTAINS"
                )
        return SafetyRule(graph).is_safe(person_of(self.world, user), drink)

    @rule(which=st.integers(0, 1), place=st.integers(0, 100))
    def relaxations_are_asked_for(self, which: int, place: int) -> None:
        user = self._user(place)
        answer = self.do(self.apis[which].ask(RELAXATIONS, user))
        severe = {
            allergy.allergen
            for allergy in person_of(self.world, user).allergies
            if allergy.severity in (None, "SEVERE")
        }
        for item in answer.get("items", []):
            assert not (item["kind"] == "TRACES" and item["about"] in severe)
            examples = {example["id"] for example in item["examples"]}
            assert not examples & disliked(self.world, user)
            if item["kind"] != "FILTER" and self.memory_is_whole:
                assert {example["safety"]["status"] for example in item["examples"]} <= {"UNSAFE"}

    # --- what always holds

    @invariant()
    def the_two_checks_agree(self) -> None:
        if hasattr(self, "apis") and self.memory_is_whole:
            assert [api.disagreements for api in self.apis] == [0, 0]

    def _user(self, place: int) -> str | None:
        people: list[str | None] = [*sorted(self.world.people), "a stranger", None]
        return people[place % len(people)]
