"""A row of a result as a dict, without copying what is plain already."""

from __future__ import annotations

from typing import Any

from neo4j import Record

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
