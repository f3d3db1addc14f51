"""Train a model on a graph with given settings: seeded, deterministic on one machine."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from embeddings.data.dataset import (
    ATTRIBUTE_TYPES,
    OPINION_TYPES,
    FloatArray,
    IntArray,
    TrainingGraph,
)
from embeddings.data.matrices import history_matrix, opinion_matrices
from embeddings.data.positives import positives
from embeddings.data.recency import fewness
from embeddings.evaluation.metrics import Scorer
from embeddings.registry.store import version_name
from embeddings.serving.artefact import ItemTransitions, ModelArtefact
from embeddings.serving.blocks import Block, Blocks, unit
from embeddings.training.content.trainer import Content, TrainingFailed, fit_content, no_content
from embeddings.training.factors.spectral import RIDGE, DrinkFactors, Spectrum, rarest, spectrum
from embeddings.training.factors.svd import RandomizedSvd
from embeddings.training.factors.transitions import BY_COUNT, BY_DEGREE, item_transitions
from embeddings.training.graphsage.trainer import fit_graph
from embeddings.training.part import Part, no_part
from embeddings.training.runtime import TrainingRuntime
from graph.clock import utc_now

__all__ = ["Progress", "TrainingConfig", "TrainingFailed", "fit"]

WIDTHS = (256, 128, 64)
# a request reads every number of the drinks' vectors
MOST_NUMBERS = 6_400_000
# people whose scores are looked at to make those of two parts comparable
_SAMPLE = 128


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. The defaults are meant for a few hundred people up to millions of events.

    `hidden` None: the longest of `WIDTHS` with which the vectors have at most `MOST_NUMBERS`.
    `ridge` and `popularity_exponent` are explained in `factors.spectral`, `recency` and `half_life`
    in `embeddings.data.recency`. `prior_weight` is how much of the average person is in everybody;
    `shrinkage`, divided by the number of their drinks, how much more in whoever had few.
    `transitions_weight` is how much the transitions from drink to drink (`factors.transitions`)
    count beside the vectors, `transitions_by_degree` whether pairs are scaled for them. `graph` is
    the weight of the GraphSAGE (`graphsage`), 1 less that of the rest, halved for whoever had
    `graph_halved_at` drinks if that is not 0; it has `graph_width` numbers and is fitted in
    `graph_rounds` rounds. With `choice` these are only where the choice by validation begins, but
    for `shrinkage`, `graph_width` and `graph_rounds`. `content_steps` is the most steps of fitting
    attributes; 0 leaves them out.
    `closed_form` False: its vectors do not rank, though what is fitted to them stays. `findings`
    are what validation found of each part, in words.
    """

    seed: int = 0
    hidden: int | None = None
    ridge: float = RIDGE
    popularity_exponent: float = 0.3
    recency: float = 1.0
    half_life: float = 0.0
    prior_weight: float = 0.02
    shrinkage: float = 10.0
    transitions_weight: float = 1.0
    transitions_by_degree: bool = True
    graph: float = 0.0
    graph_halved_at: float = 0.0
    graph_width: int = 64
    graph_rounds: int = 6
    content_steps: int = 100
    closed_form: bool = True
    choice: bool = True
    validation_people: int = 3_000
    threads: int | None = None
    findings: Mapping[str, str] = field(default_factory=dict[str, str])

    def width(self, drinks: int) -> int:
        """Return the length of vectors for a catalogue of this many drinks."""
        fitting = [width for width in WIDTHS if width * drinks <= MOST_NUMBERS]
        return self.hidden or (fitting or [WIDTHS[-1]])[0]


@dataclass(frozen=True)
class Progress:
    """Where training is: `stage`, the `epoch` of at most `epochs`; loss and NDCG where measured.

    The stages: "directions" of who had what, "transitions" between drinks, "graph" fitted, "choose"
    among settings, "parts" compared, "attributes" fitted.
    """

    stage: str
    epoch: int
    epochs: int
    loss: float | None = None
    ndcg: float | None = None


