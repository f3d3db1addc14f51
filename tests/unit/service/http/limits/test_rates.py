"""Buckets of tokens: how often one may ask."""

import pytest

from gql.execution.limits import RateLimits
from service.http.auth import Claims
from service.http.limits import rates
from service.http.limits.rates import BURST_SECONDS, OwnBuckets, Rates

ANN, BEN = Claims("ann"), Claims("ben")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> Rates:
    return Rates(RateLimits(signed_out=1, person=2, developer=0), clock)


def taken(buckets: Rates, viewer: Claims | None = ANN, address: str = "10.0.0.1") -> int:
    """How many requests pass at once."""
    count = 0
    while count < 1000 and buckets.wait(viewer, address) == 0:
        count += 1
    return count


def test_a_burst_passes_and_then_the_rate(buckets: Rates, clock: Clock) -> None:
    assert taken(buckets) == 2 * BURST_SECONDS
    assert buckets.wait(ANN, "") == pytest.approx(0.5)
    clock.now += 0.5
    assert taken(buckets) == 1
    clock.now += 3
    assert taken(buckets) == 6
    clock.now += 1000
    assert taken(buckets) == 2 * BURST_SECONDS


def test_each_person_and_each_address_has_its_own(buckets: Rates) -> None:
    assert taken(buckets, ANN) == taken(buckets, BEN) == 2 * BURST_SECONDS
    assert taken(buckets, ANN, "10.0.0.2") == 0
    assert taken(buckets, None) == taken(buckets, None, "10.0.0.2") == BURST_SECONDS
    assert taken(buckets, Claims("at 10.0.0.1")) == 2 * BURST_SECONDS


def test_a_network_of_ipv6_counts_as_one_address(buckets: Rates) -> None:
    assert taken(buckets, None, "2001:db8::1") == BURST_SECONDS
    assert taken(buckets, None, "2001:db8::2:1") == 0
    assert taken(buckets, None, "2001:db8:1::1") == BURST_SECONDS
    assert taken(buckets, None, "::ffff:10.0.0.9") == BURST_SECONDS
    assert taken(buckets, None, "::ffff:10.0.0.8") == BURST_SECONDS


def test_zero_is_no_limit(buckets: Rates) -> None:
    assert taken(buckets, Claims("dev", developer=True)) == 1000


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_BUCKETS", 10)
    buckets = OwnBuckets()
    for number in range(100):
        buckets.take(f"10.0.0.{number}", 1.0, 5.0)
    assert len(buckets._buckets) == 10


def test_all_guests_of_an_address_share_one(buckets: Rates) -> None:
    guests = [Claims(f"guest-{number}", guest=True) for number in range(5)]
    assert taken(buckets, guests[0]) == 2 * BURST_SECONDS
    assert [taken(buckets, guest) for guest in guests] == [0] * 5
    assert taken(buckets, guests[1], "10.0.0.2") == 2 * BURST_SECONDS
    assert taken(buckets, None) == BURST_SECONDS
