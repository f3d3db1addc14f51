"""Following Flink: how new its results are, and what is published of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from events.log import LogUnavailable
from streams.features import feature
from streams.flink import follower as module
from streams.flink.follower import Message, ResultsFollower, group_followed, topics_followed
from streams.flink.progress import Offsets, Progress
from streams.flink.results import ResultsTable
from streams.published import read_trends

NOON = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)
END = int(datetime(2026, 11, 30, 12, 10, tzinfo=UTC).timestamp() * 1000)
TRENDING = "events.windows.trending"


def result(drink: str, people: int | None, end: int = END) -> Message:
    key = {"drink_id": drink, "place": "everywhere", "window_end": end}
    value = None if people is None else orjson.dumps({**key, "people": people})
    return TRENDING, orjson.dumps(key), value


class Results:
    """Results that a test says."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.end, self.read_up_to = 10, 10

    async def read(self) -> Sequence[Message]:
        messages, self.messages = self.messages, []
        return messages

    async def ends(self) -> Offsets:
        return {0: self.end}

    async def reached(self) -> Offsets:
        return {0: self.read_up_to}

    async def close(self) -> None:
        pass


def trending(folder: Path) -> list[str]:
    published = read_trends(folder)
    assert published
    return [trend.drink_id for trend in published.places.get("everywhere", [])]


def test_what_is_read_is_as_new_as_the_last_end_that_was_reached() -> None:
    progress = Progress()
    progress.note(1, {0: 5, 1: 3}, {})
    assert progress.as_of is None  # no job has read anything
    progress.note(2, {0: 7, 1: 3}, {0: 5, 1: 3})
    assert progress.as_of == 1
    progress.note(3, {0: 9, 1: 4}, {0: 7, 1: 3})
    progress.note(4, {0: 9, 1: 4}, {0: 9, 1: 3})
    assert progress.as_of == 2  # the second partition is behind
    progress.note(5, {0: 9, 1: 4}, {0: 9, 1: 4})
    assert progress.as_of == 5


def test_a_partition_in_which_nothing_came_holds_nobody_up() -> None:
    progress = Progress()
    progress.note(1, {0: 5, 1: 3}, {0: 5})
    assert progress.as_of == 1


def test_a_row_is_what_was_said_of_it_last() -> None:
    table = ResultsTable(feature("trending"))
    for _, key, value in (result("cola", 5), result("mate", 6), result("cola", 8)):
        table.apply(key, value)
    _, gone, _ = result("mate", None)
    table.apply(gone, None)
    assert {end: list(rows) for end, rows in table.windows.items()} == {
        END: [("cola", "everywhere", END, 8)]
    }
    table.drop_before(END + 1)
    assert not table.windows


def test_features_about_people_are_not_followed() -> None:
    topics = [f"events.windows.{name}" for name in ("trending", "co-purchases", "conversion")]
    assert topics_followed("events") == [*topics, "events.windows.dayparts"]
    assert group_followed("events").startswith("events.windows.trending.")


async def test_results_are_published_as_of_what_flink_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0)
    monkeypatch.setattr(module, "AT_LEAST_EVERY_SECONDS", 0)
    now = [NOON]
    results = Results(result("cola", 9))
    follower = ResultsFollower(results, "events", tmp_path, 5, lambda: now[0])
    assert await follower.round() == 1
    assert trending(tmp_path) == ["cola"]
    now[0] += timedelta(seconds=30)
    results.end, results.messages = 20, [result("mate", 12)]
    await follower.round()
    published = read_trends(tmp_path)
    assert published and published.as_of == NOON.timestamp() * 1000
    assert trending(tmp_path) == ["mate", "cola"]
    now[0] += timedelta(minutes=80)  # and Flink is gone: its windows are over
    await follower.round()
    assert trending(tmp_path) == []
    await follower.close()


async def test_before_flink_has_read_anything_nothing_is_published(tmp_path: Path) -> None:
    results = Results(result("cola", 9))
    results.read_up_to = 0
    follower = ResultsFollower(results, "events", tmp_path, 5, lambda: NOON)
    await follower.round()
    assert read_trends(tmp_path) is None
    await follower.close()


async def test_one_process_of_a_home_follows(tmp_path: Path) -> None:
    first, second = (
        ResultsFollower(Results(result(drink, 9)), "events", tmp_path, 5, lambda: NOON)
        for drink in ("cola", "mate")
    )
    assert (await first.round(), await second.round()) == (1, 0)
    assert trending(tmp_path) == ["cola"]
    await first.close()
    assert await second.round() == 1
    assert trending(tmp_path) == ["mate"]
    await second.close()


async def test_what_is_no_result_is_named_and_the_others_count(tmp_path: Path) -> None:
    wrong = (TRENDING, b'{"window_end": 1}', b'{"drink": 1}')
    results = Results(wrong, result("cola", 9))
    follower = ResultsFollower(results, "events", tmp_path, 5, lambda: NOON)
    with pytest.raises(LogUnavailable, match=TRENDING):
        await follower.round()
    await follower.round()
    assert trending(tmp_path) == ["cola"]
    await follower.close()
