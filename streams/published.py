"""Results in the home, for every process of it: a file for each feature, always whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from graph.secret_files import write_private
from streams.features import TRENDING, Feature
from streams.trends import Trend, trends_of

TRENDS = "trends.json"
MOST_AT_A_PLACE = 1_000


@dataclass(frozen=True)
class PublishedTrends:
    """What is trending by place, as of a moment up to which the log was read (epoch ms)."""

    as_of: int
    places: Mapping[str, Sequence[Trend]]


def publish_trends(folder: Path, trends: PublishedTrends) -> None:
    """Write trends in place of those before."""
    document = {
        "as_of": trends.as_of,
        "places": {
            place: [(trend.drink_id, trend.people, round(trend.usual, 3)) for trend in found]
            for place, found in trends.places.items()
        },
    }
    write_private(folder / TRENDS, orjson.dumps(document).decode())


def read_trends(folder: Path) -> PublishedTrends | None:
    """Return what was published last; None if nothing was, or it cannot be read."""
    document = _read(folder / TRENDS)
    if document is None:
        return None
    places = {
        place: [Trend(*trend) for trend in found[:MOST_AT_A_PLACE]]
        for place, found in document["places"].items()
    }
    return PublishedTrends(document["as_of"], places)


def publish_windows(
    folder: Path, feature: Feature, as_of: int, windows: Mapping[int, Iterable[Sequence[Any]]]
) -> None:
    """Write the rows of a feature's windows. Raises ValueError for one that is about people."""
    if feature.is_personal:
        raise ValueError(f"{feature.name} is about people, and stays in memory")
    document = {
        "as_of": as_of,
        "columns": [column.name for column in feature.columns],
        "windows": {str(end): sorted(map(tuple, rows)) for end, rows in sorted(windows.items())},
    }
    write_private(_path(folder, feature), orjson.dumps(document).decode())


def publish(
    folder: Path,
    feature: Feature,
    windows: Mapping[int, Iterable[Sequence[Any]]],
    now: int,
    people: int,
    as_of: int,
) -> None:
    """Write what a feature says now: what is trending by its windows, of the others the windows.

    What is about people is written nowhere.
    """
    if feature.name == TRENDING:
        places = trends_of(windows, feature.current_end(now), feature.span, people)
        publish_trends(folder, PublishedTrends(as_of, places))
    elif not feature.is_personal:
        publish_windows(folder, feature, as_of, windows)


def read_windows(folder: Path, feature: Feature) -> dict[int, list[list[Any]]]:
    """Return the rows that were published last, by the end of their window."""
    document = _read(_path(folder, feature)) or {"windows": {}}
    return {int(end): rows for end, rows in document["windows"].items()}


def _path(folder: Path, feature: Feature) -> Path:
    return folder / f"{feature.name}.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
