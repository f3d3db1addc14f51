"""Results of Flink as they arrive: the newest row of each key, by window."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from streams.features import Feature

Row = tuple[Any, ...]


class ResultsTable:
    """The rows of one feature, as its topic of results says: a later message replaces an earlier.

    Windows are kept until `drop_before` lets old ones go.
    """

    def __init__(self, feature: Feature) -> None:
        self._feature = feature
        self._windows: dict[int, dict[bytes, Row]] = {}

    def apply(self, key: bytes | None, value: bytes | None) -> None:
        """Take one message: without a value the row is gone.

        Raises ValueError, KeyError or TypeError for what is no result.
        """
        if key is None:
            return
        end = orjson.loads(key)["window_end"]
        if value is None:
            self._windows.get(end, {}).pop(key, None)
            return
        said = orjson.loads(value)
        row = tuple(said[column.name] for column in self._feature.columns)
        self._windows.setdefault(end, {})[key] = row

    def drop_before(self, moment: int) -> None:
        """Drop the windows that ended before a moment (epoch ms)."""
        self._windows = {end: rows for end, rows in self._windows.items() if end >= moment}

    @property
    def windows(self) -> Mapping[int, Collection[Row]]:
        """The rows, in no order, by the end of their window."""
        return {end: rows.values() for end, rows in self._windows.items()}
