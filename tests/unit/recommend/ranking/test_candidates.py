from __future__ import annotations

import numpy as np

from recommend.ranking.candidates import Candidates
from recommend.state.orderings import ByScores

SCORES = ByScores(np.array([0.5, 0.9, 0.1, 0.9, 0.7, -np.inf], dtype=np.float32))
ALL = np.ones(6, dtype=bool)


def mask(*rows: int) -> np.ndarray:
    allowed = np.zeros(6, dtype=bool)
    allowed[list(rows)] = True
    return allowed


def drain(candidates: Candidates, count: int) -> list[list[int]]:
    batches: list[list[int]] = []
    while more := candidates.next(count):
        batches.append([row for row, _ in more])
    return batches


def test_best_first_ties_by_row_and_each_once() -> None:
    assert drain(Candidates(SCORES, ALL.copy(), None), 2) == [[1, 3], [4, 0], [2]]


def test_only_what_is_allowed() -> None:
    assert drain(Candidates(SCORES, mask(2, 4), None), 5) == [[4, 2]]
    assert drain(Candidates(SCORES, mask(), None), 5) == []


def test_what_was_had_comes_after_all_that_is_new() -> None:
    candidates = Candidates(SCORES, mask(0, 1, 2, 3), mask(1, 3, 4))
    assert drain(candidates, 10) == [[0, 2], [1, 3]]


def test_a_group_is_used_up_before_the_next_begins() -> None:
    candidates = Candidates(SCORES, mask(0, 1, 2, 3), mask(1, 3))
    batches = [[row for row, _ in candidates.next(count)] for count in (1, 3, 3)]
    assert batches == [[0], [2], [1, 3]]


def test_each_comes_with_its_score() -> None:
    scored = Candidates(SCORES, mask(0, 4), None).next(2)
    assert [score for _, score in scored] == [np.float32(0.7), np.float32(0.5)]


def test_what_is_had_but_not_allowed_never_comes() -> None:
    assert drain(Candidates(SCORES, mask(0), mask(1)), 3) == [[0]]
