"""The experiments of the graph that the settings name, for one command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from embeddings.registry.store import ModelStore
from learning.operations import Experiments
from service.cli.common import run, settings
from service.opening import open_graph

T = TypeVar("T")


def with_experiments(do: Callable[[Experiments, str], Awaitable[T]]) -> T:
    """Do something with the experiments, as this machine's operator; return what that returns."""

    async def work() -> T:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            experiments = Experiments(graph, ModelStore(chosen.models).load)
            return await do(experiments, chosen.operator)

    return run(work())
