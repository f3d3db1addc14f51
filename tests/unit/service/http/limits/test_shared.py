"""Limits that several processes share, by a mapped file."""

from pathlib import Path

import pytest

from service.http.limits.connection_limits import ConnectionLimits
from service.http.limits.shared import SETS, SharedLimits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def two(tmp_path: Path) -> list[SharedLimits]:
    SharedLimits.create(tmp_path / "limits", 2)
    return [SharedLimits(tmp_path / "limits", 2) for _ in range(2)]


def test_a_bucket_is_one_in_both(two: list[SharedLimits]) -> None:
    clock = Clock()
    one, other = (limits.buckets(clock) for limits in two)
    taken = [buckets.take("ann", 2.0, 10.0) for _ in range(6) for buckets in (one, other)]
    assert taken == [0.0] * 10 + [1.0] * 2
    assert one.take("ben", 2.0, 10.0) == 0.0
    clock.now += 0.25
    assert other.take("ann", 2.0, 10.0) == pytest.approx(0.5)
    clock.now += 0.25
    assert (one.take("ann", 2.0, 10.0), other.take("ann", 2.0, 10.0)) == (0.0, 1.0)


def test_of_many_clients_the_latest_are_remembered(two: list[SharedLimits]) -> None:
    clock = Clock()
    buckets = two[0].buckets(clock)
    for number in range(2 * SETS):
        clock.now += 0.001
        assert buckets.take(f"user {number}", 0.001, 1.0) == 0.0
    last = [buckets.take(f"user {2 * SETS - number}", 0.001, 1.0) > 0 for number in range(1, 100)]
    assert all(last)


def test_connections_of_both_count(two: list[SharedLimits]) -> None:
    one, other = (
        ConnectionLimits(5, 3, counts=limits.counts(slot), most_here=4)
        for slot, limits in enumerate(two)
    )
    assert one.enter("10.0.0.1") and other.enter("10.0.0.1") and one.enter("10.0.0.1")
    assert not other.enter("10.0.0.1")
    assert other.enter("10.0.0.2") and other.enter("10.0.0.3")
    assert not one.enter("10.0.0.4")
    assert (one.open, other.open) == (2, 3)
    one.leave("10.0.0.1")
    assert other.enter("10.0.0.1")
    assert not other.enter("10.0.0.5")


def test_the_connections_of_one_that_was_killed_are_forgotten(two: list[SharedLimits]) -> None:
    counts = two[0].counts(0)
    counts.add("10.0.0.1", 3)
    two[1].counts(1).add("10.0.0.1", 1)
    two[1].clear(0)
    assert (counts.own, counts.total, counts.of("10.0.0.1")) == (0, 1, 1)


def test_a_call_is_heard_by_the_other(two: list[SharedLimits]) -> None:
    assert two[1].calls == 0
    two[0].call()
    assert two[1].calls == 1
