"""A process among others: what it shares, and when it has drifted away from it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from service.http.limits.turns import Turns
from service.settings import read_settings
from service.sharing import ALONE, RENEWING_SECONDS, Drift, Sharing


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def snapshot(catalogue: object) -> Any:
    return SimpleNamespace(catalogue=catalogue)


async def test_who_drifts_asks_for_others_when_all_is_quiet_and_they_are_old() -> None:
    asked: list[float] = []
    clock = Clock()
    first, second, third = object(), object(), object()
    store = SimpleNamespace(current=snapshot(first), model_version="one")
    loaded = SimpleNamespace(snapshot=snapshot(first), artefact=SimpleNamespace(version="one"))
    drift = Drift(cast(Any, loaded), cast(Any, store), lambda: asked.append(clock.now), clock)
    clock.now = RENEWING_SECONDS - 60
    store.current = snapshot(second)
    await drift.look()
    await drift.look()
    assert not asked  # too young
    clock.now += 60
    store.current = snapshot(third)
    await drift.look()
    assert not asked  # it still changes
    await drift.look()
    assert asked == [RENEWING_SECONDS]
    store.current, asked[:] = snapshot(first), []
    await drift.look()
    await drift.look()
    assert not asked  # shared
    store.model_version = "two"
    await drift.look()
    await drift.look()
    assert asked


async def test_turns_are_divided() -> None:
    settings = read_settings({"TASTEGRAPH_AT_ONCE": "3,10"})
    assert await free(ALONE.turns(settings)) == 3
    assert await free(Sharing(workers=2).turns(settings)) == 2
    assert await free(Sharing(workers=8).turns(settings)) == 1


async def free(turns: Turns) -> int:
    count = 0
    while await turns.take():
        count += 1
    return count
