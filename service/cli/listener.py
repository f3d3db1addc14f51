"""The port of the server, taken before anything else: a start may train for minutes."""

from __future__ import annotations

import socket

from graph.errors import TastegraphError
from service.settings import Settings


class ServeFailed(TastegraphError):
    """The server could not start."""


def bound(settings: Settings) -> socket.socket:
    """Return a socket on the port of the settings, which nobody else can take then.

    Raises ServeFailed if somebody else has it.
    """
    try:
        addresses = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = min(
            addresses, key=lambda address_info: address_info[0] != socket.AF_INET
        )
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise refused(settings, error) from error
    return listener


def refused(settings: Settings, error: OSError) -> ServeFailed:
    """Return what tells somebody that the port cannot be had, and why."""
    return ServeFailed(
        f"Cannot serve on {settings.host}, port {settings.port}: {error.strerror or error}.",
        "Set PORT (or HOST) to another value, or stop whatever is using it.",
    )
