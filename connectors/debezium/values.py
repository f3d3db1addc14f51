"""Values as a table would show them, where a message brings its schema: decimals, days, moments."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

UNAVAILABLE = "__debezium_unavailable_value"
"""What Debezium sends for a large column that a change left as it was."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = date(1970, 1, 1)
# so a day is sent where time.precision.mode is isostring, with and without its schema
_DAY_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dZ")

Schema = Mapping[str, Any]


def plain(row: Mapping[str, Any] | None, schema: Schema | None) -> dict[str, Any] | None:
    """Return a row with plain values; without a schema they stay as they were sent, but days."""
    if row is None:
        return None
    fields = {str(field.get("field")): field for field in (schema or {}).get("fields", [])}
    return {name: _plain(value, fields.get(name)) for name, value in row.items()}


def field_of(schema: Schema | None, name: str) -> Schema | None:
    """Return the schema of a field."""
    fields: list[Schema] = (schema or {}).get("fields", [])
    return next((field for field in fields if field.get("field") == name), None)


def _plain(value: Any, schema: Schema | None) -> Any:
    if _is_day_in_utc(value):
        return value[:-1]
    if value is None or schema is None or value == UNAVAILABLE:
        return value
    name = str(schema.get("name") or "")
    if name.endswith("VariableScaleDecimal"):
        return _decimal(value["value"], int(value["scale"]))
    if name == "org.apache.kafka.connect.data.Decimal":
        scale = cast(Mapping[str, str], schema.get("parameters", {})).get("scale", "0")
        return _decimal(value, int(scale))
    if name in _MEANINGS:
        return _MEANINGS[name](value)
    if schema.get("type") == "struct":
        return plain(cast(dict[str, Any], value), schema)
    return value


def _is_day_in_utc(value: object) -> bool:
    return isinstance(value, str) and _DAY_IN_UTC.fullmatch(value) is not None


def _decimal(encoded: str, scale: int) -> str:
    """Return a number sent as the bytes of its unscaled value, in base 64."""
    unscaled = int.from_bytes(base64.b64decode(encoded), "big", signed=True)
    return format(Decimal(unscaled).scaleb(-scale), "f")


def _moment(microseconds: float) -> str:
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat()


_MEANINGS: Mapping[str, Callable[[Any], str]] = {
    "io.debezium.time.Date": lambda days: (_DAY + timedelta(days)).isoformat(),
    "org.apache.kafka.connect.data.Date": lambda days: (_DAY + timedelta(days)).isoformat(),
    "io.debezium.time.Timestamp": lambda moment: _moment(moment * 1000),
    "org.apache.kafka.connect.data.Timestamp": lambda moment: _moment(moment * 1000),
    "io.debezium.time.MicroTimestamp": _moment,
    "io.debezium.time.NanoTimestamp": lambda moment: _moment(moment / 1000),
}
