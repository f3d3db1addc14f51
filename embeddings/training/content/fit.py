"""Fitting the attribute model by gradient steps: one worker's fit_task, or everybody's together.

Each worker has some of the drinks, and all of the attributes. A step takes all of a worker's
drinks, or a batch of them drawn from the seed where there are many, so memory is bounded.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from embeddings.data.dataset import ATTRIBUTE_TYPES, FloatArray, IntArray
from embeddings.training.content.model import Adjacency, AttributeModel, EdgeType
from embeddings.training.workers.optimizer_state import arrays_of, numbers, restore
from embeddings.training.workers.worker_group import WorkerGroup

LOOK_EVERY = 5
_PATIENCE = 3
_LEARNING_RATE = 0.01
_WEIGHT_DECAY = 1e-3
# Drinks that all workers together take in one step.
_BATCH = 1 << 17

Matrices = Mapping[EdgeType, sparse.csr_array]
States = Mapping[str, FloatArray]
# Called with the step, of at most how many, and the loss.
Watch = Callable[[int, int, float], None]
# Called with the step that is done and what returns all that the next depends on.
Keep = Callable[[int, Callable[[], States]], None]


class TrainingFailed(Exception):
    """The loss was not a finite number, or there was nothing to learn from."""


@dataclass(frozen=True)
class FitTask:
    """What one worker fits: `wanted` [its drinks, width], each as much as `weight` says.

    `between` are the means over neighbours of attributes, `into_drinks` those over the attributes
    of its drinks, `initial` the attributes' states by type. `aside` has the weights of drinks that
    are predicted only. `energy` is the weighted square length of all workers' wanted rows, then
    of those set aside. `at` and `states` tell where an unfinished fit_task stood.
    """

    between: Matrices
    into_drinks: Matrices
    initial: States
    wanted: FloatArray
    weight: FloatArray
    aside: FloatArray
    energy: tuple[float, float]
    steps: int
    seed: int
    at: int = 0
    states: States | None = None


@dataclass(frozen=True)
class Fitted:
    """States [nodes, width] and maps [width, width] by attribute type."""

    states: dict[str, FloatArray]
    maps: dict[str, FloatArray]


def unwatched(step: int, steps: int, loss: float) -> None:
    """Look at nothing."""


def unkept(step: int, states: Callable[[], States]) -> None:
    """Keep nothing."""


def best_steps(
    workers: WorkerGroup, fit_task: FitTask, watch: Watch = unwatched, keep: Keep = unkept
) -> int:
    """Return the number of steps after which the drinks set aside are predicted best.

    Raises TrainingFailed if the loss is not a finite number.
    """
    fit = _Fit(workers, fit_task)
    for step in range(fit_task.at + 1, fit_task.steps + 1):
        if fit.settled():
            break
        watch(step, fit_task.steps, fit.step(step))
        if step % LOOK_EVERY == 0:
            fit.look()
            keep(step, fit.kept)
    return int(np.argmin(fit.errors)) * LOOK_EVERY


def learn(
    workers: WorkerGroup, fit_task: FitTask, watch: Watch = unwatched, keep: Keep = unkept
) -> Fitted:
    """Take all steps; raises TrainingFailed if the loss is not a finite number."""
    fit = _Fit(workers, fit_task)
    for step in range(fit_task.at + 1, fit_task.steps + 1):
        watch(step, fit_task.steps, fit.step(step))
        keep(step, fit.kept)
    return fit.fitted()


Part = tuple[dict[EdgeType, Adjacency], Tensor, Tensor]


class _Fit:
    """The model, its optimizer, and the errors at every look, the first before any step."""

    def __init__(self, workers: WorkerGroup, fit_task: FitTask) -> None:
        self.workers, self.fit_task = workers, fit_task
        between = {edge: Adjacency(one, workers.device) for edge, one in fit_task.between.items()}
        initial = {name: torch.tensor(state) for name, state in fit_task.initial.items()}
        self.model = AttributeModel(between, list(fit_task.into_drinks), initial).to(workers.device)
        self.shared = workers.share(self.model)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY
        )
        self.trained_rows = np.flatnonzero(fit_task.weight)
        self.batch = min(self.trained_rows.size, _BATCH // workers.size)
        self.all = self._part(self.trained_rows, fit_task.weight) if self._at_once() else None
        self.aside = self._part(np.flatnonzero(fit_task.aside), fit_task.aside)
        self.errors: list[float] = []
        if fit_task.states is None:
            self.look()
        else:
            self.errors = fit_task.states["errors"].tolist()
            restore(self.model, self.optimizer, fit_task.states)

    def step(self, number: int) -> float:
        """Take a step and return the loss of all workers before it."""
        part = self.all or self._drawn(number)
        self.optimizer.zero_grad()
        share = self.trained_rows.size / max(self.batch, 1)
        loss = self._missed(self.shared, part) * (share / self.fit_task.energy[0])
        value = float(self.workers.add(loss.detach().clone()).item())
        if not math.isfinite(value):
            raise TrainingFailed(f"loss is {value}")
        # the workers' gradients are averaged, and the loss is a sum
        (loss * self.workers.size).backward()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        return value

    @torch.no_grad()
    def look(self) -> None:
        """Add the error on all workers' drinks that are set aside."""
        missed = self.workers.add(self._missed(self.model, self.aside))
        self.errors.append(float(missed.item()) / self.fit_task.energy[1])

    def settled(self) -> bool:
        """Return whether the last looks found nothing better."""
        return len(self.errors) - 1 - int(np.argmin(self.errors)) >= _PATIENCE

    @torch.no_grad()
    def fitted(self) -> Fitted:
        """Return the attributes' states and maps as they are now."""
        states = {name: numbers(state) for name, state in self.model.attribute_states().items()}
        maps = {name: numbers(self.model.attribute_map(name)) for name in ATTRIBUTE_TYPES}
        return Fitted(states, maps)

    def kept(self) -> dict[str, np.ndarray]:
        """Return all that the next step depends on."""
        return arrays_of(self.model, self.optimizer) | {"errors": np.array(self.errors)}

    def _at_once(self) -> bool:
        return self.batch == self.trained_rows.size

    def _drawn(self, number: int) -> Part:
        random = np.random.default_rng([self.fit_task.seed, self.workers.rank, number])
        rows = np.sort(random.choice(self.trained_rows, self.batch, replace=False))
        return self._part(rows, self.fit_task.weight)

    def _part(self, rows: IntArray, weight: FloatArray) -> Part:
        """Return edges, wanted vectors and weights of some of the drinks."""
        where = self.workers.device
        edges = {
            edge: Adjacency(sparse.csr_array(matrix[rows]), where)
            for edge, matrix in self.fit_task.into_drinks.items()
        }
        wanted = torch.from_numpy(self.fit_task.wanted[rows]).to(where)
        return edges, wanted, torch.from_numpy(weight[rows]).to(where)

    def _missed(self, model: nn.Module, part: Part) -> Tensor:
        edges, wanted, weight = part
        return ((model(edges) - wanted).square().sum(1) * weight).sum()
