"""How much the popularity of the last weeks counts in a list, chosen by validation.

A list is asked for at a moment: what many people had just before is likelier to be next, whatever
a person's history says. So for each person set aside this is looked at when they had the first of
the drinks held out, with what others had had until then.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import FloatArray, IntArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.recent_popularity import RecentPopularity
from embeddings.data.sampling import at_even_steps, batches
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.metrics import Scorer
from embeddings.training.selection import FEWEST_PEOPLE, clearly_best

# a greater one was better still on amazon_grocery, but would give everybody the same list
WEIGHTS = (0.0, 0.1, 0.2, 0.4, 0.8)
K = 20


@dataclass(frozen=True)
class NextDrinks:
    """Of each of `people` the drink they had next, and when (epoch milliseconds)."""

    people: IntArray
    drinks: IntArray
    at: IntArray

    @classmethod
    def of(cls, graph: TrainingGraph, holdout: sparse.csr_array) -> NextDrinks:
        """Return the first drink held out of each person; those without a time are left out."""
        pairs = positives(graph)
        wanted = sparse.coo_array(holdout)
        drinks = len(graph.drinks)
        held = np.isin(
            pairs.user * drinks + pairs.drink, wanted.row.astype(np.int64) * drinks + wanted.col
        )
        timed = pairs.take(held & (pairs.first_at >= 0))
        order = np.lexsort((timed.first_at, timed.user))
        people, first = np.unique(timed.user[order], return_index=True)
        rows = order[first]
        return cls(people, timed.drink[rows], timed.first_at[rows])

    def at_most(self, people: int) -> NextDrinks:
        """Return so many of them, at even steps."""
        rows = at_even_steps(np.arange(self.people.size, dtype=np.int64), people)
        return NextDrinks(self.people[rows], self.drinks[rows], self.at[rows])


def chosen_weight(graph: TrainingGraph, parts: Split, scorer: Scorer, people: int) -> float:
    """Return the weight with the best NDCG@20 of the next drink, in standard deviations of scores.

    0 unless it is better by more than two standard errors, or with few people whose times are
    known. `parts` is a split of `graph`.
    """
    wanted = NextDrinks.of(graph, parts.holdout).at_most(people)
    if wanted.people.size < FEWEST_PEOPLE:
        return 0.0
    ndcg = np.concatenate(list(_by_weight(parts, scorer, wanted)), axis=1)
    best = clearly_best(list(ndcg), ndcg[0])
    return 0.0 if best is None else WEIGHTS[best]


def next_ndcg(scores: FloatArray, drinks: IntArray) -> FloatArray:
    """Return the NDCG@20 of one drink of each row; equal scores share the place in their middle."""
    theirs = scores[np.arange(drinks.size), drinks][:, None]
    places = 1 + (scores > theirs).sum(axis=1) + ((scores == theirs).sum(axis=1) - 1) // 2
    return np.where(places <= K, 1 / np.log2(places + 1), 0.0).astype(np.float32)


def _by_weight(parts: Split, scorer: Scorer, wanted: NextDrinks) -> Iterator[FloatArray]:
    """Yield NDCG [weights, people] of some people after the other."""
    masked, popularity = seen(parts.train), RecentPopularity(parts.train)
    for some in batches(wanted.people.size, len(parts.train.drinks)):
        people, drinks = wanted.people[some], wanted.drinks[some]
        scores = scorer(people)
        scores = scores / (scores.std(axis=1, keepdims=True) + np.float32(1e-9))
        scores[masked[people].nonzero()] = -np.inf
        lately = np.stack([popularity.before(moment) for moment in wanted.at[some].tolist()])
        yield np.stack([next_ndcg(scores + np.float32(w) * lately, drinks) for w in WEIGHTS])
