"""One generation of workers: a process that loads everything once, and forks them.

`python -m service.cli.workers.generation ORDER`, started by the supervisor. The memory of a fork is
that of the process that forked it until one of them writes to a page, so what is only read is there
once. What has threads, sockets or an event loop is opened after the fork, in each worker.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from contextlib import suppress
from functools import partial
from threading import active_count
from typing import NoReturn

from graph.memory import give_back
from service.cli.common import console, settings
from service.cli.main import end_clearly
from service.cli.output.terminal import log_legibly
from service.cli.shutdown import leave
from service.cli.welcome import welcome
from service.cli.workers.counting import forget_gauges
from service.cli.workers.forks import Forks, freeze
from service.cli.workers.loading import Made, made
from service.cli.workers.order import ONE_THREAD, READY, RENEW, Order
from service.cli.workers.worker import DRAINING_SECONDS, work
from service.engine_ahead import EngineAhead
from service.http.limits.shared import SharedLimits
from service.settings import Settings
from service.sharing import Sharing

PATIENCE = DRAINING_SECONDS + 6.0


def main() -> NoReturn:
    """Load, fork, and wait until told to end."""
    for name in ONE_THREAD:  # which are meant for this process alone
        os.environ.pop(name, None)
    log_legibly()
    end_clearly(partial(_run, Order.read(sys.argv[1])))


def _run(order: Order) -> NoReturn:
    chosen = settings()
    # held until the last worker has ended, or the engine would end before the first begins
    ahead = None if chosen.neo4j else EngineAhead(chosen)
    loaded = asyncio.run(made(chosen, console, empty=order.empty))
    if ahead:
        ahead.address()
    _await_threads()
    freeze()
    give_back()
    status = _forks(order, chosen, loaded).run()
    if ahead:
        ahead.engine.stop()
    leave(status)


def _forks(order: Order, chosen: Settings, loaded: Made) -> Forks:
    listener = socket.socket(fileno=order.listener)
    control = socket.socket(fileno=order.control)
    control.setblocking(False)
    sharing = Sharing(order.workers, loaded=loaded.loaded)
    working = partial(work, order, chosen, sharing, loaded.application, listener)
    text = welcome(chosen, listener, loaded.demo) if order.first else None
    said = _Reports(order, control, text)
    return Forks(order.mine, working, control, said, PATIENCE)


class _Reports:
    """Tells the supervisor, and tidies up after those who ended."""

    def __init__(self, order: Order, control: socket.socket, text: str | None) -> None:
        self._control, self._text, self._metrics = control, text, order.metrics
        self._limits = SharedLimits(order.limits, order.slots)

    def answering(self) -> None:
        if self._text:
            console.print(self._text, highlight=False, soft_wrap=True)
        self._tell(READY)

    def ended(self, slot: int) -> None:
        self._limits.clear(slot)
        forget_gauges(self._metrics, slot)

    def renew(self) -> None:
        self._tell(RENEW)

    def _tell(self, word: bytes) -> None:
        with suppress(OSError):  # the supervisor is gone: that is heard elsewhere
            self._control.send(word)


def _await_threads(seconds: float = 5.0) -> None:
    """Wait until what loaded has ended its threads."""
    until = time.monotonic() + seconds
    while active_count() > 1 and time.monotonic() < until:
        time.sleep(0.01)


if __name__ == "__main__":
    main()
