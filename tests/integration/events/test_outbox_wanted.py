"""What nobody is told costs nothing, and who comes meanwhile is told all that comes after."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from graph import connection
from graph.catalogue.changes import Signature, change_catalogue
from graph.connection import Address, Graph, connect
from graph.outbox import wanted
from graph.outbox.entries import OutgoingType, interaction_recorded, model_activated, telling
from graph.outbox.queue import backlog
from graph.outbox.sinks import put_sink
from graph.outbox.wanted import FreshlyWanted
from graph.people.interactions import ADD_USERS, KNOWN_EVENTS, add_events
from tests.support.emptying import ask, inline
from tests.support.outgoing import add_sink

NOTHING = inline("RETURN 1 AS one", "read")


@pytest.fixture
async def shop(graph: Graph) -> Graph:
    await ask(graph, "CREATE (:Drink {id: 'chai', name: 'Chai', recipeComplete: true})")
    return graph


def event(event_id: str) -> dict[str, Any]:
    said = {"userId": "ann", "drinkId": "chai", "eventId": event_id, "type": "purchase"}
    return {**said, "value": 1.0, "at": 1_796_000_000_000, "context": {}}


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the queries that are sent within transactions."""
    asked: Counter[str] = Counter()
    rows = connection._rows

    async def counted(transaction: Any, query: Any, values: Any) -> Any:
        asked[query.name] += 1
        return await rows(transaction, query, values)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_rows", counted)
        yield asked


async def edit(graph: Graph, *steps: Any) -> None:
    signature = Signature("ann", "EDIT", None)
    await change_catalogue(
        graph,
        steps,
        signature,
        drinks=["chai"],
        tell=lambda version, _: model_activated("v1", version),
    )


async def test_where_nobody_is_told_nothing_is_asked_for_it(
    shop: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wanted, "FRESH_SECONDS", 600.0)
    outbox = {"outbox/add_events", "changes/unsafe_contacts", "recommend/safety_gate"}
    with counting(monkeypatch) as asked:
        await add_events(shop, [event("one")])
        await edit(shop)
    assert not outbox & set(asked)
    await add_sink(shop, "one", OutgoingType.RECALL_APPLIED)
    with counting(monkeypatch) as asked:
        await add_events(shop, [event("two")])
        await edit(shop)
    assert not outbox & {name for name in asked if name != "outbox/add_events"}
    await add_sink(shop)
    with counting(monkeypatch) as asked:
        await add_events(shop, [event("three")])
        await edit(shop)
        await add_events(shop, [event("three")])
    assert (asked["outbox/add_events"], asked["changes/unsafe_contacts"]) == (2, 1)
    assert (await backlog(shop)).waiting == 2


class SinkComing:
    """Values of a step during which a sink comes, by another connection, if that need not wait."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._thread: Thread | None = None

    def __call__(self, _: Sequence[Any]) -> Mapping[str, Any]:
        if self._thread is None:
            self._thread = Thread(target=lambda: asyncio.run(self._put()))
            self._thread.start()
        self._thread.join(1.0)
        self.came_first = not self._thread.is_alive()
        return {}

    async def _put(self) -> None:
        async with connect(self._address, deadline=30.0) as graph:
            await put_sink(graph, "late", "test", "", list(OutgoingType))

    async def come(self) -> None:
        assert self._thread
        await asyncio.to_thread(self._thread.join)


async def test_a_change_of_the_catalogue_is_told_to_every_sink_that_is_there_before_it(
    shop: Graph, address: Address
) -> None:
    coming = SinkComing(address)
    await edit(shop, (NOTHING, coming))
    assert (await backlog(shop)).waiting == int(coming.came_first)
    await coming.come()
    await edit(shop)
    assert (await backlog(shop)).waiting == int(coming.came_first) + 1


async def test_a_long_transaction_asks_again_whether_a_sink_has_come(
    shop: Graph, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wanted, "FRESH_SECONDS", 0.1)
    coming, fresh = SinkComing(address), FreshlyWanted()

    def people(results: Sequence[Any]) -> Mapping[str, Any]:
        coming(results)
        time.sleep(0.1)
        return {"people": []}

    steps: list[Any] = [
        (ADD_USERS, fresh.beginning({"ids": ["ann"], "simulated": False, "ground": None})),
        (KNOWN_EVENTS, people),
        telling([interaction_recorded(event("long"))], wanted=fresh),
    ]
    await shop.run_together(steps)
    assert coming.came_first
    assert (await backlog(shop)).waiting == 1