Report = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Report nothing."""


def fit(
    graph: TrainingGraph,
    config: TrainingConfig,
    report: Report = ignore,
    runtime: TrainingRuntime | None = None,
) -> Trained:
    """Train on the whole graph with the settings as they are."""
    runtime = runtime or TrainingRuntime()
    with threadpool_limits(config.threads):
        decomposed = graph_spectrum(graph, config, report, runtime)
        transitions = graph_transitions(graph, config, report)
        part = graph_part(graph, config, decomposed, report, runtime)
        return Trained(graph, config, decomposed, report, transitions, part, runtime)


class Trained:
    """Drinks' vectors, with what turns a history into a person's vector."""

    def __init__(
        self,
        graph: TrainingGraph,
        config: TrainingConfig,
        decomposed: Spectrum,
        report: Report = ignore,
        transitions: sparse.csr_array | None = None,
        part: Part | None = None,
        runtime: TrainingRuntime | None = None,
    ) -> None:
        """Combine what people had with what attributes say and, if given, `transitions`.

        `part` is the GraphSAGE's.
        """
        self.graph, self.config = graph, config
        self.runtime = runtime or TrainingRuntime()
        self.history = graph_history(graph, config.recency, config.half_life)
        own = decomposed.drinks(config.ridge, config.popularity_exponent)
        if self.runtime.last:
            own = self.runtime.last.aligned(graph.drinks, own)
        weight = config.transitions_weight * own.scale
        self.transitions = _weighed(transitions, weight, len(graph.drinks))
        closed = self._closed_form(own, decomposed.popularity, report)
        whole = self._combined(closed, part) if part and part.blocks else closed
        self.part = whole if config.closed_form else _without_first(whole)

    @cached_property
    def blocks(self) -> Blocks:
        """The parts of a vector."""
        return Blocks(self.part.blocks)

    def scorer(self) -> Scorer:
        """Return a scorer of the people in the graph from their whole history."""
        return part_scorer(self.graph, self.history, self.part, self.transitions)

    def artefact(self) -> ModelArtefact:
        """Return the model as arrays, without anything about people."""
        fingerprint = self.graph.fingerprint()
        digest = hashlib.sha256(f"{fingerprint}:{self.config.seed}".encode()).hexdigest()
        return ModelArtefact(
            version=version_name(utc_now(), digest),
            fingerprint=fingerprint,
            ids={name: self.graph.ids(name) for name in ("drink", *ATTRIBUTE_TYPES)},
            arrays=self._arrays(),
            settings=self._settings(),
            transitions=_packed(self.transitions),
            metrics={},
        )

    def _closed_form(self, own: DrinkFactors, popularity: FloatArray, report: Report) -> Part:
        config, graph = self.config, self.graph
        content = _content(graph, config, own, popularity, report, self.runtime)
        scale, length = np.float32(_scale(own)), _cold_gain(own, popularity)
        cold = DrinkFactors(scale * content.drinks, np.float32(length) * unit(content.drinks))
        vectors = _completed(own, cold, popularity)
        described = sum(graph.attributes(kind).shape[1] > 0 for kind in ATTRIBUTE_TYPES)
        shrinkage = config.shrinkage / config.prior_weight if config.prior_weight else 0.0
        return Part(
            blocks=(Block("closed form", own.targets.shape[1], 1.0, length, shrinkage),),
            sources=vectors.sources,
            targets=vectors.targets,
            # by who had them alone, drinks that few people had are like others by chance
            directions=unit(unit(vectors.targets) + unit(content.drinks)),
            default=config.prior_weight * _average(self.history, vectors.sources),
            states=content.states,
            maps={name: matrix * scale for name, matrix in content.maps.items()},
            # an opinion weighs about as much as a history
            opinions={name: content.maps[name] * (scale * described) for name in OPINION_TYPES},
        )

    def _combined(self, closed: Part, part: Part) -> Part:
        """Return both, such that scores of both vary as much before they are weighed."""
        people = np.flatnonzero(np.diff(self.history.indptr))
        people = people[np.linspace(0, people.size - 1, min(people.size, _SAMPLE)).astype(int)]
        scorers = (
            part_scorer(self.graph, self.history, closed, self.transitions),
            part_scorer(self.graph, self.history, part),
        )
        ratio = _spread(scorers[0], people) / _spread(scorers[1], people)
        weight = self.config.graph
        beside = _weighted(part, weight * ratio, self.config.graph_halved_at)
        return _weighted(closed, 1.0 - weight).beside(beside)

    def _settings(self) -> Mapping[str, Any]:
        return {
            "recency": self.config.recency,
            "half_life": self.config.half_life,
            "blocks": [dataclasses.asdict(block) for block in self.part.blocks],
            "began_with": self.runtime.last.version if self.runtime.last else None,
            "training": dataclasses.asdict(self.config),
        }

    def _arrays(self) -> dict[str, FloatArray]:
        part = self.part
        arrays = {
            "drink_vectors": part.targets,
            "drink_sources": part.sources,
            "drink_directions": unit(part.directions),
            "default": part.default,
        }
        arrays |= {f"state.{name}": state for name, state in part.states.items()}
        arrays |= {f"attribute.{name}": matrix for name, matrix in part.maps.items()}
        return arrays | {f"opinion.{name}": matrix for name, matrix in part.opinions.items()}


def graph_history(graph: TrainingGraph, recency: float, half_life: float = 0.0) -> sparse.csr_array:
    """Return the shares [people, drinks] with which drinks are pooled into people."""
    shape = len(graph.users), len(graph.drinks)
    return history_matrix(positives(graph), shape, recency, half_life)


def part_scorer(
    graph: TrainingGraph,
    history: sparse.csr_array,
    part: Part,
    transitions: sparse.csr_array | None = None,
) -> Scorer:
    """Return a scorer of the people in the graph by a part, or several side by side.

    `history` [people, drinks] are the shares of `graph_history`.
    """
    blocks = Blocks(part.blocks)
    opinions = [
        (matrix, part.states[name] @ part.opinions[name])
        for name, matrix in opinion_matrices(graph).items()
    ]

    def score(people: IntArray) -> FloatArray:
        had = np.diff(history.indptr)[people].astype(np.float32)
        summed = history[people] @ part.sources + blocks.prior(fewness(had)) * part.default
        for matrix, states in opinions:
            summed = summed + matrix[people] @ states
        scores = blocks.people(summed, had) @ part.targets.T
        if transitions is not None and transitions.nnz:
            added = (history[people] @ transitions).toarray()
            scores += added * blocks.transitions(summed)[:, None]
        return scores.astype(np.float32, copy=False)

    return score


def graph_spectrum(
    graph: TrainingGraph,
    config: TrainingConfig,
    report: Report,
    runtime: TrainingRuntime | None = None,
) -> Spectrum:
    """Return who had what in the graph; raises TrainingFailed if nobody had anything."""
    pairs = positives(graph)
    if not len(pairs):
        raise TrainingFailed("no positive pairs: nothing to learn from")

    def watch(round_: int, rounds: int) -> None:
        report(Progress("directions", round_, rounds))

    runtime = runtime or TrainingRuntime()
    known = partial(runtime.last.directions, graph.drinks) if runtime.last else None
    svd = RandomizedSvd(runtime.workers, runtime.checkpoints, watch, known)
    shape = len(graph.users), len(graph.drinks)
    return spectrum(pairs, shape, config.width(shape[1]), config.seed, svd)


def graph_transitions(
    graph: TrainingGraph, config: TrainingConfig, report: Report
) -> sparse.csr_array | None:
    """Return the transitions [drinks, drinks]; None where they count nothing."""
    if not config.transitions_weight:
        return None
    report(Progress("transitions", 0, 1))
    scaling = BY_DEGREE if config.transitions_by_degree else BY_COUNT
    shape = len(graph.users), len(graph.drinks)
    transitions = item_transitions(positives(graph), shape, config.seed, scaling)
    report(Progress("transitions", 1, 1))
    return transitions


def graph_part(
    graph: TrainingGraph,
    config: TrainingConfig,
    spectrum: Spectrum,
    report: Report,
    runtime: TrainingRuntime | None = None,
) -> Part:
    """Return the GraphSAGE's vectors; none where they count nothing."""
    if not config.graph or not config.graph_rounds:
        return no_part(graph)

    def watch(round_: int, rounds: int, loss: float) -> None:
        report(Progress("graph", round_, rounds, loss))

    runtime = runtime or TrainingRuntime()
    rounds, means = config.graph_rounds, (runtime.workers, runtime.checkpoints)
    directions = spectrum.leading(config.graph_width)
    part = fit_graph(graph, directions, config.recency, rounds, config.seed, watch, *means)
    return runtime.last.turned(graph.drinks, part) if runtime.last else part


