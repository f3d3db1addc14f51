"""Results of Flink as they arrive: the newest row of each key, by window."""

from __future__ import annotations

from typing import Any

import orjson

from streams.features import Feature

Row = tuple[Any, ...]


class ResultsTable:
    """The rows of one feature, as its topic of results says: a later message replaces an earlier.

    Windows are kept as long as the topic is asked for; `drop_before` lets old ones go.
    """

    def __init__(self, feature: Feature) -> None:
        self._feature = feature
        self._rows: dict[bytes, Row] = {}

    def apply(self, key: bytes | None, value: bytes | None) -> None:
        """Take one message: without a value the row is gone."""
        if key is None:
            return
        if value is None:
            self._rows.pop(key, None)
            return
        said = orjson.loads(value)
        self._rows[key] = tuple(said[column.name] for column in self._feature.columns)

    def drop_before(self, moment: int) -> None:
        """Drop the windows that ended before a moment (epoch ms)."""
        place = self._end_place
        self._rows = {key: row for key, row in self._rows.items() if row[place] >= moment}

    def windows(self) -> dict[int, list[Row]]:
        """Return the rows, sorted, by the end of their window."""
        place = self._end_place
        windows: dict[int, list[Row]] = {}
        for row in sorted(self._rows.values()):
            windows.setdefault(row[place], []).append(row)
        return windows

    @property
    def _end_place(self) -> int:
        return [column.name for column in self._feature.columns].index("window_end")
