from __future__ import annotations

import asyncio

import pytest

from graph import cancellation
from graph.cancellation import uninterrupted


async def ended(seconds: float) -> list[str]:
    """Cancel work that takes so long, and return what became of it."""
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(seconds)
            seen.append("done")
        except asyncio.CancelledError:
            seen.append("broken off")
            raise

    task = asyncio.create_task(uninterrupted(work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return seen


async def test_what_is_cancelled_ends_first() -> None:
    assert await ended(0.01) == ["done"]


async def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancellation, "LAST_SECONDS", 0.01)
    assert await ended(60.0) == ["broken off"]


async def test_results_and_errors_are_those_of_the_work() -> None:
    async def three() -> int:
        return 3

    async def fails() -> None:
        raise ValueError("no")

    assert await uninterrupted(three()) == 3
    with pytest.raises(ValueError, match="no"):
        await uninterrupted(fails())
