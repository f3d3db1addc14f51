from __future__ import annotations

import numpy as np

from recommend.recommender import Candidates

SCORES = np.array([0.5, 0.9, 0.1, 0.9, 0.7, -np.inf], dtype=np.float32)
ALL = np.ones(6, dtype=bool)


def mask(*rows: int) -> np.ndarray:
    found = np.zeros(6, dtype=bool)
    found[list(rows)] = True
    return found


def drain(candidates: Candidates, count: int) -> list[list[int]]:
    found: list[list[int]] = []
    while rows := candidates.next(count):
        found.append(rows)
    return found


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
    assert [candidates.next(1), candidates.next(3), candidates.next(3)] == [[0], [2], [1, 3]]


def test_what_is_had_but_not_allowed_never_comes() -> None:
    assert drain(Candidates(SCORES, mask(0), mask(1)), 3) == [[0]]
