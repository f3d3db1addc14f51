from __future__ import annotations

import dataclasses

import numpy as np
from scipy import sparse

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.data.leakage import leakage
from embeddings.data.splitting import Split, split
from tests.unit.embeddings.worlds import checkerboard

NOW = 2_000_000
# person 0 had a, b, c, d in this order; d is held out
GRAPH = TrainingGraph(tuple("abcd"), ("x",), Events.of([0] * 4, [0, 1, 2, 3], at=[1, 2, 3, 4]))


def held(*drinks: int) -> sparse.csr_array:
    return sparse.csr_array(np.isin(np.arange(4), drinks)[None].astype(np.float32))


def parts(holdout: sparse.csr_array, *training: int) -> Split:
    return Split(GRAPH.with_events(GRAPH.events.take(np.isin(np.arange(4), training))), holdout)


def test_a_split_of_the_house_does_not_leak() -> None:
    graph = checkerboard()
    report = leakage(graph, split(graph), NOW)
    assert report.held_out > 50
    assert (report.in_training, report.out_of_order, report.through_twins, report.future) == (
        0,
    ) * 4


def test_a_held_out_pair_in_training_is_found() -> None:
    assert leakage(GRAPH, parts(held(3), 0, 1, 2, 3), NOW).in_training == 1


def test_a_pair_older_than_training_is_found() -> None:
    assert leakage(GRAPH, parts(held(1), 0, 2, 3), NOW).out_of_order == 1
    assert leakage(GRAPH, parts(held(3), 0, 1, 2), NOW).out_of_order == 0


def test_a_twin_in_training_is_found() -> None:
    report = leakage(GRAPH, parts(held(3), 0, 1, 2), NOW, [["b", "d"], ["gone", "c"]])
    assert (report.in_training, report.through_twins) == (0, 1)
    assert leakage(GRAPH, parts(held(3), 0, 1, 2), NOW, [["a", "b"]]).through_twins == 0


def test_events_in_the_future_are_found() -> None:
    assert leakage(GRAPH, parts(held(3), 0, 1, 2), now=3).future == 1


def test_nothing_held_out_leaks_nothing() -> None:
    report = leakage(GRAPH, parts(held(), 0, 1, 2, 3), NOW)
    assert dataclasses.astuple(report) == (0, 0, 0, 0, 0, ())
