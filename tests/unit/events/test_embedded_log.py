"""The embedded log: on disk before it says so, each id once, in order, and gone when erased."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.embedded_log import EmbeddedLog
from events.log import LogUnavailable, NewRecord, Outcome, Record, hash_of, partition_of
from tests.servers.strace import strace_missing

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
ACCEPTED, REPEATED, CLASHING = Outcome.ACCEPTED, Outcome.REPEATED, Outcome.CLASHING


class Time:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def log(tmp_path: Path, clock: Time) -> Iterator[EmbeddedLog]:
    with EmbeddedLog(tmp_path / "events", clock) as opened:
        yield opened


def new(person: str, event_id: str, meaning: str = "chai\nview", body: str = "{}") -> NewRecord:
    return NewRecord(person, event_id, meaning, body.encode())


async def everything(log: EmbeddedLog) -> list[Record]:
    return [record for part in range(log.partitions) for record in await log.read(part, 0, 10_000)]


async def test_an_id_counts_once_for_each_person(log: EmbeddedLog) -> None:
    assert await log.append([new("ann", "e1"), new("ann", "e1"), new("ben", "e1")]) == [
        ACCEPTED,
        REPEATED,
        ACCEPTED,
    ]
    again = await log.append([new("ann", "e1"), new("ann", "e1", "cola\nview"), new("ann", "e2")])
    assert again == [REPEATED, CLASHING, ACCEPTED]
    assert len(await everything(log)) == 3


async def test_sent_at_once_by_many_an_id_counts_once(log: EmbeddedLog) -> None:
    batches = [[new(f"person-{n % 7}", f"e{n}") for n in range(60)] for _ in range(20)]
    outcomes = await asyncio.gather(*map(log.append, batches))
    assert sum(batch.count(ACCEPTED) for batch in outcomes) == 60
    assert sum(batch.count(REPEATED) for batch in outcomes) == 19 * 60
    offsets = [(record.partition, record.offset) for record in await everything(log)]
    assert len(set(offsets)) == len(offsets) == 60


async def test_it_is_the_same_log_after_it_was_closed(tmp_path: Path, clock: Time) -> None:
    with EmbeddedLog(tmp_path, clock) as log:
        await log.append([new("ann", "e1")])
        name, partitions = log.name, log.partitions
    with EmbeddedLog(tmp_path, clock) as log:
        assert (log.name, log.partitions) == (name, partitions)
        assert await log.append([new("ann", "e1")]) == [REPEATED]


async def test_the_time_of_receipt_never_falls_within_a_partition(
    log: EmbeddedLog, clock: Time
) -> None:
    await log.append([new("ann", "e1")])
    clock.now = START - timedelta(hours=1)
    await log.append([new("ann", "e2")])
    first, second = await everything(log)
    assert second.received >= first.received
    clock.now = START + timedelta(hours=1)
    await log.append([new("ann", "e3")])
    partition, later = first.partition, first.received + 1
    assert await log.offset_at(partition, first.received) == 0
    assert await log.offset_at(partition, later) == 2
    assert await log.offset_at(partition, later + 10**9) == await log.end(partition) == 3


def texts(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_erased_people_are_in_no_file_and_offsets_stay(log: EmbeddedLog, clock: Time) -> None:
    secret = '{"userId": "somebody-to-be-erased"}'
    await log.append([new("ann", f"e{number}", body=secret) for number in range(300)])
    await log.append([new("ben", "e1", body='{"userId": "somebody-else"}')])
    folder = log.path.parent
    assert b"somebody-to-be-erased" in texts(folder)
    partition = partition_of(hash_of("ann"), log.partitions)
    until = int(clock.now.timestamp() * 1000)
    await log.erase({hash_of("ann").hex(): until})
    assert b"somebody-to-be-erased" not in texts(folder)
    assert b"somebody-else" in texts(folder)
    assert await log.of_people(["ann"]) == {}
    clock.now += timedelta(seconds=10)
    assert await log.append([new("ann", "e1")]) == [ACCEPTED]  # they may come back, afresh
    [back] = [record for record in await everything(log) if record.person_hash == hash_of("ann")]
    assert back.offset >= 300
    await log.erase({hash_of("ann").hex(): until})
    assert len(await log.read(partition, back.offset, 10)) == 1, "it came after the erasure"


async def test_only_what_is_old_and_consumed_is_dropped(log: EmbeddedLog, clock: Time) -> None:
    await log.append([new("ann", "old-1"), new("ann", "old-2")])
    clock.now += timedelta(days=10)
    await log.append([new("ann", "new")])
    partition = partition_of(hash_of("ann"), log.partitions)
    moment = int((START + timedelta(days=1)).timestamp() * 1000)
    assert await log.drop_before(moment, {partition: 1}) == 1
    assert [record.offset for record in await log.read(partition, 0, 10)] == [1, 2]
    assert await log.drop_before(moment, {partition: 3}) == 1
    assert [record.offset for record in await log.read(partition, 0, 10)] == [2]


async def test_one_process_consumes_and_another_takes_over(tmp_path: Path, clock: Time) -> None:
    with EmbeddedLog(tmp_path, clock) as first, EmbeddedLog(tmp_path, clock) as second:
        assert await first.assigned() == frozenset(range(first.partitions))
        assert await second.assigned() == frozenset()
        first.close()
        assert await second.assigned() == frozenset(range(second.partitions))


async def test_two_processes_append_to_one_log(tmp_path: Path, clock: Time) -> None:
    with EmbeddedLog(tmp_path, clock) as first, EmbeddedLog(tmp_path, clock) as second:
        both = [first.append([new("ann", f"e{n}")]) for n in range(30)]
        both += [second.append([new("ann", f"e{n}")]) for n in range(30)]
        outcomes = [outcome for batch in await asyncio.gather(*both) for outcome in batch]
        assert (outcomes.count(ACCEPTED), outcomes.count(REPEATED)) == (30, 30)


async def test_a_log_that_takes_nothing_says_so_and_acknowledges_nothing(
    log: EmbeddedLog,
) -> None:
    other = sqlite3.connect(log.path, isolation_level=None)
    other.execute("DROP TABLE event")
    other.close()
    with pytest.raises(LogUnavailable):
        await log.append([new("ann", "e1")])
    with pytest.raises(LogUnavailable):
        await log.read(0, 0, 1)


async def test_only_its_owner_can_read_it(log: EmbeddedLog) -> None:
    await log.append([new("ann", "e1")])
    modes = {path.name: path.stat().st_mode & 0o077 for path in log.path.parent.iterdir()}
    assert set(modes.values()) == {0}, modes


_APPENDING = """
import asyncio, sys
from pathlib import Path
from events.embedded_log import EmbeddedLog
from events.log import NewRecord

