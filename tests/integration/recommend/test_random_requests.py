"""Every path that returns drinks, asked at random while others write, against the rule's model.

A case is one request. `TASTEGRAPH_CASES` says how many there are in all, over both engines.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

import pytest

from graph.connection import Address, Graph, connect
from graph.safety_rule import Person
from tests.support.api import PATHS, Answer, Api
from tests.support.changes import Writer
from tests.support.expectations import expected, had, person_of, safe
from tests.support.random_graphs import World, random_world, write, write_people
from tests.support.random_offers import FLAVORS, furnish, random_model, write_offers
from tests.support.tables import (
    TABLES,
    flavors_of,
    guest_of,
    has_declared,
    random_controls,
    random_filter,
    random_guests,
    safe_for_all,
)

CASES = int(os.environ.get("TASTEGRAPH_CASES", "2000"))
ORDINARY, HARMFUL, RAW = 24, 8, 8  # requests of each kind in one world
WORLDS = math.ceil(0.6 * CASES / 2 / (ORDINARY + HARMFUL + RAW))
GATED_USERS = 5
GATED_WORLDS = math.ceil(0.4 * CASES / 2 / (GATED_USERS * len(PATHS)))
STRANGER = "stranger"
QUERIES = {**PATHS, **TABLES}
FAILURES = (
    "ProfileUnclear",
    "NotSignedIn",
    "DrinkNotFound",
    "AllergiesUndeclared",
    "InvalidInput",
)


@dataclass(frozen=True)
class Request:
    """One request, and where it stands in the test: to be named in a failure."""

    seed: int
    step: int
    path: str
    user: str | None
    variables: dict[str, Any]
    people: tuple[Person, ...] = ()  # the guests at the table


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_what_is_offered_is_what_the_rule_allows(
    graph: Graph, address: Address, seed: int
) -> None:
    draw = random.Random(seed)
    world = random_world(5000 + seed, drinks=draw.choice((3, 8, 16, 40)), people=5)
    furnish(draw, world)
    await write(world, graph)
    await write_offers(world, graph)
    async with two_services(address, world, draw) as apis:
        writer = Writer(world, graph, draw)
        for step in range(ORDINARY + HARMFUL + RAW):
            changes = writer.ordinary if step < ORDINARY else writer.harmful
            changes = writer.raw if step >= ORDINARY + HARMFUL else changes
            for _ in range(draw.choice((0, 1, 1, 2))):
                await draw.choice(changes)()
            request = random_request(draw, world, seed, step)
            api = draw.choice(apis)
            answer = await ask(api, request)
            if step >= ORDINARY:  # what was kept before somebody wrote by hand is found by checks
                await api.gate.check()
                answer = await ask(api, request)
            check_safety(world, request, answer)
            if step < ORDINARY + HARMFUL:
                check_everything(world, request, answer)
            if step < ORDINARY:  # both checks must agree, not only the later one be right
                assert [api.disagreements for api in apis] == [0, 0], request
        for api in apis:
            await api.settle()


@pytest.mark.parametrize("seed", range(GATED_WORLDS))
async def test_the_gate_alone_keeps_everybody_safe(
    graph: Graph, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory takes everybody for somebody without allergies: all depends on the second check.

    Nobody asks for more than there is, since a short list makes the service look again.
    """
    monkeypatch.setattr("recommend.state.snapshot_store.RELOAD_PAUSE", math.inf)
    draw = random.Random(seed)
    world = random_world(7000 + seed, drinks=draw.choice((8, 16, 40)), people=GATED_USERS)
    furnish(draw, world)
    people, world.people = world.people, dict.fromkeys(world.people, Person())
    await write(world, graph)
    await write_offers(world, graph)
    api = Api(graph)
    await api.start()
    for user in world.people:
        await api.ask(PATHS["popularDrinks"], user, first=1)
    world.people = people
    await write_people(world, graph)
    for step, (user, path) in enumerate(product(people, sorted(PATHS))):
        similar = draw.choice(world.ids("drink"))
        without = [similar] if path == "similarDrinks" else []
        variables = {"drinkId": similar} if without else {}
        wanted = expected(world, user, {}, without)
        variables["first"] = max(1, len(wanted))
        request = Request(seed, step, path, user, variables)
        answer = await api.ask(PATHS[path], user, **variables)
        check_safety(world, request, answer)
        if "items" in answer:
            assert {item["drink"]["id"] for item in answer["items"]} == wanted, request
    dropped = any(safe(world, user) != set(world.ids("drink")) for user in people)
    assert (api.disagreements > 0) == dropped


