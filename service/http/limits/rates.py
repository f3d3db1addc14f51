"""How often one person may ask: a token bucket each."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Protocol

from gql.execution.limits import RateLimits
from service.http.auth import Claims

BURST_SECONDS = 5.0
MOST_BUCKETS = 50_000
HOME_NETWORK_BITS = 64


class Buckets(Protocol):
    """Token buckets by whose they are."""

    def take(self, subject: str, rate: float, most: float) -> float:
        """Take a token of a bucket that gets `rate` a second, up to `most`.

        Return 0 if there was one, otherwise the share of one that is missing.
        """
        ...


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class OwnBuckets:
    """The buckets of recent clients, in the memory of this process.

    The one used longest ago is dropped when there are too many: it is full again, or nearly.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, subject: str, rate: float, most: float) -> float:
        """Take a token, as `Buckets` says."""
        bucket = self._filled(subject, rate, most)
        if bucket.tokens < 1:
            return 1 - bucket.tokens
        bucket.tokens -= 1
        return 0.0

    def _filled(self, subject: str, rate: float, most: float) -> _Bucket:
        """Return a bucket refilled for the time since it was last used."""
        now = self._clock()
        bucket = self._buckets.setdefault(subject, _Bucket(most, now))
        bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets.move_to_end(subject)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket


class Rates:
    """The buckets of recent clients; a request takes one token.

    A bucket holds five seconds' worth, so that a page may send a burst.
    """

    def __init__(
        self,
        limits: RateLimits,
        clock: Callable[[], float] = time.monotonic,
        buckets: Buckets | None = None,
    ) -> None:
        """Limit by buckets of this process, or by some that it shares."""
        self._limits = limits
        self._buckets = buckets or OwnBuckets(clock)

    def wait(self, viewer: Claims | None, address: str) -> float:
        """Take a token of the person, or of an address that is signed out.

        Return 0 if there was one, otherwise the seconds until there is.
        """
        rate = self._rate(viewer)
        if rate == 0:
            return 0.0
        most = max(1.0, rate * BURST_SECONDS)
        return self._buckets.take(_subject(viewer, address), rate, most) / rate

    def _rate(self, viewer: Claims | None) -> float:
        if viewer is None:
            return self._limits.signed_out
        return self._limits.developer if viewer.developer else self._limits.person


def _subject(viewer: Claims | None, address: str) -> str:
    """Return whose bucket it is; guests share one, since an address can make any number of them."""
    if viewer and not viewer.guest:
        return f"user {viewer.user_id}"
    return f"{'guests' if viewer else 'nobody'} at {home_of(address)}"


def home_of(address: str) -> str:
    """Return an address; for IPv6 the network of one home, which has countless addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(ip_network((parsed, HOME_NETWORK_BITS), strict=False))
    return str(parsed)
