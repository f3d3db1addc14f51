"""Debezium's messages decoded: changes of rows, ends of transactions, and what means nothing here.

With and without their schemas, and inside a structured CloudEvent. The forms:
https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import orjson

from connectors.debezium.documents import NotADocument, document
from connectors.debezium.positions import NoPosition, position_of
from connectors.debezium.values import UNAVAILABLE, Schema, field_of, plain
from graph.capture.changes import UNCHANGED, Message, Operation, RowChange, TransactionEnd

_OPERATIONS = {
    "c": Operation.WRITTEN,
    "u": Operation.WRITTEN,
    "r": Operation.WRITTEN,
    "d": Operation.DELETED,
    "t": Operation.TRUNCATED,
}
_LAST = "last"
_SNAPSHOTS = {"true", "first", "first_in_data_collection", "last_in_data_collection", _LAST}


class NotDebezium(ValueError):
    """A message that cannot be a change; the text says which field is wrong, and what to do."""


def decoded(body: bytes | None, key: bytes | None = None) -> Message | None:
    """Return the change in a message, the end of a transaction, or None: nothing that counts here.

    The key of the message, where its transport has one, tells what was deleted if nothing else
    does. Tombstones, heartbeats, beginnings of transactions and schema changes do not count. Raises
    NotDebezium.
    """
    sent = _loaded(body)
    if sent is None:
        return None
    payload, schema = _payload(sent)
    if payload is None or _counts_not(payload):
        return None
    if "status" in payload:
        return _transaction_end(payload)
    named, _ = _payload(_loaded(key) or {})
    return _change(payload, schema, named)


def _loaded(body: bytes | None) -> object:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError as error:
        raise NotDebezium(f"The message is not JSON: {error}.") from error


def _payload(sent: object) -> tuple[Mapping[str, Any] | None, Schema | None]:
    """Return what a message says, out of its wrappings, and its schema if it has one."""
    message = _mapping(sent, "The message")
    if "specversion" in message and "data" in message:
        message = _mapping(message["data"], "data")
    if "payload" in message and "schema" in message:
        if message["payload"] is None:
            return None, None
        return _mapping(message["payload"], "payload"), message["schema"]
    return message, None


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotDebezium(f"{name} is not an object.")
    return cast(Mapping[str, Any], value)


def _counts_not(payload: Mapping[str, Any]) -> bool:
    """Return whether it is a heartbeat, a schema change or a message of the log."""
    return (
        payload.keys() <= {"ts_ms", "ts_us", "ts_ns"}
        or "ddl" in payload
        or "tableChanges" in payload
        or payload.get("op") == "m"
    )


def _transaction_end(payload: Mapping[str, Any]) -> Message | None:
    return TransactionEnd(_transaction(payload["id"])) if payload["status"] == "END" else None


def _transaction(name: object) -> str:
    """Return the name of a transaction; PostgreSQL's has the place of each change behind it."""
    return str(name).split(":")[0]


def _change(
    payload: Mapping[str, Any], schema: Schema | None, key: Mapping[str, Any] | None
) -> RowChange:
    operation = _OPERATIONS.get(str(payload.get("op")))
    if operation is None:
        raise NotDebezium(
            "The message has no 'op' of Debezium (c, u, d, r or t): send whole envelopes, without "
            "the transformation ExtractNewRecordState."
        )
    source = _mapping(payload.get("source"), "source")
    snapshot = str(source.get("snapshot")).lower() in _SNAPSHOTS
    try:
        position = position_of(source, snapshot=snapshot)
    except NoPosition as error:
        raise NotDebezium(f"{error}.") from error
    is_mongo = source.get("connector") == "mongodb"
    before = _row(payload, schema, "before", is_mongo) or _keyed(key, is_mongo)
    after = _row(payload, schema, "after", is_mongo)
    if operation is Operation.WRITTEN and after is None:
        raise NotDebezium(
            "after is missing: for MongoDB set capture.mode=change_streams_update_full."
        )
    if operation is Operation.DELETED and before is None:
        raise NotDebezium(
            "before is missing: a table needs a primary key or REPLICA IDENTITY FULL; MongoDB, "
            "pre-images and capture.mode=change_streams_update_full_with_pre_image."
        )
    return RowChange(
        str(source.get("name")),
        _table(source),
        operation,
        position,
        before,
        after,
        _name_of_transaction(payload, source),
        snapshot,
        str(source.get("snapshot")).lower() == _LAST,
    )


def _keyed(key: Mapping[str, Any] | None, is_mongo: bool) -> dict[str, Any] | None:
    """Return what the key of a message says of its row; a document's comes as text."""
    if not key:
        return None
    if is_mongo and isinstance(key.get("id"), str):
        return document({"_id": orjson.loads(key["id"])}, "key")
    return dict(key)


def _table(source: Mapping[str, Any]) -> str:
    """Return the table with the schema or database that it is in, as the connector names it."""
    if source.get("connector") == "mongodb":
        return f"{source.get('db')}.{source.get('collection')}"
    return f"{source.get('schema') or source.get('db')}.{source.get('table')}"


def _name_of_transaction(payload: Mapping[str, Any], source: Mapping[str, Any]) -> str | None:
    transaction = payload.get("transaction")
    if isinstance(transaction, Mapping):
        return _transaction(cast(Mapping[str, Any], transaction).get("id"))
    name = source.get("txId") or source.get("gtid")
    return None if name is None else str(name)


def _row(
    payload: Mapping[str, Any], schema: Schema | None, name: str, is_mongo: bool
) -> dict[str, Any] | None:
    value = payload.get(name)
    if value is None:
        return None
    if is_mongo:
        try:
            return document(value, name)
        except NotADocument as error:
            raise NotDebezium(str(error)) from error
    row = plain(_mapping(value, name), field_of(schema, name))
    return {
        column: UNCHANGED if said == UNAVAILABLE else said for column, said in (row or {}).items()
    }
