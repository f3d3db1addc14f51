"""What a model is shown of people, and what it is asked to find."""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from embeddings.dataset import OPINION_TYPES, IntArray, TrainingGraph
from embeddings.model import Bag, mean_matrix
from embeddings.positives import Pairs
from embeddings.taste import recency_weights


@dataclass(frozen=True)
class Example:
    """A batch: what is asked (`pairs`, with `user` numbered within the batch), what is shown."""

    pairs: Pairs
    history: Bag
    opinions: Mapping[str, Bag]


def without_wanted(logits: Tensor, pairs: Pairs, drawn: IntArray) -> Tensor:
    """Return the logits [people, drawn] with -inf where a person wants the drink."""
    place = np.minimum(np.searchsorted(drawn, pairs.drink), drawn.size - 1)
    hit = drawn[place] == pairs.drink
    rows, columns = torch.from_numpy(pairs.user[hit]), torch.from_numpy(place[hit])
    return logits.index_put_((rows, columns), torch.tensor(-torch.inf))


def history_matrix(pairs: Pairs, shape: tuple[int, int], recency: float) -> sparse.csr_array:
    """Return the shares [people, drinks] with which drinks are pooled into people."""
    shares = recency_weights(pairs.user, pairs.weight, pairs.last_at, recency)
    return sparse.csr_array((shares, (pairs.user, pairs.drink)), shape=shape)


def opinion_matrices(graph: TrainingGraph) -> dict[str, sparse.csr_array]:
    """Return, by type, [users, nodes]: mean over liked minus mean over disliked nodes."""
    found: dict[str, sparse.csr_array] = {}
    for name in OPINION_TYPES:
        signed = [
            sign * mean_matrix(opinions[name], len(graph.users), len(graph.ids(name)))
            for sign, opinions in ((1.0, graph.user_likes), (-1.0, graph.user_dislikes))
            if name in opinions and opinions[name].shape[1]
        ]
        if signed:
            found[name] = sparse.csr_array(sum(signed[1:], start=signed[0]))
    return found


def take_people(pairs: Pairs, people: IntArray) -> Pairs:
    """Return the pairs of some people, with `user` as the position in `people`, sorted."""
    starts = np.searchsorted(pairs.user, people)
    counts = np.searchsorted(pairs.user, people, side="right") - starts
    position = np.repeat(np.arange(people.size), counts)
    within = np.arange(position.size) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = starts[position] + within
    return Pairs(
        position,
        pairs.drink[rows],
        pairs.weight[rows],
        pairs.first_at[rows],
        pairs.last_at[rows],
    )
