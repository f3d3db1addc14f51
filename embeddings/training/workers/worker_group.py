"""Who trains: this process alone, or several that share the work.

The first worker leads: it has the data, cuts a task into parts, and all do the task together, each
on its own part. The others wait for tasks. What travels between them is pickled, neither encrypted
nor signed: the network between workers must be one that only they can reach.
"""

# torch ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.distributed import PrefixStore, TCPStore  # pyright: ignore[reportPrivateImportUsage]
from torch.nn.parallel import DistributedDataParallel

from graph.errors import TastegraphError

Part = TypeVar("Part")
Result = TypeVar("Result")
Local = ParamSpec("Local")

# workers have nothing to do while the first one reads the graph or measures
_LONGEST_WAIT = timedelta(hours=12)


class WorkerLost(TastegraphError):
    """Another worker ended before the work was done."""


@dataclass(frozen=True)
class Rendezvous:
    """One worker among `count`; `host` and `port` are where all of them meet.

    `on_machine` is its number among the workers of its machine, `attempt` how often the group was
    started before. The one that `is_host` opens the port itself.
    """

    rank: int
    count: int
    host: str
    port: int
    on_machine: int = 0
    attempt: int = 0
    is_host: bool = False


def device(on_machine: int = 0) -> torch.device:
    """Return where the numbers are worked on: a GPU of this machine if it has one."""
    if torch.cuda.is_available():
        return torch.device("cuda", on_machine % torch.cuda.device_count())
    return torch.device("cpu")


class WorkerGroup:
    """This process alone."""

    def __init__(self, rank: int = 0, size: int = 1, on_machine: int = 0) -> None:
        """Take the number of this worker, and of how many."""
        self.rank, self.size = rank, size
        self.device = device(on_machine)

    def do(
        self,
        task: Callable[Concatenate[WorkerGroup, Part, Local], Result],
        parts: Sequence[Part],
        *local: Local.args,
        **named: Local.kwargs,
    ) -> Result:
        """Do a task on `size` parts and return the first worker's result.

        `task` is a function of a module; `local` and `named` are for the first worker only.
        """
        (part,) = parts
        return task(self, part, *local, **named)

    def add(self, tensor: Tensor) -> Tensor:
        """Sum over workers, in place; every worker must call it, in the same order."""
        return tensor

    def share(self, model: nn.Module) -> nn.Module:
        """Return the model such that all workers' gradients are their mean."""
        return model

    def shutdown(self) -> None:
        """Let the other workers end."""


class ProcessGroup(WorkerGroup):
    """One of several processes."""

    def __init__(self, place: Rendezvous) -> None:
        """Meet the others; raises WorkerLost if they do not come."""
        super().__init__(place.rank, place.count, place.on_machine)
        try:
            store = TCPStore(
                place.host, place.port, place.count, place.is_host, wait_for_workers=False
            )
            store = PrefixStore(f"tastegraph-{place.attempt}", store)
            distributed.init_process_group(
                "gloo", store=store, rank=place.rank, world_size=place.count, timeout=_LONGEST_WAIT
            )
        except RuntimeError as error:
            raise _lost(place.rank, error) from error

    def do(
        self,
        task: Callable[Concatenate[WorkerGroup, Part, Local], Result],
        parts: Sequence[Part],
        *local: Local.args,
        **named: Local.kwargs,
    ) -> Result:
        """Hand out the parts, then do the first one here; raises WorkerLost."""
        try:
            distributed.scatter_object_list([None], [(task, part) for part in parts], src=0)
            return task(self, parts[0], *local, **named)
        except RuntimeError as error:
            raise _lost(self.rank, error) from error

    def serve(self) -> None:
        """Do the first worker's tasks until it shuts down; raises WorkerLost."""
        try:
            while (order := self._next()) is not None:
                task, part = order
                task(self, part)
        except RuntimeError as error:
            raise _lost(self.rank, error) from error
        distributed.destroy_process_group()

    def add(self, tensor: Tensor) -> Tensor:
        """Sum over workers, in place; every worker must call it, in the same order."""
        distributed.all_reduce(tensor)
        return tensor

    def share(self, model: nn.Module) -> nn.Module:
        """Return the model such that all workers' gradients are their mean."""
        # an attribute type that no drink has leaves its parameters without gradients
        return DistributedDataParallel(model, find_unused_parameters=True)

    def shutdown(self) -> None:
        """Let the other workers end; for the first worker, after its last task."""
        distributed.scatter_object_list([None], [None] * self.size, src=0)
        distributed.destroy_process_group()

    def _next(self) -> tuple[Callable[[WorkerGroup, Any], object], Any] | None:
        received: list[Any] = [None]
        distributed.scatter_object_list(received, None, src=0)
        return received[0]


def _lost(rank: int, error: RuntimeError) -> WorkerLost:
    said = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
    return WorkerLost(
        f"Worker {rank} lost another worker, or could not go on: {said}",
        "Start all of them again: training goes on where it was.",
    )
