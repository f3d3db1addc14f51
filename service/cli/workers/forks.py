"""Forked processes that are kept alive: whoever ends unasked is forked again, soon at first.

The process that forks must be the only thread of its process, or a fork could copy a lock that
nobody will ever release: it waits by sleeping and looking, and starts nothing.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from service.cli.exit_statuses import FAILED
from service.cli.workers.order import READY, RENEW, pause_after

LOOK_SECONDS = 0.05
STABLE_SECONDS = 30.0
"""Whoever lived for so long is forked again at once, whatever happened before."""
SIGNALS = (signal.SIGTERM, signal.SIGHUP)

log = logging.getLogger("tastegraph.workers")

Work = Callable[[int, bool, socket.socket], NoReturn]
"""Does the work of a slot, which may replace one that ended; says READY on the socket when it is.

It may say RENEW later. The socket ends when the process that forked does.
"""


class ForksListener(Protocol):
    """Hears what becomes of forked processes."""

    def answering(self) -> None:
        """All are ready, for the first time."""
        ...

    def ended(self, slot: int) -> None:
        """The process of a slot has ended."""
        ...

    def renew(self) -> None:
        """One of them asks for others in place of all."""
        ...


@dataclass
class _Fork:
    """A slot, and the process in it: none while it waits to be forked again."""

    slot: int
    pid: int = 0
    channel: socket.socket | None = None
    ready: bool = False
    began: float = 0.0
    again: float = 0.0
    failures: int = 0


class Forks:
    """The processes of some slots."""

    def __init__(
        self,
        slots: Sequence[int],
        work: Work,
        control: socket.socket,
        listener: ForksListener,
        patience: float,
    ) -> None:
        """If `control` ends, all are to end.

        `patience` is how many seconds they may take to end before they are killed.
        """
        self._forks = [_Fork(slot) for slot in slots]
        self._work, self._control, self._patience = work, control, patience
        self._listener = listener
        self._told: int | None = None
        self._until = float("inf")
        self._answering = False

    def run(self) -> int:
        """Keep all alive until told to end; return the exit status.

        If one fails before all were ready for the first time, all end, and it is a failure.
        """
        check_single()
        for number in SIGNALS:
            signal.signal(number, lambda number, _: self._tell(number))
        for fork in self._forks:
            self._fork(fork)
        while self._told is None or any(fork.pid for fork in self._forks):
            time.sleep(LOOK_SECONDS)
            for fork in self._forks:
                self._look(fork)
            self._look_up()
        return 0 if self._answering else FAILED

    def _fork(self, fork: _Fork) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        # a signal to a fork that is not yet itself would be heard by its copy of this object
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        replaces, pid = fork.began > 0, os.fork()
        if not pid:
            self._be(fork, theirs, ours, replaces=replaces)
        fork.pid, fork.channel, fork.ready, fork.began = pid, ours, False, time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        theirs.close()

    def _be(
        self, fork: _Fork, channel: socket.socket, other_end: socket.socket, *, replaces: bool
    ) -> NoReturn:
        """Be the forked process, which must hold no end of a socket of the one that forked."""
        try:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            for held in (other_end, self._control, *(each.channel for each in self._forks)):
                if held:
                    held.close()
            self._work(fork.slot, replaces, channel)
        finally:
            os._exit(FAILED)

    def _look(self, fork: _Fork) -> None:
        if not fork.pid:
            if self._told is None and time.monotonic() >= fork.again:
                self._fork(fork)
            return
        with suppress(BlockingIOError, ConnectionResetError):
            self._hear(fork, fork.channel.recv(1) if fork.channel else b"")
        with suppress(ChildProcessError):
            pid, status = os.waitpid(fork.pid, os.WNOHANG)
            if pid:
                self._bury(fork, os.waitstatus_to_exitcode(status))

    def _hear(self, fork: _Fork, said: bytes) -> None:
        if said == READY:
            fork.ready = True
        elif said == RENEW:
            self._listener.renew()

    def _bury(self, fork: _Fork, status: int) -> None:
        if fork.channel:
            fork.channel.close()
        pid, fork.pid, fork.channel = fork.pid, 0, None
        self._listener.ended(fork.slot)
        if self._told is not None:
            return
        if not self._answering:
            self._tell(signal.SIGTERM)
            return
        lived = time.monotonic() - fork.began
        fork.failures = 0 if fork.ready and lived > STABLE_SECONDS else fork.failures + 1
        fork.again = time.monotonic() + (pause_after(fork.failures) if fork.failures else 0.0)
        why = f"by signal {-status}" if status < 0 else f"with status {status}"
        log.error("worker %d ended unasked %s; another follows", pid, why)

    def _look_up(self) -> None:
        """Say when all are ready, and see whether the supervisor is there."""
        if not self._answering and all(fork.ready for fork in self._forks):
            self._answering = True
            with suppress(OSError):
                self._listener.answering()
        try:
            gone = not self._control.recv(1)
        except BlockingIOError:
            gone = False
        except OSError:
            gone = True
        if gone and self._told is None:
            self._tell(signal.SIGTERM)
        if time.monotonic() > self._until:
            self._pass_on(signal.SIGKILL)

    def _tell(self, number: int) -> None:
        self._told = number
        self._until = time.monotonic() + self._patience
        self._pass_on(number)

    def _pass_on(self, number: int) -> None:
        for fork in self._forks:
            if fork.pid:
                with suppress(ProcessLookupError):
                    os.kill(fork.pid, number)


def check_single() -> None:
    """Raise RuntimeError if this process has more than one thread."""
    threads = Path("/proc/self/task")
    names = [(each / "comm").read_text().strip() for each in threads.glob("*")]
    if len(names) > 1:
        raise RuntimeError(f"a process with threads is not forked: {', '.join(names)}")


def freeze() -> None:
    """Leave what there is to all forks: the collector does not touch it any more."""
    gc.collect()
    gc.freeze()
