"""Where in its database's log a change was made, as a text: later changes have greater texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_DIGITS = 20
_FILE_NUMBER = re.compile(r"(\d+)$")


class NoPosition(ValueError):
    """A change does not say where it was made."""


def position_of(source: Mapping[str, Any], *, snapshot: bool) -> str:
    """Return the position in a `source` block of Debezium.

    A row of a snapshot comes before a change at the same place: the snapshot saw what had been
    made until then. Raises NoPosition.
    """
    connector = str(source.get("connector"))
    numbers = _NUMBERS.get(connector, _by_time)(source)
    return "-".join(f"{number:0{_DIGITS}d}" for number in (*numbers, 0 if snapshot else 1))


def _postgresql(source: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the log sequence number: of one row, later changes have greater ones."""
    return (_number(source, "lsn"),)


def _mysql(source: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the number of the binary log, the place in it, and the row of its event."""
    file = _FILE_NUMBER.search(str(source.get("file", "")))
    if not file:
        raise NoPosition("source.file is not the name of a binary log")
    return int(file[1]), _number(source, "pos"), _number(source, "row", 0)


def _mongodb(source: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the cluster's time in milliseconds and the order within it."""
    return _number(source, "ts_ms"), max(0, _number(source, "ord", 0))


def _by_time(source: Mapping[str, Any]) -> tuple[int, ...]:
    raise NoPosition(f"source.connector is '{source.get('connector')}', which is not known here")


def _number(source: Mapping[str, Any], name: str, default: int | None = None) -> int:
    value = source.get(name)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, int) or value < -1:
        raise NoPosition(f"source.{name} is not a position")
    return value


_NUMBERS: Mapping[str, Callable[[Mapping[str, Any]], tuple[int, ...]]] = {
    "postgresql": _postgresql,
    "mysql": _mysql,
    "mariadb": _mysql,
    "mongodb": _mongodb,
}
