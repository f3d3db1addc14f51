"""Train a model: seeded, deterministic on one machine, stopped early by held-out NDCG@20."""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import embedding

from embeddings.artefact import ModelArtefact
from embeddings.dataset import (
    ATTRIBUTE_TYPES,
    OPINION_TYPES,
    FloatArray,
    IntArray,
    TrainingGraph,
)
from embeddings.evaluation import evaluate
from embeddings.examples import (
    Example,
    history_matrix,
    opinion_matrices,
    take_people,
    without_wanted,
)
from embeddings.losses import sampled_softmax_loss, sampling_chances, softmax_loss
from embeddings.model import Bag, TasteModel, ThroughPeople, hetero_data
from embeddings.positives import positives
from embeddings.registry import version_name
from embeddings.spectral import initial_drinks
from embeddings.splitting import seen, split

LARGE_CATALOGUE = 32_768
_STEPS_BETWEEN_LOOKS = 40


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. The defaults are meant for a few hundred people up to a million events.

    `hidden` None: 128, or 64 above `LARGE_CATALOGUE` drinks, where reading the vectors is what a
    request waits for. `temperature` divides the cosine, `recency` is explained in
    `embeddings.taste`, `dropout` is the share of a person's drinks that is hidden.
    `epochs` None: as many as validation finds best, at most `most_epochs`. Above
    `full_softmax_drinks` drinks the softmax is estimated from about `sampled_drinks`.
    """

    seed: int = 0
    hidden: int | None = None
    epochs: int | None = None
    most_epochs: int = 60
    patience: int = 3
    evaluate_every: int = 4
    learning_rate: float = 0.005
    temperature: float = 0.2
    dropout: float = 0.5
    id_dropout: float = 0.1
    weight_decay: float = 0.0
    recency: float = 0.5
    batch_people: int = 2048
    full_softmax_drinks: int = 32_768
    sampled_drinks: int = 4_096
    validation_people: int = 5_000
    threads: int | None = None

    def width(self, drinks: int) -> int:
        """Return the number of hidden dimensions for a catalogue of this many drinks."""
        return self.hidden or (128 if drinks <= LARGE_CATALOGUE else 64)


@dataclass(frozen=True)
class Progress:
    """Where training is: `stage`, the `epoch` of at most `epochs`, its loss, NDCG if measured."""

    stage: str
    epoch: int
    epochs: int
    loss: float
    ndcg: float | None = None


Report = Callable[[Progress], None]


class TrainingFailed(Exception):
    """The loss was not a positive finite number, or there was nothing to learn from."""


def ignore(progress: Progress) -> None:
    """Report nothing."""


def train(
    graph: TrainingGraph, config: TrainingConfig | None = None, report: Report = ignore
) -> ModelArtefact:
    """Choose the number of epochs on a part set aside, then train on the whole graph.

    Raises TrainingFailed if there are no positives or the loss is not a positive finite number.
    """
    config = choose(graph, config or TrainingConfig(), report)
    return fit(graph, config, report).artefact()


def choose(graph: TrainingGraph, config: TrainingConfig, report: Report = ignore) -> TrainingConfig:
    """Return the configuration with `epochs` filled in from held-out NDCG@20."""
    if config.epochs is not None:
        return config
    parts = split(graph, config.seed + 1)
    if not parts.holdout.nnz:
        return dataclasses.replace(config, epochs=max(1, config.most_epochs // 4))
    trainer = Trainer(parts.train, config)
    masked = seen(parts.train)
    every = max(1, min(config.evaluate_every, round(_STEPS_BETWEEN_LOOKS / trainer.steps)))
    best, best_epochs, waited = -1.0, every, 0
    for epoch in range(1, config.most_epochs + 1):
        loss = trainer.epoch()
        if epoch % every:
            report(Progress("choose", epoch, config.most_epochs, loss))
            continue
        metrics = evaluate(
            trainer.scorer(), masked, parts.holdout, most_users=config.validation_people
        )
        report(Progress("choose", epoch, config.most_epochs, loss, metrics.ndcg))
        waited += 1
        if metrics.ndcg > best:
            best, best_epochs, waited = metrics.ndcg, epoch, 0
        if waited >= config.patience:
            break
    return dataclasses.replace(config, epochs=best_epochs)


def fit(graph: TrainingGraph, config: TrainingConfig, report: Report = ignore) -> Trainer:
    """Train for `config.epochs` epochs on the whole graph."""
    trainer = Trainer(graph, config)
    for epoch in range(1, (config.epochs or config.most_epochs) + 1):
        report(Progress("fit", epoch, config.epochs or config.most_epochs, trainer.epoch()))
    return trainer


class Trainer:
    """A model with its data and optimiser."""

    def __init__(self, graph: TrainingGraph, config: TrainingConfig) -> None:
        """Seed every generator and build the model; raises TrainingFailed without positives."""
        if config.threads:
            torch.set_num_threads(config.threads)
        self.graph, self.config = graph, config
        self.random = np.random.default_rng(config.seed)
        torch.manual_seed(config.seed)
        self.pairs = positives(graph)
        if not len(self.pairs):
            raise TrainingFailed("no positive pairs: nothing to learn from")
        self.shape = len(graph.users), len(graph.drinks)
        width = config.width(len(graph.drinks))
        self.history = history_matrix(self.pairs, self.shape, config.recency)
        self.opinions = opinion_matrices(graph)
        self.through = ThroughPeople(self.history)
        self.chances = self._chances()
        initial = torch.from_numpy(
            initial_drinks(self.pairs.matrix(*self.shape), width, config.seed)
        )
        self.model = TasteModel(hetero_data(graph), width, initial)
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )

    def _chances(self) -> Tensor | None:
        """Return each drink's chance to be in the softmax, or None where all of them are."""
        if self.shape[1] <= self.config.full_softmax_drinks:
            return None
        people_of = np.bincount(self.pairs.drink, minlength=self.shape[1])
        return sampling_chances(torch.from_numpy(people_of), self.config.sampled_drinks)

    @property
    def steps(self) -> int:
        """The number of steps in one epoch."""
        return math.ceil(np.unique(self.pairs.user).size / self.config.batch_people)

    def epoch(self) -> float:
        """Go over all people once and return the mean loss."""
        self.model.train()
        losses = [self._step(batch) for batch in self._batches()]
        return float(np.mean(losses)) if losses else 0.0

    def _batches(self) -> Iterator[IntArray]:
        active = np.unique(self.pairs.user)
        order = self.random.permutation(active)
        size = self.config.batch_people
        for start in range(0, order.size, size):
            yield order[start : start + size]

    def _step(self, people: IntArray) -> float:
        example = self._example(people)
        self.optimizer.zero_grad()
        loss = self._loss(example)
        value = float(loss.item())
        if not (math.isfinite(value) and value > 0):
            raise TrainingFailed(f"loss is {value}")
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        return value

    def _example(self, people: IntArray) -> Example:
        """Hide a share of each person's drinks; all of them are to be found again."""
        pairs = take_people(self.pairs, people)
        shown = self.random.random(len(pairs)) >= self.config.dropout
        history = history_matrix(
            pairs.take(shown), (people.size, self.shape[1]), self.config.recency
        )
        opinions = {name: Bag.of(matrix[people]) for name, matrix in self.opinions.items()}
        return Example(pairs, Bag.of(history), opinions)

    def _loss(self, example: Example) -> Tensor:
        model, config = self.model, self.config
        known = (torch.rand(self.shape[1], 1) >= config.id_dropout).float()
        attributes = model.attribute_states()
        states = model.drinks(attributes, self.through, known)
        people = model.people(example.history, example.opinions, states.sources, attributes)
        rows = torch.from_numpy(example.pairs.user)
        weights = torch.from_numpy(example.pairs.weight)
        wanted = torch.from_numpy(example.pairs.drink)
        if self.chances is None:
            logits = (people @ states.targets.T + states.bias) / config.temperature
            return softmax_loss(logits, wanted, rows, weights)
        drawn = self._drawn(self.chances)
        sample = torch.from_numpy(drawn)
        # embedding() rather than indexing: its backward pass on a CPU is several times faster.
        pairwise = embedding(rows, people) * embedding(wanted, states.targets)
        own = pairwise.sum(1) + states.bias[wanted]
        others = people @ embedding(sample, states.targets).T + states.bias[sample]
        others = without_wanted(others / config.temperature, example.pairs, drawn)
        log_chance = self.chances[sample].log()
        return sampled_softmax_loss(own / config.temperature, others, log_chance, rows, weights)

    def _drawn(self, chances: Tensor) -> IntArray:
        """Draw each drink by its chance; at least one is drawn."""
        chance = self.random.random(self.shape[1]) / chances.numpy()
        return np.flatnonzero(chance < max(1.0, float(np.nextafter(chance.min(), np.inf))))

    @torch.no_grad()
    def scorer(self) -> Callable[[IntArray], FloatArray]:
        """Return a scorer of the people in the graph from their whole history."""
        self.model.eval()
        attributes = self.model.attribute_states()
        states = self.model.drinks(attributes, self.through, None)

        def score(people: IntArray) -> FloatArray:
            with torch.no_grad():
                vectors = self.model.people(
                    Bag.of(self.history[people]),
                    {name: Bag.of(matrix[people]) for name, matrix in self.opinions.items()},
                    states.sources,
                    attributes,
                )
                return (vectors @ states.targets.T + states.bias).numpy()

        return score

    @torch.no_grad()
    def artefact(self) -> ModelArtefact:
        """Return the model as arrays, without anything about people."""
        self.model.eval()
        fingerprint = self.graph.fingerprint()
        digest = hashlib.sha256(f"{fingerprint}:{self.config.seed}".encode()).hexdigest()
        return ModelArtefact(
            version=version_name(datetime.now(UTC), digest),
            fingerprint=fingerprint,
            ids={name: self.graph.ids(name) for name in ("drink", *ATTRIBUTE_TYPES)},
            arrays=self._arrays(),
            settings=self._settings(),
            metrics={},
        )

    def _settings(self) -> Mapping[str, Any]:
        return {"recency": self.config.recency, "cold_bias": 0.0} | {
            "training": dataclasses.asdict(self.config)
        }

    def _arrays(self) -> dict[str, FloatArray]:
        model = self.model
        attributes = model.attribute_states()
        states = model.drinks(attributes, self.through, None)
        vectors = torch.cat([states.targets, states.bias[:, None]], dim=1)
        tensors = {
            "drink_vectors": vectors,
            "drink_sources": states.sources,
            "pool": model.pool,
            "target": model.target,
            "default": model.default,
        }
        tensors |= {f"state.{name}": state for name, state in attributes.items()}
        tensors |= {f"opinion.{name}": model.opinions[name] for name in OPINION_TYPES}
        tensors |= {f"attribute.{name}": model.attribute_map(name) for name in ATTRIBUTE_TYPES}
        return {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}