def _weighted(part: Part, weight: float, halved_at: float = 0.0) -> Part:
    blocks = tuple(
        dataclasses.replace(block, weight=block.weight * weight, halved_at=halved_at)
        for block in part.blocks
    )
    return dataclasses.replace(part, blocks=blocks)


def _without_first(part: Part) -> Part:
    """Return the part with its first block weighing nothing; the transitions stay."""
    first, *others = part.blocks
    silent = dataclasses.replace(first, weight=0.0, transitions_weight=first.weight)
    return dataclasses.replace(part, blocks=(silent, *others))


def _spread(scorer: Scorer, people: IntArray) -> float:
    """Return how much the scores of one person vary, in the mean over people."""
    return float(scorer(people).std(axis=1).mean()) or 1.0


def _weighed(transitions: sparse.csr_array | None, weight: float, drinks: int) -> sparse.csr_array:
    if transitions is None or not weight:
        return sparse.csr_array((drinks, drinks), dtype=np.float32)
    return sparse.csr_array(transitions * np.float32(weight))


def _packed(transitions: sparse.csr_array) -> ItemTransitions:
    if not transitions.nnz:
        return ItemTransitions()
    starts, rows = transitions.indptr.astype(np.int32), transitions.indices.astype(np.int32)
    return ItemTransitions(starts, rows, transitions.data.astype(np.float32))


