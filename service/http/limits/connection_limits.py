"""How many connections there are: from all clients, and from one address."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Protocol

from service.http.limits.rates import home_of

Network = IPv4Network | IPv6Network


class Counts(Protocol):
    """How many connections are open, by address."""

    @property
    def own(self) -> int:
        """How many this process has."""
        ...

    @property
    def total(self) -> int:
        """How many all processes have that share the limits."""
        ...

    def of(self, home: str) -> int:
        """How many an address has."""
        ...

    def add(self, home: str, number: int) -> None:
        """Count some more of an address, or fewer."""
        ...


class OwnCounts:
    """The connections of a process that shares its limits with none."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()

    @property
    def own(self) -> int:
        """How many there are."""
        return self._inside.total()

    @property
    def total(self) -> int:
        """How many there are."""
        return self._inside.total()

    def of(self, home: str) -> int:
        """How many an address has."""
        return self._inside[home]

    def add(self, home: str, number: int) -> None:
        """Count some more of an address, or fewer."""
        self._inside[home] += number
        if not self._inside[home]:
            del self._inside[home]


class ConnectionLimits:
    """How many connections there may be; a trusted proxy may have as many as there are.

    `most` and `most_each` are of all `sharing` processes, which share the counts, `most_here` of
    this one.
    """

    def __init__(
        self,
        most: int,
        most_each: int,
        proxies: Collection[Network] = (),
        counts: Counts | None = None,
        most_here: int | None = None,
        sharing: int = 1,
    ) -> None:
        self._most, self._most_each = most, most_each
        self._most_here = most if most_here is None else most_here
        self._proxies, self._sharing = proxies, sharing
        self._counts = counts or OwnCounts()

    @property
    def open(self) -> int:
        """How many connections are open in this process."""
        return self._counts.own

    def has_more(self) -> bool:
        """Whether this process has more connections than its share."""
        return self._counts.own * self._sharing > self._counts.total

    def enter(self, address: str) -> bool:
        """Count a connection, if there is room for it."""
        home = home_of(address)
        each = self._most if self._is_proxy(address) else self._most_each
        full = self._counts.total >= self._most or self._counts.own >= self._most_here
        if full or self._counts.of(home) >= each:
            return False
        self._counts.add(home, 1)
        return True

    def leave(self, address: str) -> None:
        """Count a connection that has ended."""
        self._counts.add(home_of(address), -1)

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._proxies)


def within_descriptors(most: int) -> int:
    """Return how many connections the file descriptors allow: the graph needs some too."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most if allowed == resource.RLIM_INFINITY else max(1, min(most, allowed * 3 // 4))
