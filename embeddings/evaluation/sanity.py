"""Whether a model's numbers are sound: finite, of many directions, not the same for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.sampling import at_even_steps
from embeddings.evaluation.metrics import Scorer
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.blocks import unit

_MOST_ROWS = 2_000
_MOST_SCORES = 8_000_000
_MOST_PEOPLE = 256
_ALIKE = 0.9999


@dataclass(frozen=True)
class SanityChecks:
    """Numbers about a model's arrays.

    `effective_rank`: how many directions the drinks' vectors use. `alike`: the share of drinks with
    a twin, a cosine above 0.9999, among the drinks that enough people had; None where these are
    too few. `by_person`: the share of the variance of scores that lies between people; None where
    nobody was scored.
    """

    finite: bool
    effective_rank: float
    drinks: int
    alike: float | None
    by_person: float | None


def sanity_checks(
    artefact: ModelArtefact,
    popularity: FloatArray,
    by_person: float | None,
    fewest_people: int = 5,
    fewest_drinks: int = 20,
) -> SanityChecks:
    """Return the numbers of an artefact; `popularity` [drinks] goes with its drinks."""
    vectors = artefact.drink_vectors
    finite = all(bool(np.isfinite(array).all()) for array in artefact.arrays.values())
    if not finite:
        return SanityChecks(False, 0.0, len(vectors), None, by_person)
    had = vectors[popularity >= fewest_people]
    alike = twins(had) if len(had) >= fewest_drinks else None
    return SanityChecks(True, effective_rank(vectors), len(vectors), alike, by_person)


def effective_rank(vectors: FloatArray) -> float:
    """Return the effective rank: e to the entropy of the singular values' shares.

    Roy and Vetterli, The effective rank (2007). 1 where all vectors lie on one line, 0 without any.
    """
    gram = vectors.astype(np.float64).T @ vectors.astype(np.float64)
    values = np.sqrt(np.maximum(np.linalg.eigvalsh(gram), 0.0))
    total = float(values.sum())
    if total <= 0.0:
        return 0.0
    shares = values[values > 1e-12 * total] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def twins(vectors: FloatArray) -> float:
    """Return the share of vectors whose direction another has too; looks at 2,000 at most."""
    rows = at_even_steps(np.arange(len(vectors), dtype=np.int64), _MOST_ROWS)
    directions = unit(vectors[rows])
    cosines = directions @ directions.T
    np.fill_diagonal(cosines, -1.0)
    return float((cosines.max(axis=1) > _ALIKE).mean())


def variance_by_person(scorer: Scorer, people: IntArray, drinks: int) -> float | None:
    """Return the share of the variance of scores that lies between people, 0 to 1.

    0 where everybody's scores are the same. Looks at some people only; None if there is nobody, or
    a score is not finite.
    """
    count = min(people.size, _MOST_PEOPLE, max(2, _MOST_SCORES // max(1, drinks)))
    if not count:
        return None
    chosen = at_even_steps(people, count)
    scores = scorer(chosen).astype(np.float64)
    total = float(scores.var())
    if not np.isfinite(total):
        return None
    return float(scores.var(axis=0).mean() / total) if total > 0 else 0.0
