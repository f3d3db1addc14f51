"""From the training graph to the GraphSAGE's vectors."""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from embeddings.data.dataset import ATTRIBUTE_TYPES, OPINION_TYPES, FloatArray, TrainingGraph
from embeddings.data.matrices import opinion_matrices
from embeddings.data.positives import Pairs, positives
from embeddings.serving.blocks import Block, unit
from embeddings.training.content.model import attributes_of_drinks, relatives
from embeddings.training.factors.spectral import rarest
from embeddings.training.graphsage.fit import (
    SHRINKAGE,
    GraphTask,
    States,
    Vectors,
    Watch,
    learn,
    unwatched,
)
from embeddings.training.graphsage.model import SOURCE_EXPONENT, TEMPERATURE
from embeddings.training.part import Part
from embeddings.training.workers.checkpoints import Checkpoint, digest
from embeddings.training.workers.worker_group import WorkerGroup

# what drinks' own vectors begin with: long ones turn slowly
_LENGTH = 8.0


def fit_graph(
    graph: TrainingGraph,
    directions: FloatArray,
    recency: float,
    rounds: int,
    seed: int,
    watch: Watch = unwatched,
    workers: WorkerGroup | None = None,
    checkpoints: Checkpoint | None = None,
) -> Part:
    """Fit to all choices in the graph, beginning at directions of length 1 [drinks, width].

    Raises TrainingFailed if the loss is not a finite number.
    """
    workers, checkpoints = workers or WorkerGroup(), checkpoints or Checkpoint()
    task = _task(graph, _LENGTH * directions, recency, rounds, seed)
    inputs = task.pairs.user, task.pairs.drink, task.pairs.last_at, task.initial
    step = f"graphsage-{digest(*inputs, recency, rounds, seed)}"
    states = checkpoints.get(step)
    if states is not None:
        task = replace(task, at=int(states["at"]), states=states)

    def keep(at: int, states: Callable[[], States]) -> None:
        checkpoints.put(step, {**states(), "at": np.array(at)})

    return _part(graph, workers.do(learn, _shares(task, workers.size), watch, keep))


def _task(
    graph: TrainingGraph, initial: FloatArray, recency: float, rounds: int, seed: int
) -> GraphTask:
    pairs = positives(graph)
    return GraphTask(
        pairs=pairs,
        people=len(graph.users),
        popularity=_popularity(graph),
        between=relatives(graph),
        into_drinks=attributes_of_drinks(graph),
        likes=opinion_matrices(graph),
        nodes={name: len(graph.ids(name)) for name in ATTRIBUTE_TYPES},
        pairs_of_all=len(pairs),
        timed=bool((pairs.last_at >= 0).all()),
        recency=recency,
        initial=initial.astype(np.float32),
        rounds=rounds,
        seed=seed,
    )


def _popularity(graph: TrainingGraph) -> FloatArray:
    """Return how many people had each drink [drinks]."""
    counts = np.bincount(positives(graph).drink, minlength=len(graph.drinks))
    return counts.astype(np.float32)


def _shares(task: GraphTask, count: int) -> list[GraphTask]:
    """Cut a task into `count` runs of people with about equally many pairs."""
    ends = np.searchsorted(task.pairs.user, np.arange(task.people), side="right")
    wanted = np.linspace(0, len(task.pairs), count + 1)
    bounds = [0, *np.searchsorted(ends, wanted[1:-1]).tolist(), task.people]
    return [_share(task, start, end) for start, end in itertools.pairwise(bounds)]


def _share(task: GraphTask, start: int, end: int) -> GraphTask:
    mine = task.pairs.take((task.pairs.user >= start) & (task.pairs.user < end))
    return replace(
        task,
        pairs=Pairs(mine.user - start, mine.drink, mine.weight, mine.first_at, mine.last_at),
        people=end - start,
        likes={name: said[start:end] for name, said in task.likes.items()},
    )


def _part(graph: TrainingGraph, found: Vectors) -> Part:
    """Return the vectors, and as one number more the biases, which count alike for everybody."""
    popularity = _popularity(graph)
    shrink = (np.maximum(popularity, 1.0) ** -SOURCE_EXPONENT).astype(np.float32)[:, None]
    width = found.default.size
    directions = unit(found.drinks)
    states = {
        name: found.states.get(name, np.zeros((len(graph.ids(name)), width), np.float32))
        for name in ATTRIBUTE_TYPES
    }
    return Part(
        blocks=(
            Block("graph", width, cold_length=1 / TEMPERATURE, shrinkage=SHRINKAGE),
            Block("bias", 1, cold_length=0.0),
        ),
        sources=_with(found.drinks * shrink),
        targets=_with(directions / np.float32(TEMPERATURE), _from_new(found.bias, popularity)),
        directions=_with(directions),
        default=np.append(found.default, np.float32(1)),
        states={name: _with(state) for name, state in states.items()},
        maps={name: _map(found, name) for name in ATTRIBUTE_TYPES},
        opinions={name: _map(found, name) for name in OPINION_TYPES},
    )


def _with(rows: FloatArray, last: FloatArray | None = None) -> FloatArray:
    """Return the rows with one number more, 0 unless given."""
    column = np.zeros(len(rows), dtype=np.float32) if last is None else last
    return np.column_stack([rows, column])


def _map(found: Vectors, name: str) -> FloatArray:
    width = found.default.size
    whole = np.zeros((width + 1, width + 1), dtype=np.float32)
    if name in found.maps:
        whole[:width, :width] = found.maps[name]
    return whole


def _from_new(bias: FloatArray, popularity: FloatArray) -> FloatArray:
    """Return the biases less that of a drink which nobody had: as those that fewest people had."""
    few = rarest(popularity)
    new = bias[few].mean() if few.size else np.float32(0)
    return np.where(popularity > 0, bias - new, 0.0).astype(np.float32)
