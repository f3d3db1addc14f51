"""What one part of a model does to whom: the model with it against the model without it, by slice.

A part hurts a slice if the model is worse there with it than without it, by the gate's measure.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import IntArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.splitting import Split
from embeddings.evaluation.promotion import Bounds
from embeddings.evaluation.slices import Comparison, compare, ndcg_of, of_drinks

CLOSED_FORM, TRANSITIONS, GRAPHSAGE = "closed form", "transitions", "GraphSAGE"
EVERYBODY = "everybody"


@dataclass(frozen=True)
class PartSlice:
    """Some people [n], and what they want [users, drinks] of the drinks that are looked at."""

    name: str
    people: IntArray
    wanted: sparse.csr_array


def part_slices(parts: Split, people: IntArray, bounds: Bounds) -> list[PartSlice]:
    """Return everybody first, then people by their history, drinks by their people and by kind.

    Left out is where fewer than `fewest_people` of the people want anything.
    """
    return [
        part_slice
        for part_slice in _slices(parts, people, bounds)
        if _wanting(part_slice.wanted, part_slice.people) >= bounds.fewest_people
    ]


def _slices(parts: Split, people: IntArray, bounds: Bounds) -> Iterator[PartSlice]:
    graph, wanted = parts.train, parts.holdout
    pairs = positives(graph)
    had = np.bincount(pairs.user, minlength=len(graph.users))[people]
    people_of = np.bincount(pairs.drink, minlength=len(graph.drinks))
    short = had <= bounds.short_history
    # attributes, by which drinks that nobody had are placed, are fitted after the parts are chosen
    cold = (people_of > 0) & (people_of <= bounds.cold_people)
    yield PartSlice(EVERYBODY, people, wanted)
    yield PartSlice("short histories", people[short], wanted)
    yield PartSlice("longer histories", people[~short], wanted)
    yield PartSlice("cold drinks", people, of_drinks(wanted, cold))
    yield PartSlice("other drinks", people, of_drinks(wanted, people_of > bounds.cold_people))
    for row, kind in enumerate(graph.kinds):
        yield PartSlice(f"kind {kind}", people, of_drinks(wanted, _of_kind(graph, row)))


def _of_kind(graph: TrainingGraph, kind: int) -> np.ndarray:
    drinks, kinds = graph.drink_kinds
    chosen = np.zeros(len(graph.drinks), dtype=np.bool_)
    chosen[drinks[kinds == kind]] = True
    return chosen


def _wanting(wanted: sparse.csr_array, people: IntArray) -> int:
    return int((np.diff(wanted.indptr)[people] > 0).sum())


def compared(
    slices: list[PartSlice], people: IntArray, lists: IntArray, without: IntArray
) -> dict[str, Comparison]:
    """Return, by slice, the model with a part compared with the model without it.

    `lists` and `without` [people, k] are the first drinks that each ranks for `people`.
    """
    place = {person: row for row, person in enumerate(people.tolist())}
    comparisons: dict[str, Comparison] = {}
    for part_slice in slices:
        rows = [place[person] for person in part_slice.people.tolist()]
        ndcg = [
            ndcg_of(ranked[rows], part_slice.people, part_slice.wanted)
            for ranked in (lists, without)
        ]
        comparisons[part_slice.name] = compare(*ndcg)
    return comparisons


def worst_hurt(comparisons: Mapping[str, Comparison], bounds: Bounds) -> str | None:
    """Return the slice that a part hurts most, by the share of NDCG that it loses; None: none."""
    lost = {name: loss(comparison, bounds) for name, comparison in comparisons.items()}
    hurt = [name for name in lost if lost[name] > 0]
    return max(hurt, key=lost.__getitem__) if hurt else None


def loss(comparison: Comparison, bounds: Bounds) -> float:
    """Return the share of the rival's NDCG by which a model is worse; 0 if that is no difference.

    It must exceed `slice_loss` and the standard errors beside.
    """
    slack = (
        bounds.standard_errors * comparison.standard_error + bounds.slice_loss * comparison.rival
    )
    lost = -comparison.difference
    return lost / max(comparison.rival, 1e-12) if lost > slack else 0.0


def turned(comparison: Comparison) -> Comparison:
    """Swap model and rival: the gain changes its sign, its standard error does not."""
    return Comparison(
        comparison.people, comparison.rival, comparison.ndcg, comparison.standard_error
    )


def in_words(name: str, comparison: Comparison) -> str:
    """Return a slice's numbers as part of a sentence."""
    whom = "" if name == EVERYBODY else f"{name}: "
    return (
        f"{whom}NDCG {comparison.ndcg:.4f} with it, {comparison.rival:.4f} without it, "
        f"{comparison.people:,} people"
    )
