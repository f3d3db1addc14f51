"""Where a drink would be, told from its attributes: the GraphSAGE fitted to the drinks people had.

The squared error to a drink's own vector is made small. A tenth of the drinks is set aside to find
out when to stop.
"""

# torch ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from embeddings.dataset import ATTRIBUTE_TYPES, BoolArray, FloatArray, TrainingGraph
from embeddings.matrices import mean_matrix
from embeddings.model import AttributeModel, hetero_data

_EXPERIENCE = 5.0
_SET_ASIDE = 0.1
_LEARNING_RATE = 0.01
_WEIGHT_DECAY = 1e-3
_LOOK_EVERY = 5
_PATIENCE = 3

# Called with the step, of at most how many, and the loss.
Watch = Callable[[int, int, float], None]


class TrainingFailed(Exception):
    """The loss was not a finite number, or there was nothing to learn from."""


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
) -> Content:
    """Fit to `wanted` [drinks, width]; a drink counts the more `people_of` [drinks] had it.

    Raises TrainingFailed if the loss is not a finite number.
    """
    described = np.zeros(len(graph.drinks), dtype=np.bool_)
    for name in ATTRIBUTE_TYPES:
        described[graph.attributes(name)[0]] = True
    weight = np.where(described, people_of / (people_of + _EXPERIENCE), 0.0).astype(np.float32)
    if steps < 1 or not weight.any():
        return no_content(graph, wanted.shape[1])
    aside = np.random.default_rng(seed).random(weight.size) < _SET_ASIDE
    best = _steps(graph, wanted, weight, aside, steps, watch)
    model = _start(graph, wanted, weight)
    _descend(model, wanted, weight, best, watch)
    return _content(model)


def _steps(
    graph: TrainingGraph,
    wanted: FloatArray,
    weight: FloatArray,
    aside: BoolArray,
    most: int,
    watch: Watch,
) -> int:
    """Return the number of steps after which the drinks set aside are predicted best."""
    if not weight[aside].any() or not weight[~aside].any():
        return most // 4
    kept = np.where(aside, np.float32(0), weight)
    model = _start(graph, wanted, kept)
    target, test = torch.from_numpy(wanted), torch.from_numpy(np.where(aside, weight, 0.0))
    errors = [_error(model, target, test)]
    optimizer = _optimizer(model)
    for start in range(0, most, _LOOK_EVERY):
        _descend(model, wanted, kept, _LOOK_EVERY, watch, optimizer, start, most)
        errors.append(_error(model, target, test))
        if len(errors) - 1 - int(np.argmin(errors)) >= _PATIENCE:
            break
    return int(np.argmin(errors)) * _LOOK_EVERY


def _start(graph: TrainingGraph, wanted: FloatArray, weight: FloatArray) -> AttributeModel:
    """Begin every attribute at the weighted mean of its drinks, drawn towards nothing."""
    initial: dict[str, Tensor] = {}
    for name in ATTRIBUTE_TYPES:
        edges = graph.attributes(name)[::-1]
        drinks_of = mean_matrix(edges, len(graph.ids(name)), len(graph.drinks))
        drinks_of.data[:] = weight[drinks_of.indices]
        total = np.asarray(drinks_of.sum(axis=1)).reshape(-1, 1)
        initial[name] = torch.from_numpy((drinks_of @ wanted / (total + 1.0)).astype(np.float32))
    return AttributeModel(hetero_data(graph), wanted.shape[1], initial)


def _optimizer(model: AttributeModel) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)


def _descend(
    model: AttributeModel,
    wanted: FloatArray,
    weight: FloatArray,
    steps: int,
    watch: Watch,
    optimizer: torch.optim.Optimizer | None = None,
    done: int = 0,
    most: int = 0,
) -> None:
    optimizer = optimizer or _optimizer(model)
    target, weights = torch.from_numpy(wanted), torch.from_numpy(weight)
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        loss = _loss(model, target, weights)
        value = float(loss.item())
        if not math.isfinite(value):
            raise TrainingFailed(f"loss is {value}")
        watch(done + step, most or steps, value)
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        optimizer.step()  # pyright: ignore[reportUnknownMemberType]


def _loss(model: AttributeModel, target: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted mean squared distance, relative to that of predicting nothing."""
    missed = (model.drinks(model.attribute_states()) - target).square().sum(1)
    return (missed * weights).sum() / (target.square().sum(1) * weights).sum().clamp_min(1e-12)


@torch.no_grad()
def _error(model: AttributeModel, target: Tensor, weights: Tensor) -> float:
    return float(_loss(model, target, weights).item())


@torch.no_grad()
def _content(model: AttributeModel) -> Content:
    states = model.attribute_states()
    return Content(
        {name: state.numpy().copy() for name, state in states.items()},
        {name: model.attribute_map(name).detach().numpy().copy() for name in ATTRIBUTE_TYPES},
        model.drinks(states).numpy().copy(),
    )
