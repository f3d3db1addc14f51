"""The process that users start: it holds the port, and one generation of workers after another.

It serves nothing and loads little, so that nothing in it can fail. SIGHUP brings in a new
generation, with the code and the settings' files as they are then: it answers before the old one
makes way. If a new one does not come to answer, the old one stays.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

from service.cli.exit_statuses import FAILED, STOPPED
from service.cli.workers.order import ONE_THREAD, READY, RENEW, Order, pause_after, slots_of
from service.cli.workers.shared_folder import SharedFolder
from service.settings import Settings

LOOK_SECONDS = 0.05
STOPPING_SECONDS = 10.0

log = logging.getLogger("tastegraph.workers")


class Generation:
    """A process that was ordered to fork workers."""

    def __init__(self, order: Order, theirs: socket.socket, ours: socket.socket) -> None:
        self.order = order
        self._control = ours
        ours.setblocking(False)
        self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "service.cli.workers.generation", order.written()],
            stdin=subprocess.DEVNULL,
            pass_fds=(order.listener, order.control),
            start_new_session=True,  # Ctrl-C is for the supervisor to hear
            env={**os.environ, **ONE_THREAD},
        )
        theirs.close()

    @property
    def status(self) -> int | None:
        """How it ended; None while it has not."""
        return self.process.poll()

    def said(self) -> bytes:
        """Return one word that it said; nothing if it said none."""
        with suppress(BlockingIOError, ConnectionResetError):
            return self._control.recv(1)
        return b""

    def tell(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        self.process.send_signal(number)

    def close(self) -> None:
        """Leave it: if it has not ended, it will now."""
        self._control.close()


class Supervisor:
    """Generations on one port."""

    def __init__(
        self, settings: Settings, listener: socket.socket, workers: int, *, empty: bool
    ) -> None:
        self._listener, self._workers, self._empty = listener, workers, empty
        self._folder = SharedFolder(settings.home / "workers", 2 * slots_of(workers))
        self._serving: Generation | None = None
        self._coming: Generation | None = None
        self._leaving: Generation | None = None
        self._stop = self._renew = False
        self._failures, self._again, self._first_slot = 0, 0.0, -1
        self._has_answered = False

    def run(self) -> int:
        """Serve until told to stop; return the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear_stop)
        signal.signal(signal.SIGHUP, self._hear_renew)
        try:
            self._start()
            while not self._stop:
                time.sleep(LOOK_SECONDS)
                status = self._look()
                if status is not None:
                    return status
            return 0 if self._has_answered else STOPPED
        finally:
            self._end()
            self._folder.remove()

    def _hear_stop(self, *_: object) -> None:
        self._stop = True

    def _hear_renew(self, *_: object) -> None:
        self._renew = True

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._first_slot = self._free_slot()
        order = Order(
            workers=self._workers,
            first_slot=self._first_slot,
            folder=str(self._folder.path),
            listener=self._listener.fileno(),
            control=theirs.fileno(),
            empty=self._empty,
            first=not self._has_answered,
        )
        self._coming = Generation(order, theirs, ours)

    def _free_slot(self) -> int:
        """Return the first slot of a generation: one that no worker can have any more."""
        used = {each.order.first_slot for each in (self._serving, self._leaving) if each}
        free = [slot for slot in (0, slots_of(self._workers)) if slot not in used]
        # of one that was killed, workers may still make way
        return free[-1] if free[0] == self._first_slot else free[0]

    def _look(self) -> int | None:
        """See what has become of all; return a status if that is the end."""
        if self._leaving and self._leaving.status is not None:
            self._leaving.close()
            self._leaving = None
        if self._coming:
            return self._look_at_coming(self._coming)
        if self._serving and self._serving.said() == RENEW:
            self._renew = True
        if self._serving and self._serving.status is not None:
            log.error("all workers have ended unasked; others follow")
            self._serving.close()
            self._serving = None
            self._hesitate()
        wanted = self._serving is None or (self._renew and self._leaving is None)
        if wanted and time.monotonic() >= self._again:
            self._renew = False
            self._start()
        return None

    def _look_at_coming(self, coming: Generation) -> int | None:
        if coming.said() == READY:
            if self._serving:
                self._serving.tell(signal.SIGHUP)
            self._leaving, self._serving, self._coming = self._serving, coming, None
            self._has_answered, self._failures = True, 0
        elif coming.status is not None:
            coming.close()
            self._coming = None
            if not self._has_answered:
                return coming.status or FAILED
            self._hesitate()
            log.error("the new workers did not come to answer%s", self._what_stays())
        return None

    def _what_stays(self) -> str:
        return "; those before go on" if self._serving else ""

    def _hesitate(self) -> None:
        self._failures += 1
        self._again = time.monotonic() + pause_after(self._failures)

    def _end(self) -> None:
        living = [each for each in (self._serving, self._coming, self._leaving) if each]
        for each in living:
            each.tell(signal.SIGTERM)
        until = time.monotonic() + STOPPING_SECONDS
        for each in living:
            with suppress(subprocess.TimeoutExpired):
                each.process.wait(max(0.0, until - time.monotonic()))
            if each.status is None:
                each.process.kill()
                each.process.wait()
            each.close()
