"""Training with several workers: what torchrun puts into the environment of each."""

from __future__ import annotations

from collections.abc import Mapping

from embeddings.training.workers.worker_group import ProcessGroup, Rendezvous, WorkerGroup
from graph.errors import TastegraphError


class PlaceInvalid(TastegraphError):
    """The environment names several workers, but not where they meet."""


def rendezvous(environment: Mapping[str, str]) -> Rendezvous | None:
    """Return this worker's place; None if it trains alone. Raises PlaceInvalid."""
    try:
        count = int(environment.get("WORLD_SIZE", "1"))
        if count < 2:
            return None
        rank = int(environment["RANK"])
        return Rendezvous(
            rank=rank,
            count=count,
            host=environment["MASTER_ADDR"],
            port=int(environment["MASTER_PORT"]),
            on_machine=int(environment.get("LOCAL_RANK", "0")),
            attempt=int(environment.get("TORCHELASTIC_RESTART_COUNT", "0")),
            is_host=rank == 0 and environment.get("TORCHELASTIC_USE_AGENT_STORE") != "True",
        )
    except (KeyError, ValueError) as error:
        raise PlaceInvalid(
            f"WORLD_SIZE names several workers, but the rest is missing or wrong: {error}.",
            "Start them with torchrun, or unset WORLD_SIZE.",
        ) from error


def workers_of(environment: Mapping[str, str]) -> WorkerGroup:
    """Return who trains: this process alone, or the group that it joins first."""
    group = rendezvous(environment)
    return ProcessGroup(group) if group else WorkerGroup()