async def main():
    with EmbeddedLog(Path(sys.argv[1])) as log:
        for number in range(100_000):
            await log.append([NewRecord("ann", f"e{number}", "", b"{}")])
            print(number, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("count", [1, 7, 40])
def test_what_was_acknowledged_before_a_kill_is_there(tmp_path: Path, count: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _APPENDING, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout
    for _ in range(count):
        acknowledged = int(process.stdout.readline())
    process.kill()
    process.communicate()
    with EmbeddedLog(tmp_path) as log:
        records = asyncio.run(everything(log))
    assert len(records) > acknowledged
    assert [record.offset for record in records] == list(range(len(records)))


@pytest.mark.skipif(strace_missing() is not None, reason=str(strace_missing()))
def test_every_acknowledgement_comes_after_a_flush_to_the_disk(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    seen = ("strace", "-f", "-e", "trace=fsync,fdatasync,write", "-o", str(trace))
    process = subprocess.Popen(
        [*seen, sys.executable, "-c", _APPENDING, str(tmp_path / "events")],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    for _ in range(20):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    calls = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    flushed, said = 0, list[int]()
    for call in calls:
        if "sync(" in call or ("sync resumed" in call):
            flushed += "= 0" in call
        elif re.search(r'write\(1, "\d+"', call):
            said.append(flushed)
            flushed = 0
    assert len(said) >= 20
    assert min(said) >= 1, "something was acknowledged before it was on the disk"
