"""How many connections there are: from all clients, and from one address."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_address

from service.http.limits.rates import home_of

Network = IPv4Network | IPv6Network


class ConnectionLimits:
    """The connections of one process; a trusted proxy may have as many as there are."""

    def __init__(self, most: int, most_each: int, proxies: Collection[Network] = ()) -> None:
        self._most = most
        self._most_each = most_each
        self._proxies = proxies
        self._inside: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._inside.total()

    def enter(self, address: str) -> bool:
        """Count a connection, if there is room for it."""
        home = home_of(address)
        each = self._most if self._is_proxy(address) else self._most_each
        if self.open >= self._most or self._inside[home] >= each:
            return False
        self._inside[home] += 1
        return True

    def leave(self, address: str) -> None:
        """Count a connection that has ended."""
        home = home_of(address)
        self._inside[home] -= 1
        if not self._inside[home]:
            del self._inside[home]

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
