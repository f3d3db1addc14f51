"""The runner over a log: each event read once, windows redone where something is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.embedded_log import EmbeddedLog
from events.log import NewRecord, Record, hash_of
from graph.crowds import EVERYWHERE
from streams.features import feature
from streams.published import read_trends, read_windows
from streams.runner import WindowRunner
from tests.support.streaming import record
from tests.support.trend_events import iso

NOON = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)


class Heard:
    """What the runner said."""

    def __init__(self) -> None:
        self.late = self.ahead = self.surplus = 0
        self.waited: list[float] = []

    def left_out(self, late: int, ahead: int, surplus: int) -> None:
        self.late += late
        self.ahead += ahead
        self.surplus += surplus

    def trends_published(self, seconds: float) -> None:
        self.waited.append(seconds)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class CountedLog(EmbeddedLog):
    """A log that counts the records read of it."""

    given = 0

    async def read(self, partition: int, offset: int, limit: int) -> Sequence[Record]:
        records = await super().read(partition, offset, limit)
        self.given += len(records)
        return records


@pytest.fixture
def clock() -> Clock:
    return Clock()


def purchases(drink: str, people: range, at: datetime, name: str = "e") -> list[NewRecord]:
    moment = int(at.timestamp() * 1000)
    return [
        record(
            {
                "eventId": f"{name}-{drink}-{person}",
                "userId": f"u{person}",
                "drinkId": drink,
                "type": "purchase",
                "at": iso(moment),
                "context": {"store": "harbour"},
            }
        )
        for person in people
    ]


def runner_of(log: EmbeddedLog, folder: Path, clock: Clock, heard: Heard) -> WindowRunner:
    runner = WindowRunner(log, folder, heard, 5, clock)
    return runner


def at_once(runner: WindowRunner) -> None:
    """Let every feature be due, as if its pause were over."""
    for running in runner._running:  # pyright: ignore[reportPrivateUsage]
        running.evaluated = float("-inf")


def trending(folder: Path, place: str = EVERYWHERE) -> list[str]:
    published = read_trends(folder)
    assert published
    return [trend.drink_id for trend in published.places.get(place, [])]


async def test_what_people_want_is_published_and_read_once(tmp_path: Path, clock: Clock) -> None:
    heard, folder = Heard(), tmp_path / "windows"
    with CountedLog(tmp_path / "events", clock) as log:
        runner = runner_of(log, folder, clock, heard)
        await log.append(purchases("cola", range(6), NOON) + purchases("mate", range(4), NOON))
        assert await runner.round() == 10
        assert trending(folder) == trending(folder, "store:harbour") == ["cola"]
        await log.append(purchases("mate", range(4, 12), NOON))
        at_once(runner)
        assert await runner.round() == 8
        assert trending(folder) == ["mate", "cola"]
        assert log.given == 18
        await runner.close()
    assert heard.waited and heard.late == 0


async def test_a_trend_is_over_when_its_window_is(tmp_path: Path, clock: Clock) -> None:
    with EmbeddedLog(tmp_path / "events", clock) as log:
        runner = runner_of(log, tmp_path, clock, Heard())
        await log.append(purchases("cola", range(6), NOON))
        await runner.round()
        clock.now += timedelta(minutes=70)
        at_once(runner)
        await runner.round()
        assert trending(tmp_path) == []
        await runner.close()


async def test_late_events_count_in_their_own_windows(tmp_path: Path, clock: Clock) -> None:
    heard = Heard()
    with EmbeddedLog(tmp_path / "events", clock) as log:
        runner = runner_of(log, tmp_path, clock, heard)
        await runner.round()
        await log.append(purchases("cola", range(6), NOON - timedelta(minutes=50)))
        await log.append(purchases("mate", range(6), NOON - timedelta(minutes=90)))
        at_once(runner)
        await runner.round()
        ends = [end for end, rows in runner.windows("trending").items() if rows]
        # six windows of an hour hold what happened at 11:15, and 12:10 is the newest end
        assert [datetime.fromtimestamp(end / 1000, UTC).strftime("%H:%M") for end in ends] == [
            *("11:20", "11:30", "11:40", "11:50", "12:00", "12:10"),
        ]
        assert heard.late == 6
        await runner.close()


async def test_erased_people_leave_the_windows(tmp_path: Path, clock: Clock) -> None:
    with EmbeddedLog(tmp_path / "events", clock) as log:
        runner = runner_of(log, tmp_path, clock, Heard())
        await log.append(purchases("cola", range(5), NOON))
        await runner.round()
        assert trending(tmp_path) == ["cola"]
        await runner.erase({hash_of("u0").hex(): int(NOON.timestamp() * 1000) + 1})
        at_once(runner)
        await runner.round()
        assert trending(tmp_path) == []
        await runner.close()


async def test_one_process_of_a_home_computes(tmp_path: Path, clock: Clock) -> None:
    with EmbeddedLog(tmp_path / "events", clock) as log:
        first = runner_of(log, tmp_path, clock, Heard())
        second = runner_of(log, tmp_path, clock, Heard())
        await log.append(purchases("cola", range(5), NOON))
        assert await first.round() == 5
        assert await second.round() == 0
        await first.close()
        assert await second.round() == 5
        await second.close()


async def test_a_start_reads_no_more_than_the_windows_need(tmp_path: Path, clock: Clock) -> None:
    clock.now = NOON - timedelta(days=3)
    with CountedLog(tmp_path / "events", clock) as log:
        await log.append(purchases("cola", range(50), clock.now))
        before = runner_of(log, tmp_path, clock, Heard())
        await before.round()
        await before.close()
        clock.now = NOON
        await log.append(purchases("mate", range(6), clock.now))
        log.given = 0
        runner = runner_of(log, tmp_path, clock, Heard())
        assert await runner.round() == 6 == log.given
        days = read_windows(tmp_path, feature("dayparts"))
        assert [[row[0] for row in rows] for rows in days.values() if rows] == [["cola"], ["mate"]]
        await runner.close()


async def test_nothing_about_one_person_is_published(tmp_path: Path, clock: Clock) -> None:
    with EmbeddedLog(tmp_path / "events", clock) as log:
        runner = runner_of(log, tmp_path / "windows", clock, Heard())
        await log.append(purchases("cola", range(6), NOON))
        await runner.round()
        files = {path.name: path.read_text() for path in (tmp_path / "windows").glob("*.json")}
        await runner.close()
    assert set(files) == {"trends.json", "co_purchases.json", "conversion.json", "dayparts.json"}
    assert not [name for name, text in files.items() if "u1" in text]
