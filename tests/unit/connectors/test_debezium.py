"""What Debezium sends, decoded.

The messages of PostgreSQL were recorded from Debezium Server 3.6.1 with PostgreSQL 15, those of
Kafka Connect from the same Debezium there. Those of MySQL and MongoDB were recorded nowhere: they
are written by hand, after the format that the documentation of their connectors gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.debezium.envelope import NotDebezium, decoded
from graph.capture.changes import UNCHANGED, Message, Operation, RowChange, TransactionEnd

RECORDED = Path(__file__).parent / "recorded"
SOURCE = {"connector": "postgresql", "name": "shop", "schema": "public", "table": "t", "lsn": 7}


def recorded(name: str) -> list[Message]:
    lines = (RECORDED / f"{name}.jsonl").read_bytes().splitlines()
    return [message for line in lines if (message := decoded(line))]


def changes(name: str) -> list[RowChange]:
    return [message for message in recorded(name) if isinstance(message, RowChange)]


def envelope(**said: Any) -> bytes:
    return orjson.dumps({"op": "c", "source": SOURCE, "before": None, "after": {"id": 1}} | said)


def test_postgresql() -> None:
    told = [
        (change.table, change.operation.value, change.snapshot) for change in changes("postgresql")
    ]
    drinks, lines = "public.drinks", "public.recipe_lines"
    assert told == [
        (drinks, "written", True),
        (drinks, "written", True),
        (lines, "written", True),
        (lines, "written", True),
        (lines, "deleted", False),
        (lines, "written", False),
        (drinks, "written", False),
        (drinks, "deleted", False),  # another primary key: a deletion and a new row
        (drinks, "written", False),
        (drinks, "deleted", False),
    ]
    first, last = changes("postgresql")[0], changes("postgresql")[3]
    assert first.after
    assert (first.after["abv"], first.after["updated"]) == ("24.0", "2026-11-30T08:10:52.511718Z")
    assert (first.stream, first.last, last.last) == ("shop", False, True)


def test_the_transactions_of_postgresql_have_one_name_and_an_end() -> None:
    found = recorded("postgresql")
    places = [number for number, each in enumerate(found) if isinstance(each, TransactionEnd)]
    assert places[0] == 7
    assert {change.transaction for change in found[4:7] if isinstance(change, RowChange)} == {"731"}
    assert found[7] == TransactionEnd("731")


@pytest.mark.parametrize("name", ["postgresql", "mysql", "mongodb"])
def test_positions_rise(name: str) -> None:
    positions = [change.position for change in changes(name)]
    assert positions == sorted(positions)


def test_a_day_has_no_zone_though_debezium_sends_one() -> None:
    sent = {"seen": "2026-11-30Z", "name": "2026-11-30Zoo"}
    [change] = [decoded(envelope(after=sent))]
    assert isinstance(change, RowChange)
    assert change.after == {"seen": "2026-11-30", "name": "2026-11-30Zoo"}


def test_mysql_with_its_schema() -> None:
    read, made, changed, deleted = changes("mysql")
    assert read.after == made.after
    assert made.after == {
        "id": 7,
        "name": "Cola",
        "price": "3.90",
        "offered_from": "2026-01-01",
        "written": "2026-11-30T08:11:47+00:00",
        "recipe_complete": 1,
    }
    assert changed.after and changed.after["price"] == "4.20"
    assert (made.transaction, made.table) == ("file=mysql-bin.000003,pos=4250", "shop.drinks")
    assert deleted.operation is Operation.DELETED
    assert changed.position < deleted.position, "mysql-bin.000010 is later than mysql-bin.000003"


def test_mongodb() -> None:
    read, changed, deleted = changes("mongodb")
    assert read.after == {
        "_id": "596e275826f08b2730779e1f",
        "name": "Negroni",
        "abv": "24.5",
        "complete": True,
        "offered": "2026-01-01T00:00:00+00:00",
        "recipe": [{"ingredient": "gin", "ml": "30"}, {"ingredient": "Campari", "ml": 30}],
    }
    assert changed.after and changed.after["name"] == "Negroni sbagliato"
    assert deleted.before and deleted.before["_id"] == read.after["_id"]
    assert read.table == "shop.drinks"


def test_a_deletion_of_mongodb_without_its_document_is_told_by_the_key() -> None:
    source = {"connector": "mongodb", "name": "cafe", "db": "shop", "collection": "drinks"}
    body = envelope(op="d", source=source | {"ts_ms": 5, "ord": 1}, after=None)
    change = decoded(body, orjson.dumps({"id": '{"$oid": "596e"}'}))
    assert isinstance(change, RowChange)
    assert change.before == {"_id": "596e"}


def test_a_large_column_that_was_not_sent() -> None:
    change = decoded(envelope(after={"id": 1, "text": "__debezium_unavailable_value"}))
    assert isinstance(change, RowChange)
    assert change.after == {"id": 1, "text": UNCHANGED}


def test_a_row_of_a_snapshot_comes_before_a_change_at_its_place() -> None:
    read = decoded(envelope(op="r", source=SOURCE | {"snapshot": "last"}))
    made = decoded(envelope())
    assert isinstance(read, RowChange) and isinstance(made, RowChange)
    assert read.position < made.position
    assert read.last


def test_a_cloud_event() -> None:
    inner = orjson.loads(envelope())
    wrapped = {"specversion": "1.0", "id": "x", "data": {"schema": None, "payload": inner}}
    assert decoded(orjson.dumps(wrapped)) == decoded(envelope())


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"null",
        b'{"schema": null, "payload": null}',
        b'{"ts_ms": 1796026292011}',
        b'{"status": "BEGIN", "id": "7:9"}',
        b'{"op": "m", "source": {}, "message": {}}',
    ],
)
def test_what_does_not_count(body: bytes | None) -> None:
    assert decoded(body) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (b'{"id": 1, "name": "Cola"}', "ExtractNewRecordState"),
        (envelope(source=None), "source is not an object"),
        (envelope(source=SOURCE | {"lsn": None}), "source.lsn"),
        (envelope(source=SOURCE | {"connector": "oracle"}), "oracle"),
        (envelope(after=None), "after is missing"),
        (envelope(op="d", after=None), "REPLICA IDENTITY FULL"),
    ],
)
def test_what_is_no_change(body: bytes, told: str) -> None:
    with pytest.raises(NotDebezium, match=told):
        decoded(body)