def _content(
    graph: TrainingGraph,
    config: TrainingConfig,
    own: DrinkFactors,
    popularity: FloatArray,
    report: Report,
    runtime: TrainingRuntime,
) -> Content:
    if not config.content_steps:
        return no_content(graph, own.targets.shape[1])

    def watch(step: int, steps: int, loss: float) -> None:
        report(Progress("attributes", step, steps, loss))

    steps, seed = config.content_steps, config.seed
    workers, checkpoints = runtime.workers, runtime.checkpoints
    return fit_content(graph, own.targets, popularity, steps, seed, watch, workers, checkpoints)


def _scale(own: DrinkFactors) -> float:
    """Return the factor by which sources are nearest to targets."""
    targets = float((own.targets**2).sum())
    return float((own.sources * own.targets).sum()) / max(targets, 1e-12)


def _cold_gain(own: DrinkFactors, popularity: FloatArray) -> float:
    """Return half the mean length of the targets of the tenth of drinks that fewest people had.

    At that whole length, new drinks would crowd the others out wherever there are many.
    """
    return 0.5 * float(np.linalg.norm(own.targets[rarest(popularity)], axis=1).mean())


def _completed(own: DrinkFactors, cold: DrinkFactors, popularity: FloatArray) -> DrinkFactors:
    """Return vectors in which attributes stand in where nobody had a drink."""
    nobody = (popularity == 0)[:, None]
    return DrinkFactors(
        np.where(nobody, cold.sources, own.sources), np.where(nobody, cold.targets, own.targets)
    )


def _average(history: sparse.csr_array, sources: FloatArray) -> FloatArray:
    """Return the mean pooled source [width] over people with a history."""
    people = max(int((np.diff(history.indptr) > 0).sum()), 1)
    shares = np.asarray(history.sum(axis=0)).ravel() / people
    return (shares @ sources).astype(np.float32)
