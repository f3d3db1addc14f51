"""Train a model on a graph with given settings: seeded, deterministic on one machine."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from embeddings.data.dataset import ATTRIBUTE_TYPES, FloatArray, IntArray, TrainingGraph
from embeddings.data.sampling import at_even_steps
from embeddings.evaluation.metrics import Scorer
from embeddings.registry.store import version_name
from embeddings.serving.artefact import ItemTransitions, ModelArtefact
from embeddings.serving.blocks import Blocks, unit
from embeddings.training.closed_form import closed_form
from embeddings.training.config import TrainingConfig
from embeddings.training.factors.spectral import Spectrum
from embeddings.training.part import Part
from embeddings.training.part_scorer import graph_history, part_scorer
from embeddings.training.progress import Report, ignore
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.stages import (
    graph_content,
    graph_part,
    graph_spectrum,
    graph_transitions,
)
from graph.clock import utc_now

# people whose scores are looked at to make those of two parts comparable
_SAMPLE = 128


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
        popularity = decomposed.popularity
        content = graph_content(graph, config, own, popularity, report, self.runtime)
        closed = closed_form(graph, config, self.history, own, content, popularity)
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

    def _combined(self, closed: Part, part: Part) -> Part:
        """Return both, such that scores of both vary as much before they are weighed."""
        people = np.flatnonzero(np.diff(self.history.indptr))
        people = at_even_steps(people, _SAMPLE)
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
            "recent_popularity": self.config.recent_popularity,
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
