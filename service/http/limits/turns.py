"""How many requests are in work at once; beyond that they wait a little, or are refused early.

Whoever waits long is answered late, and everybody after them: a queue that never empties helps
nobody. So there is controlled delay as in "Fail at Scale" (Maurer, ACM Queue 2015, after CoDel): a
burst may wait for `patience` seconds, but once some have waited all the time for as long as that,
nobody waits for more than a fifth of it. Who would wait in vain, by how fast turns have come to
those who waited, is refused at once, which costs next to nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

HURRY = 0.2
"""The share of the patience that is left where the queue does not empty."""
MOST_WAITING = 1_000
NEWEST_PACE = 0.02
"""The weight of the newest time between two turns in the mean of them; turns come in bursts."""
IN_VAIN = 1.5
"""How many times as long as one may wait it must take, by that mean, to be refused at once."""


class Turns:
    """The turns of one process: `at_once` at the same time, any number if that is 0."""

    def __init__(
        self, at_once: int, patience: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free = at_once
        self._limited = at_once > 0
        self._patience = patience
        self._clock = clock
        self._waiting: dict[asyncio.Future[bool], None] = {}
        self._since = 0.0
        self._pace = 0.0
        self._given: float | None = None

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    @property
    def hopeless(self) -> bool:
        """Whether the turn of who comes now would not come in time."""
        if not self._limited or self._free:
            return False
        waiting = len(self._waiting)
        return waiting >= MOST_WAITING or self._takes_too_long(waiting)

    async def take(self) -> bool:
        """Wait for a turn, and return whether it came in time; then `give` must follow."""
        if not self._limited:
            return True
        if self._free:
            self._free -= 1
            return True
        return not self.hopeless and await self._wait()

    def give(self) -> None:
        """End a turn: it goes to the one who has waited longest."""
        if not self._limited:
            return
        turn = next(iter(self._waiting), None)
        if turn is None:
            self._free += 1
            self._given = None
        else:
            self._note_pace()
            self._answer(turn, came=True)

    async def _wait(self) -> bool:
        loop, now = asyncio.get_running_loop(), self._clock()
        if not self._waiting:
            self._since = now
        turn = loop.create_future()
        self._waiting[turn] = None
        late = loop.call_later(self._allowed(now), lambda: self._answer(turn, came=False))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.give()
            raise
        finally:
            late.cancel()
            self._waiting.pop(turn, None)

    def _allowed(self, now: float) -> float:
        """Return the seconds that one may wait who comes now."""
        is_standing = bool(self._waiting) and now - self._since > self._patience
        return self._patience * HURRY if is_standing else self._patience

    def _takes_too_long(self, waiting: int) -> bool:
        return waiting * self._pace > IN_VAIN * self._allowed(self._clock())

    def _note_pace(self) -> None:
        now, before = self._clock(), self._given
        self._given = now
        if before is not None:
            self._pace += (NEWEST_PACE if self._pace else 1.0) * (now - before - self._pace)

    def _answer(self, turn: asyncio.Future[bool], *, came: bool) -> None:
        # at once, so that the queue is empty as soon as nobody waits
        self._waiting.pop(turn, None)
        if not turn.done():
            turn.set_result(came)
        elif came:
            self.give()
