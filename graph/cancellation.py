"""Ending work that speaks to the graph without breaking it off."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

LAST_SECONDS = 1.0


async def uninterrupted(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what the work returns; a cancellation first lets it end, for at most `LAST_SECONDS`.

    The driver never closes a connection that is cancelled while it is being made.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=LAST_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
