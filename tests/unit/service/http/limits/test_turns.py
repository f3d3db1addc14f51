"""Turns: as many at once as were said, a little patience, and early refusal where it is in vain."""

import asyncio

import pytest

from service.http.limits import turns as module
from service.http.limits.turns import HURRY, Turns

PATIENCE = 0.2


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_as_many_at_once_as_were_said_and_the_rest_in_order() -> None:
    turns = Turns(2, 60)
    assert await turns.take()
    assert await turns.take()
    came: list[str] = []

    async def wait(name: str) -> None:
        assert await turns.take()
        came.append(name)

    waiting = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0.01)
    assert (came, turns.waiting) == ([], 3)
    for expected in ("a", "ab", "abc"):
        turns.give()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert came == list(expected)
    await asyncio.gather(*waiting)
    for _ in range(2):
        turns.give()
    assert await turns.take()
    assert await turns.take()
    assert turns.waiting == 0


async def test_whoever_waits_too_long_is_refused_and_takes_no_turn() -> None:
    turns = Turns(1, PATIENCE)
    assert await turns.take()
    began = asyncio.get_running_loop().time()
    assert not await turns.take()
    assert asyncio.get_running_loop().time() - began >= PATIENCE * 0.9
    assert turns.waiting == 0
    turns.give()
    assert await turns.take()


async def test_where_the_queue_does_not_empty_nobody_waits_long() -> None:
    clock = Clock()
    turns = Turns(1, PATIENCE, clock)
    assert await turns.take()
    first = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    clock.now += PATIENCE * 1.01
    began = asyncio.get_running_loop().time()
    assert not await turns.take()
    waited = asyncio.get_running_loop().time() - began
    assert waited < PATIENCE * (HURRY + 1) / 2
    turns.give()
    assert await first
    # the queue was empty, so patience is whole again
    third = asyncio.create_task(turns.take())
    await asyncio.sleep(PATIENCE * HURRY * 1.5)
    assert not third.done()
    turns.give()
    assert await third


async def test_who_would_wait_in_vain_is_refused_at_once() -> None:
    clock = Clock()
    turns = Turns(1, PATIENCE, clock)
    assert await turns.take()
    waiting = [asyncio.create_task(turns.take()) for _ in range(40)]
    await asyncio.sleep(0)
    assert not turns.hopeless  # how fast turns come is not known yet
    for _ in range(30):
        clock.now += 0.015
        turns.give()
        await asyncio.sleep(0)
    # ten wait, and the queue stands: each takes 15 ms, and who comes now may wait for 40
    assert turns.waiting == 10
    assert turns.hopeless
    began = asyncio.get_running_loop().time()
    assert not await turns.take()
    assert asyncio.get_running_loop().time() - began < PATIENCE * HURRY / 2
    for _ in range(9):
        turns.give()
    assert not turns.hopeless
    turns.give()
    assert all(await asyncio.gather(*waiting))


async def test_somebody_who_is_gone_keeps_no_turn() -> None:
    turns = Turns(1, 60)
    assert await turns.take()
    gone = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    turns.give()  # their turn has come
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await turns.take()
    waiting = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert turns.waiting == 0
    turns.give()
    assert await turns.take()


async def test_zero_is_any_number_and_the_queue_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = Turns(0, PATIENCE)
    assert all([await free.take() for _ in range(100)])
    free.give()
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    turns = Turns(1, 60)
    assert await turns.take()
    waiting = asyncio.create_task(turns.take())
    await asyncio.sleep(0)
    assert not await turns.take()
    turns.give()
    assert await waiting
