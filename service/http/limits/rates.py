"""How often one person may ask: a token bucket each, in the memory of this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from gql.execution.limits import RateLimits
from service.http.auth import Claims

BURST_SECONDS = 5.0
MOST_BUCKETS = 50_000
HOME_NETWORK_BITS = 64


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rates:
    """The buckets of recent clients; a request takes one token.

    A bucket holds five seconds' worth, so that a page may send a burst. The one used
    longest ago is dropped when there are too many: it is full again, or nearly.
    """

    def __init__(self, limits: RateLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, viewer: Claims | None, address: str) -> float:
        """Take a token of the person, or of an address that is signed out.

        Return 0 if there was one, otherwise the seconds until there is.
        """
        rate = self._rate(viewer)
        if rate == 0:
            return 0.0
        bucket = self._filled(_subject(viewer, address), rate)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / rate
        bucket.tokens -= 1
        return 0.0

    def _rate(self, viewer: Claims | None) -> float:
        if viewer is None:
            return self._limits.signed_out
        return self._limits.developer if viewer.developer else self._limits.person

    def _filled(self, subject: str, rate: float) -> _Bucket:
        """Return a bucket refilled for the time since it was last used."""
        now, most = self._clock(), max(1.0, rate * BURST_SECONDS)
        bucket = self._buckets.setdefault(subject, _Bucket(most, now))
        bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets.move_to_end(subject)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket


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
