"""What every way of following a shop's database has in common: what counts, and when."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from connectors.debezium.envelope import NotDebezium, decoded
from graph.cancellation import uninterrupted
from graph.capture.applying import Applier
from graph.capture.changes import Message, RowChange, TransactionEnd
from graph.capture.mapping import CaptureMapping
from graph.errors import TastegraphError

MOST_TOGETHER = 1_000
HOLD_MILLISECONDS = 500
"""How long the end of a transaction is waited for before what has come of it counts in doubt."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0

log = logging.getLogger("tastegraph.changes")


class ChangeNotTaken(TastegraphError):
    """A message is no change that could be followed: nothing of what was sent with it was taken."""


async def apply_for_ever(
    stream: str,
    round_: Callable[[], Coroutine[Any, Any, int]],
    wait: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Apply a stream in rounds, which return how many messages they took; wait after none."""
    pause = FIRST_PAUSE
    while True:
        try:
            if not await uninterrupted(round_()):
                await wait()
            pause = FIRST_PAUSE
        except TastegraphError as error:
            log.warning("changes of the stream '%s' wait: %s", stream, error)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)


def checked(
    mapping: CaptureMapping, applier: Applier, body: bytes | None, key: bytes | None = None
) -> Message | None:
    """Return what a message says, None if nothing that counts.

    Raises ChangeNotTaken naming what is wrong in it.
    """
    try:
        message = decoded(body, key)
    except NotDebezium as error:
        raise ChangeNotTaken(str(error), "See docs/cdc.md.") from error
    if isinstance(message, RowChange):
        _check(mapping, applier, message)
    return message


def _check(mapping: CaptureMapping, applier: Applier, change: RowChange) -> None:
    if change.stream != mapping.stream:
        raise ChangeNotTaken(
            f"source.name is '{change.stream}'; the mapping follows '{mapping.stream}'.",
            "Set topic.prefix of the connector, or stream in the mapping.",
        )
    if not mapping.of(change.table) or not (change.after or change.before):
        return
    try:
        applier.row_id(change)
    except KeyError as error:
        raise ChangeNotTaken(
            f"A row of {change.table} has no value in {error}, which the mapping has as key.",
            "Name the columns of its primary key.",
        ) from error


def ready(messages: Sequence[Message | None], waited: int) -> int:
    """Return how many messages can be applied, if the newest has waited so many milliseconds.

    The end of the last transaction is waited for a while.
    """
    if len(messages) == MOST_TOGETHER or waited >= HOLD_MILLISECONDS:
        return len(messages)
    return last_boundary(messages)


def last_boundary(messages: Sequence[Message | None]) -> int:
    """Return how many messages end with a whole transaction."""
    boundary, open_ = 0, None
    for place, message in enumerate(messages, start=1):
        if message is None:
            continue
        if isinstance(message, TransactionEnd):
            boundary, open_ = place, None
            continue
        if open_ is not None and message.transaction != open_:
            boundary = place - 1
        open_ = message.transaction
        if open_ is None:
            boundary = place
    return boundary
