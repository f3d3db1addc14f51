"""One list for several people: what all of them want, and the one who likes it least.

Each person's scores are put on one scale: how many standard deviations a drink is above the mean of
all drinks. A drink's score is half the mean over the people plus half the lowest of them. The mean
alone lets a majority outvote one guest; least misery alone (PolyLens, O'Connor et al. 2001) lets
one guest flatten the list. Masthoff (2015) compares such strategies; Amer-Yahia et al. (2009) weigh
relevance against disagreement in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.people.profiles import Profile
from recommend.state.snapshot import Snapshot

MISERY = 0.5


def relevance(snapshot: Snapshot, people: Sequence[Profile]) -> FloatArray:
    """Return how well drinks suit each person, float32 [people, drinks], in standard deviations."""
    return np.array(
        [_standardised(snapshot.scorer.scores(person)) for person in people], dtype=np.float32
    )


def together(relevance: FloatArray) -> FloatArray:
    """Combine the relevance of drinks for all people, float32 [drinks]."""
    mean, least = relevance.mean(axis=0), relevance.min(axis=0)
    return ((1 - MISERY) * mean + MISERY * least).astype(np.float32)


def _standardised(scores: FloatArray) -> FloatArray:
    if not scores.size:
        return scores
    return (scores - scores.mean()) / np.float32(float(scores.std()) or 1.0)
