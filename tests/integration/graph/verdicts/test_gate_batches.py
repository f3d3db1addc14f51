"""Asks that wait together are one query, and each is answered as if it had gone alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.connection import Graph, Row
from graph.errors import GraphDeadlineMissed, GraphRefused, GraphUnavailable
from graph.query import Query
from graph.verdicts.batches import QUERIES_AT_ONCE
from graph.verdicts.gate import ask_gates
from graph.verdicts.gate_batches import MOST_DRINKS, GateBatches
from tests.support.emptying import ask
from tests.support.random_graphs import World, random_world, write


class Counted:
    """A graph that counts the asks of each query, and may hold or refuse queries."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.sealing = graph.sealing
        self.asks: list[int] = []
        self.running = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.refused: set[str] = set()
        self.away: Exception | None = None

    async def run(self, query: Query, **values: Any) -> list[Row]:
        self.running += 1
        try:
            return await self._run(query, values)
        finally:
            self.running -= 1

    async def _run(self, query: Query, values: Any) -> list[Row]:
        self.asks.append(len(values["asks"]))
        await self.go_on.wait()
        if self.away:
            raise self.away
        if self.refused & {ask["userId"] for ask in values["asks"]}:
            raise GraphRefused("The graph refused it.")
        return await self._graph.run(query, **values)

    async def in_time(self, name: str, work: Any) -> Any:
        return await self._graph.in_time(name, work)


async def held(counted: Counted, *asked: Any) -> list[asyncio.Task[Any]]:
    """Start asks while the queries of others are held."""
    tasks = [asyncio.create_task(one) for one in asked]
    await asyncio.sleep(0.05)
    return tasks


@pytest.fixture
async def world(graph: Graph) -> World:
    made = random_world(7)
    await write(made, graph)
    return made


@pytest.fixture
def counted(graph: Graph) -> Counted:
    return Counted(graph)


@pytest.fixture
def batches(counted: Counted) -> GateBatches:
    return GateBatches(counted)  # type: ignore[arg-type]


async def test_each_gets_what_it_would_have_got_alone(
    graph: Graph, world: World, counted: Counted, batches: GateBatches
) -> None:
    people, drinks = [*sorted(world.people), None, "nobody"], world.ids("drink")
    assert len(people) > 5 and len(drinks) > 5
    mine = {person: drinks[place % 3 :: 2] for place, person in enumerate(people)}
    alone = [(await ask_gates(graph, [person], mine[person]))[0] for person in people]
    assert any(not answer.safe for answers in alone for answer in answers.values())
    counted.go_on.clear()
    tasks = await held(counted, *(batches.ask([person], mine[person]) for person in people))
    counted.go_on.set()
    together = [(await task)[0] for task in tasks]
    assert together == alone
    assert counted.asks == [1] * QUERIES_AT_ONCE + [len(people) - QUERIES_AT_ONCE]


async def test_one_who_comes_alone_goes_at_once(
    world: World, counted: Counted, batches: GateBatches
) -> None:
    for person in sorted(world.people)[:3]:
        await batches.ask([person, None], world.ids("drink")[:2])
    assert counted.asks == [2, 2, 2]
    assert await batches.ask([None, "x"], []) == [{}, {}]
    assert len(counted.asks) == 3


async def test_a_change_acts_on_whoever_asks_after_it(
    graph: Graph, world: World, counted: Counted, batches: GateBatches
) -> None:
    drink = world.ids("drink")[0]
    [[before]] = [list((await batches.ask([None], [drink]))[0].values())]
    counted.go_on.clear()
    earlier = await held(counted, *(batches.ask([None], [drink]) for _ in range(QUERIES_AT_ONCE)))
    await ask(graph, "MATCH (c:Catalogue) SET c.version = c.version + 1 RETURN 1 AS one", "write")
    [later] = await held(counted, batches.ask([None], [drink]))
    counted.go_on.set()
    await asyncio.gather(*earlier)
    assert (await later)[0][drink].catalogue_version == before.catalogue_version + 1


async def test_what_is_refused_fails_alone(
    world: World, counted: Counted, batches: GateBatches
) -> None:
    drink, [good, bad, other] = world.ids("drink")[0], sorted(world.people)[:3]
    counted.refused = {bad}
    counted.go_on.clear()
    tasks = await held(
        counted,
        *(batches.ask([None], [drink]) for _ in range(QUERIES_AT_ONCE)),
        *(batches.ask([person], [drink]) for person in (good, bad, other)),
    )
    counted.go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, GraphRefused) for one in done[QUERIES_AT_ONCE:]] == [False, True, False]
    assert drink in done[QUERIES_AT_ONCE][0]  # type: ignore[index]


async def test_a_graph_that_is_away_fails_all_and_is_asked_again(
    world: World, counted: Counted, batches: GateBatches
) -> None:
    drink = world.ids("drink")[0]
    counted.away = GraphUnavailable("away")
    done = await asyncio.gather(
        *(batches.ask([None], [drink]) for _ in range(9)), return_exceptions=True
    )
    assert all(isinstance(one, GraphUnavailable) for one in done)
    counted.away = None
    assert drink in (await batches.ask([None], [drink]))[0]


async def test_whose_turn_does_not_come_in_time_is_told(
    graph: Graph, world: World, counted: Counted, batches: GateBatches, monkeypatch: Any
) -> None:
    monkeypatch.setattr(graph, "_deadline", 0.2)
    drink = world.ids("drink")[0]
    counted.go_on.clear()
    done = await asyncio.gather(
        *(batches.ask([None], [drink]) for _ in range(5)), return_exceptions=True
    )
    assert all(isinstance(one, GraphDeadlineMissed) for one in done)
    monkeypatch.undo()
    counted.go_on.set()
    assert drink in (await batches.ask([None], [drink]))[0]
    assert counted.asks == [1] * QUERIES_AT_ONCE + [1]  # who gave up is not asked for
    while counted.running:  # noqa: ASYNC110 - queries of the batches end by themselves
        await asyncio.sleep(0.01)


async def test_a_query_takes_no_more_drinks_than_it_should(
    world: World, counted: Counted, batches: GateBatches
) -> None:
    drinks = world.ids("drink")[:4]
    most = MOST_DRINKS // len(drinks)
    counted.go_on.clear()
    tasks = await held(
        counted, *(batches.ask([None], drinks) for _ in range(QUERIES_AT_ONCE + most + 5))
    )
    counted.go_on.set()
    assert all(set(answers[0]) == set(drinks) for answers in await asyncio.gather(*tasks))
    assert counted.asks == [1] * QUERIES_AT_ONCE + [most, 5]
