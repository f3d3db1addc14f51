"""Scores of the people in the training graph by parts of a model, before it is an artefact."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import numpy as np
from scipy import sparse

from embeddings.data.dataset import FloatArray, IntArray, TrainingGraph
from embeddings.data.matrices import history_matrix, opinion_matrices
from embeddings.data.positives import positives
from embeddings.data.recency import fewness
from embeddings.evaluation.metrics import Scorer
from embeddings.serving.blocks import Blocks
from embeddings.training.part import Part


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
