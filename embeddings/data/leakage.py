"""Does what a model is measured on leak into what it learns from?"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import IntArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.splitting import Split


@dataclass(frozen=True)
class Leakage:
    """Counts, all of which should be zero, of `held_out` pairs of a person and a drink.

    `in_training`: pairs with any event in the training part too. `out_of_order`: pairs older than
    the newest that the person has in training. `through_twins`: pairs whose drink has a twin, the
    same recipe under another id, that the person has in training. `future`: events later than the
    moment of looking. `twins` are the groups of such drinks, by id.
    """

    held_out: int
    in_training: int
    out_of_order: int
    through_twins: int
    future: int
    twins: tuple[tuple[str, ...], ...]


def leakage(
    graph: TrainingGraph, parts: Split, now: int, twins: Sequence[Sequence[str]] = ()
) -> Leakage:
    """Return what leaks from `parts.holdout` to `parts.train`; `now` is in epoch milliseconds."""
    drinks = len(graph.drinks)
    rows, columns = parts.holdout.nonzero()
    user, drink = rows.astype(np.int64), columns.astype(np.int64)
    held = user * drinks + drink
    events = parts.train.events
    trained = events.user.astype(np.int64) * drinks + events.drink
    twin_of = _twins(graph, twins)
    same = np.unique(events.user.astype(np.int64) * drinks + twin_of[events.drink])
    has_twin = np.bincount(twin_of, minlength=drinks)[twin_of[drink]] > 1
    return Leakage(
        held_out=int(held.size),
        in_training=int(np.isin(held, trained).sum()),
        out_of_order=_out_of_order(graph, parts, held),
        through_twins=int((np.isin(user * drinks + twin_of[drink], same) & has_twin).sum()),
        future=int((graph.events.at > now).sum()),
        twins=tuple(tuple(group) for group in twins),
    )


def _twins(graph: TrainingGraph, twins: Sequence[Sequence[str]]) -> IntArray:
    """Return the row of the first twin of each drink, its own if it has none, int64 [drinks]."""
    row_of = {identifier: row for row, identifier in enumerate(graph.drinks)}
    twin_of = np.arange(len(graph.drinks), dtype=np.int64)
    for group in twins:
        rows = [row_of[drink] for drink in group if drink in row_of]
        twin_of[rows] = min(rows, default=0)
    return twin_of


def _out_of_order(graph: TrainingGraph, parts: Split, held: IntArray) -> int:
    """Return how many held-out pairs began before another began that stayed in training."""
    pairs, kept = positives(graph), positives(parts.train)
    newest = np.full(len(graph.users), -1, dtype=np.int64)
    np.maximum.at(newest, kept.user, kept.first_at)
    mine = np.isin(pairs.user * len(graph.drinks) + pairs.drink, held)
    known = mine & (pairs.first_at >= 0)
    return int((pairs.first_at[known] < newest[pairs.user[known]]).sum())
