"""Where a drink would be, told from its attributes: the GraphSAGE fitted to the drinks people had.

The squared error to a drink's own vector is made small. A tenth of the drinks is set aside to find
out when to stop.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy import sparse

from embeddings.data.dataset import ATTRIBUTE_TYPES, BoolArray, FloatArray, TrainingGraph
from embeddings.training.content.fit import (
    LOOK_EVERY,
    FitTask,
    Fitted,
    Matrices,
    States,
    TrainingFailed,
    Watch,
    best_steps,
    learn,
)
from embeddings.training.content.model import attributes_of_drinks, relatives
from embeddings.training.workers.checkpoints import Checkpoint, digest
from embeddings.training.workers.worker_group import WorkerGroup

__all__ = ["Content", "TrainingFailed", "fit_content", "no_content"]

_EXPERIENCE = 5.0
_SET_ASIDE = 0.1
# How often an unfinished fit_task is kept.
_KEEP_EVERY = 2 * LOOK_EVERY

Result = TypeVar("Result")
Task = Callable[..., Result]


@dataclass(frozen=True)
class Content:
    """`states` [nodes, width] and `maps` [width, width] by attribute type.

    A row of `drinks` [drinks, width] is the sum over types of the mean state of its nodes times
    the type's map.
    """

    states: dict[str, FloatArray]
    maps: dict[str, FloatArray]
    drinks: FloatArray


def no_content(graph: TrainingGraph, width: int) -> Content:
    """Return zeros: a drink's attributes say nothing."""
    zeros = np.zeros((width, width), dtype=np.float32)
    return Content(
        {name: np.zeros((len(graph.ids(name)), width), np.float32) for name in ATTRIBUTE_TYPES},
        dict.fromkeys(ATTRIBUTE_TYPES, zeros),
        np.zeros((len(graph.drinks), width), dtype=np.float32),
    )


def fit_content(
    graph: TrainingGraph,
    wanted: FloatArray,
    people_of: FloatArray,
    steps: int,
    seed: int,
    watch: Watch,
    workers: WorkerGroup | None = None,
    checkpoints: Checkpoint | None = None,
) -> Content:
    """Fit to `wanted` [drinks, width]; a drink counts the more `people_of` [drinks] had it.

    Raises TrainingFailed if the loss is not a finite number.
    """
    into_drinks = attributes_of_drinks(graph)
    described = np.zeros(len(graph.drinks), dtype=np.bool_)
    for matrix in into_drinks.values():
        described |= np.diff(matrix.indptr) > 0
    weight = np.where(described, people_of / (people_of + _EXPERIENCE), 0.0).astype(np.float32)
    if steps < 1 or not weight.any():
        return no_content(graph, wanted.shape[1])
    aside = np.random.default_rng(seed).random(weight.size) < _SET_ASIDE
    trainer = _ContentTrainer(
        relatives(graph),
        into_drinks,
        wanted,
        seed,
        watch,
        workers or WorkerGroup(),
        checkpoints or Checkpoint(),
    )
    counts = {name: len(graph.ids(name)) for name in ATTRIBUTE_TYPES}
    best = trainer.best_steps(weight, aside, steps, counts)
    return trainer.content(trainer.fitted(weight, best, counts))


@dataclass(frozen=True)
class _ContentTrainer:
    """What every fit_task needs."""

    between: Matrices
    into_drinks: Matrices
    wanted: FloatArray
    seed: int
    watch: Watch
    workers: WorkerGroup
    checkpoints: Checkpoint

    def best_steps(
        self, weight: FloatArray, aside: BoolArray, most: int, counts: dict[str, int]
    ) -> int:
        """Return the number of steps after which the drinks set aside are predicted best."""
        if not weight[aside].any() or not weight[~aside].any():
            return most // 4
        zero = np.float32(0)
        kept, test = np.where(aside, zero, weight), np.where(aside, weight, zero)
        return self._fitted(best_steps, self._fit_task(kept, test, most, counts))

    def fitted(self, weight: FloatArray, steps: int, counts: dict[str, int]) -> Fitted:
        """Return what all drinks teach in so many steps."""
        return self._fitted(learn, self._fit_task(weight, np.zeros_like(weight), steps, counts))

    def content(self, fitted: Fitted) -> Content:
        """Return what was learned, and what it says about every drink."""
        drinks = np.zeros_like(self.wanted)
        for edge, matrix in self.into_drinks.items():
            drinks += matrix @ (fitted.states[edge[0]] @ fitted.maps[edge[0]])
        return Content(fitted.states, fitted.maps, drinks)

    def _fit_task(
        self, weight: FloatArray, aside: FloatArray, steps: int, counts: dict[str, int]
    ) -> FitTask:
        length = np.square(self.wanted).sum(axis=1)
        return FitTask(
            between=self.between,
            into_drinks=self.into_drinks,
            initial=self._initial(weight, counts),
            wanted=self.wanted,
            weight=weight,
            aside=aside,
            energy=(max(float(length @ weight), 1e-12), max(float(length @ aside), 1e-12)),
            steps=steps,
            seed=self.seed,
        )

    def _initial(self, weight: FloatArray, counts: dict[str, int]) -> States:
        """Begin every attribute at the weighted mean of its drinks, drawn towards nothing."""
        width = self.wanted.shape[1]
        initial = {name: np.zeros((count, width), np.float32) for name, count in counts.items()}
        for (name, _, _), matrix in self.into_drinks.items():
            drinks_of = sparse.csr_array(matrix.T)
            drinks_of.data = weight[drinks_of.indices]
            total = np.asarray(drinks_of.sum(axis=1)).reshape(-1, 1)
            initial[name] = (drinks_of @ self.wanted / (total + 1.0)).astype(np.float32)
        return initial

    def _fitted(self, task: Task[Result], fit_task: FitTask) -> Result:
        """Do a fit_task with all workers, from where an earlier run left it."""
        numbers = (fit_task.wanted, fit_task.weight, fit_task.steps, fit_task.seed)
        step = f"attributes-{digest(task.__name__, *numbers)}"
        states = self.checkpoints.get(step)
        if states is not None:
            fit_task = dataclasses.replace(fit_task, at=int(states["at"]), states=states)

        def keep(at: int, states: Callable[[], States]) -> None:
            if at % _KEEP_EVERY == 0 or at == fit_task.steps:
                self.checkpoints.put(step, {**states(), "at": np.array(at)})

        return self.workers.do(task, _shares(fit_task, self.workers.size), self.watch, keep)


def _shares(fit_task: FitTask, count: int) -> list[FitTask]:
    """Cut a fit_task into `count` runs of drinks."""
    bounds = np.linspace(0, fit_task.weight.size, count + 1).astype(np.int64)
    return [
        dataclasses.replace(
            fit_task,
            into_drinks={edge: one[start:end] for edge, one in fit_task.into_drinks.items()},
            wanted=fit_task.wanted[start:end],
            weight=fit_task.weight[start:end],
            aside=fit_task.aside[start:end],
        )
        for start, end in itertools.pairwise(bounds)
    ]
