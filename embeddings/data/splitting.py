"""Set aside part of what each person liked, to measure a model on.

Per person: the last fifth of their distinct positive drinks by first time, at least one; where
no time is known, a fifth at random. People with fewer than `FEWEST` positives stay in training
whole. Every event of a held-out pair leaves the training part, so nothing leaks.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import BoolArray, IntArray, TrainingGraph
from embeddings.data.positives import Pairs, dislikes, positives
from embeddings.data.sampling import at_even_steps

FEWEST = 3
SHARE = 0.2


@dataclass(frozen=True)
class Split:
    """`train` is the graph without the held-out pairs; `holdout` has them as [users, drinks]."""

    train: TrainingGraph
    holdout: sparse.csr_array


def split(graph: TrainingGraph, seed: int = 0, share: float = SHARE) -> Split:
    """Split by time where events have one, else at random from `seed`."""
    pairs = positives(graph)
    held = _held_out(pairs, np.random.default_rng(seed), share)
    holdout = pairs.take(held).matrix(len(graph.users), len(graph.drinks))
    held_keys = pairs.user[held] * len(graph.drinks) + pairs.drink[held]
    keys = graph.events.user.astype(np.int64) * len(graph.drinks) + graph.events.drink
    keep: BoolArray = ~np.isin(keys, held_keys)
    return Split(graph.with_events(graph.events.take(keep)), holdout)


def seen(graph: TrainingGraph) -> sparse.csr_array:
    """Return [users, drinks] of what evaluation must not rank: positives and dislikes."""
    shape = len(graph.users), len(graph.drinks)
    return sparse.csr_array(positives(graph).matrix(*shape) + dislikes(graph).matrix(*shape))


def some_people(parts: Split, most: int) -> Split:
    """Return a split with the events of at most so many people, at even steps; nobody else has any.

    Those with something held out come first.
    """
    held = np.diff(parts.holdout.indptr) > 0
    people = np.flatnonzero(held if held.sum() >= most else np.ones_like(held))
    if people.size <= most:
        return parts
    chosen = np.zeros(held.size, dtype=np.bool_)
    chosen[at_even_steps(people, most)] = True
    events = parts.train.events
    train = parts.train.with_events(events.take(chosen[events.user]))
    holdout = sparse.csr_array(sparse.diags_array(chosen.astype(np.float32)) @ parts.holdout)
    holdout.eliminate_zeros()
    return Split(train, holdout)


def _held_out(pairs: Pairs, random: np.random.Generator, share: float) -> BoolArray:
    """Mark the last pairs of each user, in order of first time, then of a random number."""
    order = np.lexsort((random.random(len(pairs)), pairs.first_at, pairs.user))
    count = np.bincount(pairs.user) if len(pairs) else np.zeros(0, dtype=np.int64)
    hold = np.array([_hold(int(size), share) for size in count], dtype=np.int64)
    from_end = _positions_from_end(pairs.user[order], count)
    held = np.zeros(len(pairs), dtype=np.bool_)
    held[order] = from_end < hold[pairs.user[order]]
    return held


def _hold(size: int, share: float) -> int:
    return 0 if size < FEWEST else max(1, math.floor(size * share))


def _positions_from_end(sorted_users: IntArray, count: IntArray) -> IntArray:
    ends = np.cumsum(count)
    return ends[sorted_users] - 1 - np.arange(sorted_users.size)
