"""Which addresses a webhook may reach: public ones, and networks that an operator names.

A URL comes from somebody who could name this machine, its neighbours or the metadata service of a
cloud. So the name is resolved here, every address it has is judged, and the connection goes to the
very address that was judged: a name that answers differently a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import cast
from urllib.parse import urlsplit

import httpcore

from graph.errors import TastegraphError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64 = IPv6Network("64:ff9b::/96")
# Not public, though older Pythons say so; the metadata service of a cloud is in the first.
_NEVER = tuple(map(ip_network, ("192.0.0.0/24", "64:ff9b:1::/48", "2001::/23", "3fff::/20")))
LONGEST_URL = 2_000


class WebhookRefused(TastegraphError):
    """A webhook cannot be added, found or reached."""


class AddressRefused(httpcore.ConnectError):
    """A name has an address that no webhook may reach."""


def check_url(url: str, networks: Sequence[Network]) -> None:
    """Raise WebhookRefused for what is no https URL; http is for the networks named alone."""
    try:
        parts = urlsplit(url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        raise WebhookRefused("That is no URL.", "Write it as https://partner.example/in.") from None
    if not (parts.hostname and port_is_sound and url.isascii() and url.isprintable()):
        raise WebhookRefused("That is no URL.", "Write it as https://partner.example/in.")
    if parts.username is not None or parts.fragment or " " in url or len(url) > LONGEST_URL:
        raise WebhookRefused(
            "A webhook's URL has no user, password, fragment or space, and is not that long.",
            "What proves that a request is ours is its signature.",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        raise WebhookRefused(
            f"A webhook's URL begins with https, not with {parts.scheme or 'nothing'}.",
            "http is for the networks in TASTEGRAPH_WEBHOOK_NETWORKS alone.",
        )


def may_reach(text: str, networks: Iterable[Network], *, plain: bool = False) -> bool:
    """Return whether a webhook may reach an address; `plain` without TLS."""
    address = _inner(ip_address(text.partition("%")[0]))
    if any(address in network for network in networks):
        return True
    if plain or any(address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


async def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that a webhook may reach, and to no other."""

    def __init__(self, networks: Sequence[Network], *, plain: bool) -> None:
        self._networks = networks
        self._plain = plain
        self._backend = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers; all of them must be allowed."""
        async with asyncio.timeout(timeout):
            addresses = await self._checked(host, port)
            for place, address in enumerate(addresses, start=1):
                try:
                    return await self._backend.connect_tcp(
                        address, port, timeout, local_address, socket_options
                    )
                except httpcore.ConnectError:
                    if place == len(addresses):
                        raise
        raise AddressRefused("its name has no address")

    async def sleep(self, seconds: float) -> None:
        """Wait, as the pool asks between attempts."""
        await self._backend.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        addresses = await resolved(host, port)
        for address in addresses:
            if not may_reach(address, self._networks, plain=self._plain):
                raise AddressRefused("its name leads to an address that no webhook may reach")
        return addresses