async def test_the_gate_alone_keeps_everybody_at_a_table_safe(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The masks let everything pass: all depends on the second check, for guests too."""
    monkeypatch.setattr("recommend.state.snapshot_store.RELOAD_PAUSE", math.inf)
    monkeypatch.setattr("recommend.safety.masks.Masks.allowed", lambda self, _: self.known | True)
    draw = random.Random(1)
    world = random_world(7100, drinks=24, people=6)
    furnish(draw, world)
    await write(world, graph)
    await write_offers(world, graph)
    api = Api(graph)
    await api.start()
    people = [replace(person, unresolved=()) for _, person in sorted(world.people.items())]
    for step, some in enumerate(combinations(people, 2)):
        wanted = safe_for_all(world, some, expected(world, None, {}))
        variables = {"guests": [guest_of(guest) for guest in some], "first": max(1, len(wanted))}
        request = Request(1, step, "groupRecommendations", None, variables, some)
        answer = await api.ask(TABLES[request.path], None, **variables)
        check_safety(world, request, answer)
        assert {item["drink"]["id"] for item in answer["items"]} == wanted, request
    assert api.disagreements > 0
    await api.settle()


@asynccontextmanager
async def two_services(
    address: Address, world: World, draw: random.Random
) -> AsyncIterator[list[Api]]:
    """Two processes with memories of their own, one with a model and one without."""
    async with connect(address, deadline=30.0) as first, connect(address, deadline=30.0) as other:
        apis = [Api(first, random_model(draw, world)), Api(other)]
        for api in apis:
            await api.start()
        yield apis


def random_request(draw: random.Random, world: World, seed: int, step: int) -> Request:
    path = draw.choice(sorted(QUERIES))
    variables: dict[str, Any] = {"first": draw.choice((1, 2, 3, 5, 10, 100))}
    people: list[Person] = []
    if path not in ("drinks", "pairing") and draw.random() < 0.4:
        variables |= random_controls(draw, path)
    if path == "groupRecommendations":
        variables["guests"], people = random_guests(draw, world)
        if draw.random() < 0.1:
            variables["guests"][0]["allergies"] = None
    if path == "pairing":
        variables["foods"] = [draw.choice((*FLAVORS, "no such food"))]
        if draw.random() < 0.5:
            variables["drinkId"] = draw.choice(world.ids("drink"))
    if draw.random() < 0.4:
        variables["filter"] = random_filter(draw, world)
    if path == "similarDrinks":
        variables["drinkId"] = draw.choice(world.ids("drink"))
    if path == "recommendations":
        if draw.random() < 0.3:
            variables["exclude"] = [*draw.sample(world.ids("drink"), k=2), "no-such-drink"]
        if draw.random() < 0.3:
            variables["context"] = {"daypart": "evening", "season": draw.choice((None, "winter"))}
    user = draw.choice((*sorted(world.people), *sorted(world.people), STRANGER, None))
    return Request(seed, step, path, user, variables, tuple(people))


async def ask(api: Api, request: Request) -> Answer:
    """The answer; of `drinks` all pages to the end, put together."""
    answer = await api.ask(QUERIES[request.path], request.user, **request.variables)
    if answer["__typename"] != "DrinkPage":
        return answer
    items, page = list(answer["items"]), answer
    while page["endCursor"]:
        assert len(page["items"]) == request.variables["first"], request
        variables = {**request.variables, "after": page["endCursor"]}
        page = await api.ask(PATHS["drinks"], request.user, **variables)
        assert page["__typename"] == "DrinkPage", request
        items += page["items"]
        assert len(items) <= 1000, request
    return {**answer, "items": items}


def check_safety(world: World, request: Request, answer: Answer) -> None:
    """What always holds, whoever wrote what: nothing unsafe, nothing twice, not too much."""
    if "items" not in answer:
        assert answer["__typename"] in FAILURES, (request, answer)
        return
    ids = [item["drink"]["id"] for item in answer["items"]]
    assert set(ids) <= safe(world, request.user), (request, answer)
    assert set(ids) == safe_for_all(world, request.people, set(ids)), (request, answer)
    for item in answer["items"] if request.people else ():
        assert {person["safety"]["status"] for person in item["people"]} == {"SAFE"}, (
            request,
            item,
        )
        assert len(item["people"]) == len(request.people) + (request.user is not None)
    assert len(ids) == len(set(ids)), (request, ids)
    if answer["__typename"] != "DrinkPage":
        assert len(ids) <= request.variables["first"], request
        assert [item["rank"] for item in answer["items"]] == list(range(1, len(ids) + 1)), request


def check_everything(world: World, request: Request, answer: Answer) -> None:
    """What holds when memory can know all that makes drinks safe: no drink is missing either."""
    if request.path == "recommendations" and request.user is None:
        assert answer["__typename"] == "NotSignedIn", request
        return
    if request.path == "pairing" and not wanted_flavors(world, request):
        assert answer["__typename"] == "InvalidInput", (request, answer)
        return
    person = person_of(world, request.user)
    if person.unresolved:
        assert answer["__typename"] == "ProfileUnclear", (request, answer)
        return
    if request.path == "groupRecommendations" and not all_declared(world, request):
        assert answer["__typename"] == "AllergiesUndeclared", (request, answer)
        return
    assert "items" in answer, (request, answer)
    without = request.variables.get("exclude", [])
    if "drinkId" in request.variables:
        without = [request.variables["drinkId"]]
    wanted = expected(world, request.user, request.variables.get("filter", {}), without)
    wanted = safe_for_all(world, request.people, wanted)
    if request.path == "pairing":
        flavors = wanted_flavors(world, request)
        wanted = {drink for drink in wanted if flavors & flavors_of(world, drink)}
    ids = [item["drink"]["id"] for item in answer["items"]]
    assert set(ids) <= wanted, (request, set(ids) - wanted)
    if request.path == "drinks":
        by_name = [(world.graph.nodes["drink", drink]["name"], drink) for drink in wanted]
        in_order = [drink for _, drink in sorted(by_name)]
        searched = "search" in request.variables.get("filter", {})  # what fits best comes first
        assert (sorted(ids) if searched else ids) == (sorted(in_order) if searched else in_order), (
            request
        )
    elif request.variables.get("minimumRelevance") is not None:
        return  # the one control that may leave drinks out
    else:
        assert len(ids) == min(request.variables["first"], len(wanted)), (request, ids, wanted)
    check_order(world, request, answer, wanted)
    if request.path != "groupRecommendations":
        declared = has_declared(world, request.user)
        statuses = {item["safety"]["status"] for item in answer["items"]}
        assert statuses <= {"SAFE" if declared else "NOT_CHECKED"}, request


def all_declared(world: World, request: Request) -> bool:
    """Whether everybody at the table, and who asks, has said what they are allergic to."""
    asking = request.user is None or has_declared(world, request.user)
    return asking and all(guest["allergies"] is not None for guest in request.variables["guests"])


def wanted_flavors(world: World, request: Request) -> set[str]:
    """The flavors that a pairing looks for."""
    named = set(request.variables["foods"]) & set(FLAVORS)
    if drink := request.variables.get("drinkId"):
        named |= flavors_of(world, drink)
    return named


def check_order(world: World, request: Request, answer: Answer, wanted: set[str]) -> None:
    """Best first; a recommendation that the person had already comes after all that are new."""
    known = had(world, request.user) if request.path == "recommendations" else set[str]()
    keys = [
        (item["drink"]["id"] in known, -item["score"], item["drink"]["id"])
        for item in answer["items"]
    ]
    if not request.variables.get("diversity"):
        assert [key[:2] for key in keys] == sorted(key[:2] for key in keys), (request, keys)
    if any(old for old, _, _ in keys):
        new = {key for old, _, key in keys if not old}
        assert new == wanted - known, (request, keys)
