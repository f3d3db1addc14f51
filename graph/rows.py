"""Rows: those of a result as dicts, and those for a query, so many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from neo4j import Record

Item = TypeVar("Item")

_PLAIN = frozenset({str, int, float, bool, type(None), bytes})


def row_of(record: Record) -> dict[str, Any]:
    """Return what `Record.data` returns: graph objects in it become dicts and texts.

    The driver copies each value after comparing it with ten types; nearly all of ours are numbers,
    texts, and lists and maps of them, which the driver has just made for this record alone.
    """
    values = record.values()
    if all(map(_is_plain, values)):
        return dict(zip(record.keys(), values, strict=True))
    return record.data()


def _is_plain(value: Any) -> bool:
    kind: object = type(value)  # pyright: ignore[reportUnknownVariableType]
    if kind in _PLAIN:
        return True
    if kind is list:
        return all(map(_is_plain, value))
    return kind is dict and all(map(_is_plain, value.values()))


def parts(values: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the values in order, `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
