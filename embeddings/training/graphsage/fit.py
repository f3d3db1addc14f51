"""Fitting the GraphSAGE: one worker's share of the people, or everybody's together.

Each worker has the histories of some people, and all drinks and attributes. A step takes a batch of
choices; drinks beside them are drawn from the seed, for they are too many for a softmax.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from embeddings.data.dataset import ATTRIBUTE_TYPES, FloatArray
from embeddings.data.positives import Pairs
from embeddings.data.recency import fewness
from embeddings.training.content.fit import TrainingFailed
from embeddings.training.content.model import Adjacency, AttributeModel, EdgeType
from embeddings.training.graphsage.histories import Histories
from embeddings.training.graphsage.model import Batch, GraphSage, over_people
from embeddings.training.workers.optimizer_state import arrays_of, numbers, restore
from embeddings.training.workers.worker_group import WorkerGroup

# at the first step; it falls to nothing in equal steps
LEARNING_RATE = 0.02
DROPPED_NEIGHBOURS = 0.2
# drinks that are known by their attributes only, in a step
DROPPED_DRINKS = 0.2
CANDIDATES = 1000
SHRINKAGE = 10.0
_BATCHES_PER_ROUND = 40
_SMALLEST_BATCH, _LARGEST_BATCH = 128, 4096
_MOST_STEPS_PER_ROUND = 70
# neighbours that the hop over people takes at most, drawn anew every round
_MOST_EDGES = 200_000

# hops from an attribute to the ingredients that drinks hear from: a parent and a flavor
_HOPS = 2

Matrices = Mapping[EdgeType, sparse.csr_array]
States = Mapping[str, np.ndarray]
# Called with the round, of at most how many, and the mean loss.
Watch = Callable[[int, int, float], None]
# Called with the round that is done and what returns all that the next depends on.
Keep = Callable[[int, Callable[[], States]], None]


@dataclass(frozen=True)
class GraphTask:
    """What one worker fits: the choices of its people.

    `pairs` are those of its people, numbered from 0, `people` how many these are. `popularity`
    [drinks] counts everybody's. `between` are means over neighbours of attributes, `into_drinks`
    those over the attributes of all drinks, `likes` [people, nodes] what its people said, `nodes`
    how many there are of a type. `pairs_of_all` counts everybody's pairs; `timed` says whether all
    of these have a time. Drinks' own vectors begin at `initial` [drinks, width]. `at` and `states`
    tell where an unfinished fit stood.
    """

    pairs: Pairs
    people: int
    popularity: FloatArray
    between: Matrices
    into_drinks: Matrices
    likes: Mapping[str, sparse.csr_array]
    nodes: Mapping[str, int]
    pairs_of_all: int
    timed: bool
    recency: float
    initial: FloatArray
    rounds: int
    seed: int
    at: int = 0
    states: States | None = None


@dataclass(frozen=True)
class Vectors:
    """What was learned: `drinks` [drinks, width], their `bias` [drinks], `default` [width].

    `states` [nodes, width] and `maps` [width, width] go by attribute type.
    """

    drinks: FloatArray
    bias: FloatArray
    default: FloatArray
    states: dict[str, FloatArray]
    maps: dict[str, FloatArray]


def unwatched(round_: int, rounds: int, loss: float) -> None:
    """Look at nothing."""


def unkept(round_: int, states: Callable[[], States]) -> None:
    """Keep nothing."""


def learn(
    workers: WorkerGroup,
    task: GraphTask,
    watch: Watch = unwatched,
    keep: Keep = unkept,
) -> Vectors:
    """Take all rounds; raises TrainingFailed if the loss is not finite."""
    fit = _Fit(workers, task)
    for round_ in range(task.at + 1, task.rounds + 1):
        watch(round_, task.rounds, fit.round(round_))
        keep(round_, fit.kept)
    return fit.vectors()


class _Fit:
    """The model, its optimizer, and this worker's people."""

    def __init__(self, workers: WorkerGroup, task: GraphTask) -> None:
        torch.manual_seed(task.seed)
        self.workers, self.task = workers, task
        self.histories = Histories(task.pairs, task.popularity.size, task.recency, task.timed)
        self.model = _model(task, workers.device).to(workers.device)
        self.shared = workers.share(self.model)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)
        self.unknown = torch.from_numpy(task.popularity == 0).to(workers.device)[:, None]
        self.had_drinks = np.flatnonzero(task.popularity > 0)
        if task.states is not None:
            restore(self.model, self.optimizer, task.states)

    def round(self, number: int) -> float:
        """Take the steps of a round and return the mean loss."""
        random = np.random.default_rng([self.task.seed, self.workers.rank, number])
        people = self._drawn_people(random)
        first = (number - 1) * self._steps
        losses = [self._step(random, people, first + step) for step in range(self._steps)]
        mean = torch.tensor(float(np.mean(losses)) / self.workers.size)
        value = float(self.workers.add(mean).item())
        if not math.isfinite(value):
            raise TrainingFailed(f"loss is {value}")
        return value

    @torch.no_grad()
    def vectors(self) -> Vectors:
        """Return what is learned so far."""
        model, attributes = self.model, self.model.attributes
        drinks = model.described((~self.unknown).float())
        people = self._over_people(self.task.pairs, 1.0)
        drinks = drinks + self.workers.add(over_people(people, drinks))
        states = {} if attributes is None else attributes.attribute_states()
        maps = {} if attributes is None else {n: attributes.attribute_map(n) for n in states}
        return Vectors(
            numbers(drinks),
            numbers(model.bias),
            numbers(model.default),
            {name: numbers(state) for name, state in states.items()},
            {name: numbers(one) for name, one in maps.items()},
        )

    def kept(self) -> dict[str, np.ndarray]:
        """Return all that the next round depends on."""
        return arrays_of(self.model, self.optimizer)

    @cached_property
    def _steps(self) -> int:
        """The steps of a round, the same for all workers."""
        everybody = self._batch * self.workers.size
        return max(1, min(self.task.pairs_of_all // everybody, _MOST_STEPS_PER_ROUND))

    @cached_property
    def _batch(self) -> int:
        """The choices of a step, for each worker."""
        wanted = self.task.pairs_of_all // _BATCHES_PER_ROUND
        return min(max(wanted, _SMALLEST_BATCH), _LARGEST_BATCH) // self.workers.size

    def _step(self, random: np.random.Generator, people: Adjacency, number: int) -> float:
        batch = self._drawn(random)
        left = 1.0 - number / (self.task.rounds * self._steps)
        for group in self.optimizer.param_groups:
            group["lr"] = LEARNING_RATE * left
        self.optimizer.zero_grad()
        loss: Tensor = self.shared(batch, people)
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        return float(loss.detach().item())

    def _drawn(self, random: np.random.Generator) -> Batch:
        where, histories = self.workers.device, self.histories
        chosen = histories.drawn(random, self._batch)
        shares, had = histories.before(chosen, random, DROPPED_NEIGHBOURS)
        drinks, had_drinks = self.task.popularity.size, self.had_drinks
        # a drink that nobody had is not one that nobody wants
        candidates = random.choice(had_drinks, min(CANDIDATES, had_drinks.size), replace=False)
        described = DROPPED_DRINKS if self.task.into_drinks else 0.0
        known = (random.random((drinks, 1)) >= described).astype(np.float32)
        prior = 1.0 + SHRINKAGE * fewness(had)
        return Batch(
            torch.from_numpy(histories.drink[chosen]).to(where),
            torch.from_numpy(candidates).to(where),
            Adjacency(shares, where),
            torch.from_numpy(known).to(where).masked_fill(self.unknown, 0.0),
            torch.from_numpy(prior[:, None].astype(np.float32)).to(where),
            {
                name: Adjacency(sparse.csr_array(said[histories.user[chosen]]), where)
                for name, said in self.task.likes.items()
            },
        )

    def _drawn_people(self, random: np.random.Generator) -> Adjacency:
        """Return the hop over as many of this worker's people as have `_MOST_EDGES` drinks."""
        pairs = self.task.pairs
        share = min(1.0, _MOST_EDGES / max(len(pairs), 1))
        some = pairs.take((random.random(self.task.people) < share)[pairs.user])
        return self._over_people(some, self.task.pairs_of_all / max(len(some), 1))

    def _over_people(self, pairs: Pairs, gain: float) -> Adjacency:
        """Return [people, drinks] of those who had any, scaled by the roots of both degrees.

        Both ways, that is times `gain`.
        """
        had = np.bincount(pairs.user, minlength=self.task.people)[pairs.user]
        degrees = np.maximum(had * self.task.popularity[pairs.drink], 1.0)
        scale = np.sqrt(gain / degrees).astype(np.float32)
        people, row = np.unique(pairs.user, return_inverse=True)
        shape = people.size, self.task.popularity.size
        matrix = sparse.csr_array((scale, (row, pairs.drink)), shape=shape)
        return Adjacency(matrix, self.workers.device)


def _model(task: GraphTask, where: torch.device) -> GraphSage:
    into = {edge: Adjacency(one, where) for edge, one in task.into_drinks.items()}
    attributes, width = None, task.initial.shape[1]
    if into:
        between = {edge: Adjacency(one, where) for edge, one in task.between.items()}
        heard = _heard(task)
        initial = {
            name: 0.1 * torch.randn(task.nodes[name], width) * heard[name][:, None]
            for name in ATTRIBUTE_TYPES
        }
        attributes = AttributeModel(between, list(into), initial)
    popularity, initial = torch.from_numpy(task.popularity), torch.from_numpy(task.initial)
    return GraphSage(popularity, initial, attributes, into)


def _heard(task: GraphTask) -> dict[str, Tensor]:
    """Return, by type, 1 for attributes that a drink which somebody had hears from, else 0.

    Nothing would be learned about the others: at random numbers they would be like anything.
    """
    popularity = (task.popularity > 0).astype(np.float32)
    heard = {name: np.zeros(count, dtype=np.float32) for name, count in task.nodes.items()}
    for (name, _, _), matrix in task.into_drinks.items():
        heard[name] += matrix.T @ popularity
    for _ in range(_HOPS):
        for (source, _, target), matrix in task.between.items():
            heard[source] = heard[source] + matrix.T @ np.sign(heard[target])
    return {name: torch.from_numpy(np.sign(one).astype(np.float32)) for name, one in heard.items()}
