"""Events in the warehouse: once each, of nobody unless wanted, and gone with whoever is erased."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from events.embedded_log import EmbeddedLog
from events.log import LogUnavailable, Record, hash_of
from graph.connection import Graph
from graph.people.privacy import erase, erasure_id
from tests.support.consents import set_consents
from tests.support.emptying import ask
from tests.support.streaming import Stream, add_drinks, streaming, view
from tests.support.warehouses import KEY, NOW, RECEIVED, all_text, files, over, rows, synced
from warehouse.names import Names
from warehouse.schemas import EVENTS_WITH_PEOPLE
from warehouse.table import Table, WarehouseRefused

AT = "2026-11-20T08:15:30+01:00"


def purchase(event_id: str, user_id: str = "ann", **more: Any) -> dict[str, Any]:
    price = {"amount": 3.5, "currency": "EUR"}
    told = {"type": "purchase", "quantity": 2, "price": price, "at": AT}
    return view(event_id, user_id, context={"store": "harbour", "daypart": "morning"}) | told | more


@pytest.fixture
async def stream(graph: Graph, tmp_path: Path) -> AsyncIterator[Stream]:
    await add_drinks(graph, "chai", "latte")
    async with streaming(graph, tmp_path / "events", clock=lambda: RECEIVED) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tables"


def name_of(person: str) -> str:
    return Names(KEY).person(hash_of(person))


def named(folder: Path) -> set[str | None]:
    return {row["person"] for row in rows(folder, "events")}


async def imported(graph: Graph, user_id: str, event_id: str) -> None:
    """What an import wrote, which is not in the log."""
    await ask(
        graph,
        "MATCH (d:Drink {id: 'latte'}) MERGE (u:User {id: $user}) CREATE (u)-[:RATED {eventId: "
        "$event, type: 'rating', value: 4.0, at: 1700000000000, context_weather: 'rain'}]->(d) "
        "RETURN 1 AS one",
        user=user_id,
        event=event_id,
    )


async def test_events_of_the_log_and_of_imports_are_there_once(
    stream: Stream, folder: Path
) -> None:
    await stream.send(purchase("e1"), view("e2", "ben", at=AT), view("e3", drinkId="nosuch"))
    await stream.consume()
    await imported(stream.graph, "ann", "old-1")
    assert await synced(over(stream, folder)) == {"events": (3, 0)}
    bought = next(row for row in rows(folder, "events") if row["type"] == "purchase")
    assert bought | {"at": None} == {
        "surface": None,
        "model": None,
        "known": True,
        "arms": [],
        "day": datetime(2026, 11, 20).date(),
        "event": Names(KEY).event(hash_of("ann"), "e1"),
        "at": None,
        "type": "purchase",
        "drink": "chai",
        "value": 2.0,
        "price": 3.5,
        "currency": "EUR",
        "store": "harbour",
        "daypart": "morning",
        "simulated": False,
        "person": name_of("ann"),
        **dict.fromkeys(["position", "channel", "device", "place", "weather", "occasion"]),
        "season": None,
    }
    assert bought["at"] == datetime(2026, 11, 20, 7, 15, 30, tzinfo=UTC)
    rated = next(row for row in rows(folder, "events") if row["type"] == "rating")
    assert (rated["drink"], rated["value"], rated["weather"]) == ("latte", 4.0, "rain")


async def test_only_what_is_new_is_added(stream: Stream, folder: Path) -> None:
    await stream.send(view("e1"))
    await stream.consume()
    assert await synced(over(stream, folder)) == {"events": (1, 0)}
    before = files(folder)
    assert await synced(over(stream, folder)) == {}
    assert files(folder) == before
    await stream.send(view("e2"), view("e1"))
    assert await synced(over(stream, folder)) == {}, "not read by the graph yet"
    await stream.consume()
    await imported(stream.graph, "ann", "old-1")
    assert await synced(over(stream, folder)) == {"events": (2, 0)}
    await stream.kept.be_another()
    await stream.consume()
    assert await synced(over(stream, folder)) == {}


async def test_a_sync_that_was_broken_off_leaves_a_whole_table_and_is_carried_on(
    stream: Stream, folder: Path
) -> None:
    await stream.send(view("e1"))
    await stream.consume()
    await synced(over(stream, folder))
    await stream.send(view("e2", "ben"), view("e3", "carl"))
    await stream.consume()
    before = (folder / "events", DeltaTable(folder / "events").version())
    half = folder / "events" / "day=2026-11-30" / "part-half.parquet"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"broken off")
    assert DeltaTable(before[0]).version() == before[1]
    assert DeltaTable(before[0]).to_pyarrow_table().num_rows == 1
    broken = over(stream, folder).sync()
    await anext(broken)
    await broken.aclose()
    assert not half.exists()
    assert len(rows(folder, "events")) == 3
    assert await synced(over(stream, folder)) == {}
    assert len(rows(folder, "events")) == 3


async def test_a_first_sync_that_was_broken_off_is_carried_on(stream: Stream, folder: Path) -> None:
    await stream.send(view("e1"), view("e2", "ben"))
    await stream.consume()

    class Breaking(EmbeddedLog):
        """A log that cannot be read after its first record."""

        async def read(self, partition: int, offset: int, limit: int) -> Sequence[Record]:
            if offset:
                raise LogUnavailable("gone")
            return await super().read(partition, offset, 1)

    await stream.send(view("e3"))
    await stream.consume()
    with Breaking(stream.kept.path.parent) as log, pytest.raises(LogUnavailable):
        await synced(replace(over(stream, folder), log=log, kept=log))
    there = len(rows(folder, "events"))
    assert there > 0
    assert await synced(over(stream, folder)) == {"events": (3 - there, 0)}


async def test_a_long_log_of_delta_is_not_taken_for_rows(stream: Stream, folder: Path) -> None:
    await stream.send(view("e1"))
    await stream.consume()
    await synced(over(stream, folder))
    table = Table(folder / "events", EVENTS_WITH_PEOPLE)
    for number in range(101):
        table.append([], "a test", number)
    assert files(folder / "events" / "_delta_log")
    assert len(rows(folder, "events")) == 1
    assert await synced(over(stream, folder)) == {}


async def test_without_people_nothing_says_who_or_exactly_when(
    stream: Stream, folder: Path
) -> None:
    await stream.send(purchase("anns-own-number"), view("e2", "ben", sessionId="visit-7", at=AT))
    await stream.consume()
    assert await synced(over(stream, folder, with_people=False)) == {"events": (2, 0)}
    text = all_text(folder)
    for secret in ("ann", "ben", "person", "visit-7", erasure_id("ann"), name_of("ann")):
        assert secret not in text.replace("channel", "")
    assert {row["at"].minute for row in rows(folder, "events")} == {0}


async def test_the_two_kinds_of_table_are_not_mixed(stream: Stream, folder: Path) -> None:
    await synced(over(stream, folder, with_people=False))
    with pytest.raises(WarehouseRefused, match="with or without --people"):
        await synced(over(stream, folder))


async def test_tables_of_another_home_are_left_alone(stream: Stream, folder: Path) -> None:
    await synced(over(stream, folder))
    with pytest.raises(WarehouseRefused, match="another home"):
        await synced(over(stream, folder, key=b"o" * 64))


async def test_two_syncs_do_not_run_at_once(stream: Stream, folder: Path) -> None:
    first = over(stream, folder).sync()
    await anext(first)
    with pytest.raises(WarehouseRefused, match="is running"):
        await synced(over(stream, folder))
    await first.aclose()
    await synced(over(stream, folder))


async def test_whoever_is_erased_leaves_every_file(stream: Stream, folder: Path) -> None:
    await stream.send(purchase("e1"), purchase("e2", "ben"))
    await stream.consume()
    await imported(stream.graph, "ann", "old-1")
    await synced(over(stream, folder))
    assert named(folder) == {name_of("ann"), name_of("ben")}
    assert name_of("ann") in all_text(folder)
    done = await erase(stream.graph, "ann", lambda: NOW)
    await stream.kept.erase({erasure_id("ann"): done.until})
    assert await synced(over(stream, folder)) == {"events": (0, 2)}
    assert name_of("ann") not in all_text(folder)
    assert named(folder) == {name_of("ben")}
    assert DeltaTable(folder / "events").to_pyarrow_table().num_rows == 1


async def test_whoever_comes_back_after_an_erasure_has_no_past(
    stream: Stream, folder: Path
) -> None:
    await stream.send(view("e1", at=AT))
    await stream.consume()
    await synced(over(stream, folder))
    await erase(stream.graph, "ann", lambda: NOW)
    await imported(stream.graph, "ann", "new-1")
    assert await synced(over(stream, folder)) == {"events": (1, 1)}
    assert [row["type"] for row in rows(folder, "events")] == ["rating"]


async def test_after_a_long_pause_nobody_is_trusted_to_be_the_same(
    stream: Stream, folder: Path
) -> None:
    await stream.send(view("e1"), view("e2", "ben"))
    await stream.consume()
    await synced(over(stream, folder))
    await ask(stream.graph, "MATCH (u:User {id: 'ann'}) DETACH DELETE u RETURN 1 AS one")
    await stream.kept.erase({erasure_id("ann"): int(NOW.timestamp() * 1000)})
    await imported(stream.graph, "ann", "new-1")
    later = over(stream, folder, clock=lambda: NOW + timedelta(days=29, seconds=1))
    assert await synced(later) == {"events": (2, 2)}
    assert sorted(row["type"] for row in rows(folder, "events")) == ["rating", "view"]


async def test_whoever_refuses_personal_lists_is_not_named(stream: Stream, folder: Path) -> None:
    await stream.send(view("e1", at=AT, position=4), view("e2", "ben"))
    await stream.consume()
    await synced(over(stream, folder))
    await set_consents(stream.graph, "ann", personalisation=False, remembering=None)
    assert await synced(over(stream, folder)) == {"events": (1, 1)}
    assert named(folder) == {None, name_of("ben")}
    assert name_of("ann") not in all_text(folder)
    [unnamed] = [row for row in rows(folder, "events") if row["person"] is None]
    assert unnamed["at"].minute == unnamed["at"].second == 0
    assert unnamed["position"] == 4


async def test_what_somebody_was_shown_is_in_no_table_with_people(
    stream: Stream, folder: Path, tmp_path: Path
) -> None:
    await stream.send(view("e1"), view("e2", type="impression", position=1))
    await stream.consume()
    await synced(over(stream, folder))
    assert [row["type"] for row in rows(folder, "events")] == ["view"]
    await synced(over(stream, tmp_path / "nobody", with_people=False))
    assert {row["type"] for row in rows(tmp_path / "nobody", "events")} == {"view", "impression"}


async def test_merged_people_and_drinks_keep_the_ids_that_events_came_with(
    stream: Stream, folder: Path
) -> None:
    await stream.send(view("e1"))
    await stream.consume()
    await synced(over(stream, folder))
    await ask(
        stream.graph,
        "MATCH (:User {id: 'ann'})-[old:VIEWED]->(:Drink), (latte:Drink {id: 'latte'}) "
        "DELETE old CREATE (:User {id: 'anna'})-[:VIEWED {eventId: 'e1', type: 'view', at: 1, "
        "joinedFrom: ['ann'], mergedFrom: ['chai']}]->(latte) RETURN 1 AS one",
    )
    assert await synced(over(stream, folder)) == {}
