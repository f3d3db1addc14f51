"""Accepting connections at a port that other processes accept at too, each its share.

Whoever wakes first could take all that wait, and keep them for as long as clients do. So one that
has more than its share hesitates: another may have the next one meanwhile. If nobody has, it takes
it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

HESITATION = 0.003
FULL_PAUSE = 1.0
BACKLOG = 2048

log = logging.getLogger("tastegraph.workers")


class Acceptor:
    """Accepts for one event loop, until it is closed."""

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        has_more: Callable[[], bool],
        hesitation: float = HESITATION,
    ) -> None:
        """Begin; `has_more` says whether this process has more connections than others.

        `hesitation` is how many seconds it leaves the next connection to them then.
        """
        self._listener, self._protocol, self._has_more = listener, protocol, has_more
        self._hesitation = hesitation
        self._loop = asyncio.get_running_loop()
        self._opening = set[asyncio.Task[object]]()
        self._later: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        listener.listen(BACKLOG)
        self._watch()

    def close(self) -> None:
        """Accept nothing more; what waits is for the other processes."""
        if self._later:
            self._later.cancel()
        if self._listener.fileno() >= 0:
            self._loop.remove_reader(self._listener)
            self._listener.close()

    def _watch(self) -> None:
        self._loop.add_reader(self._listener, self._ready)

    def _ready(self) -> None:
        if self._has_more():
            self._pause(self._hesitation, self._take_at_last)
        else:
            self._take()

    def _take_at_last(self) -> None:
        self._take()
        self._watch()

    def _take(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another was faster, or the client gave up
        except OSError as error:
            log.error("no connection can be accepted for a moment: %s", error)
            self._pause(FULL_PAUSE, self._watch)
            return
        accepted.setblocking(False)
        opening = self._loop.create_task(
            self._loop.connect_accepted_socket(self._protocol, accepted)
        )
        self._opening.add(opening)
        opening.add_done_callback(self._opened)

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listener)
        self._later = self._loop.call_later(seconds, then)

    def _opened(self, opening: asyncio.Task[object]) -> None:
        self._opening.discard(opening)
        if not opening.cancelled() and (error := opening.exception()):
            log.warning("a connection was lost while it was opened: %s", error)
