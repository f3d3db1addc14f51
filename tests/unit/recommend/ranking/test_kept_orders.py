"""An order that is kept is the one that ranking again would give, and goes with what it is from."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from graph.people.profiles import Profile
from recommend.ranking.candidates import Candidates
from recommend.ranking.kept_orders import SPARE, KeptOrders
from recommend.ranking.request import RecommendationRequest
from recommend.ranking.reranking import RerankingOptions
from recommend.state.filters import DrinkFilter
from recommend.state.orderings import ByScores

DAY = date(2026, 11, 30)
REQUEST = RecommendationRequest("ann", 3)
DRINKS = 40


class Memory:
    """Stands for a snapshot: only that it is the same one counts."""


class Ranking:
    """Ranks the same drinks each time, and counts how often."""

    def __init__(self, allowed: int = DRINKS, seen: int = 0) -> None:
        self.times = 0
        self._allowed = np.arange(DRINKS) < allowed
        self._seen = np.arange(DRINKS) % 3 < seen
        self._scores = np.random.default_rng(5).normal(size=DRINKS).astype(np.float32)

    def __call__(self) -> tuple[Candidates, int]:
        self.times += 1
        order = Candidates(ByScores(self._scores), self._allowed.copy(), self._seen)
        return order, int(self._allowed.sum())


def asked(
    orders: KeptOrders,
    make: Callable[[], tuple[Candidates, int]],
    snapshot: object,
    profile: Profile,
    request: RecommendationRequest = REQUEST,
    surface: str = "recommendations",
    today: date = DAY,
) -> tuple[Any, int]:
    return orders.candidates(cast(Any, snapshot), profile, request, surface, today, make)


@given(
    first=some.integers(1, 20),
    allowed=some.integers(0, DRINKS),
    seen=some.integers(0, 2),
    counts=some.lists(some.integers(1, 9), max_size=12),
)
def test_the_same_drinks_come_in_the_same_order(
    first: int, allowed: int, seen: int, counts: list[int]
) -> None:
    orders, make = KeptOrders(), Ranking(allowed, seen)
    snapshot, profile = Memory(), Profile("ann")
    whole = make()[0].take(DRINKS)
    for _ in range(2):
        candidates, safe = asked(orders, make, snapshot, profile, replace(REQUEST, first=first))
        given_, ended = [], False
        for count in counts:
            more = candidates.next(count)
            assert len(more) <= count
            ended = ended or not more
            given_ += more
        assert given_ == whole[: len(given_)]
        assert safe == allowed
        assert not ended or len(given_) == allowed


def test_nothing_is_ranked_again_until_something_is_new() -> None:
    orders, make = KeptOrders(), Ranking()
    snapshot, profile = Memory(), Profile("ann", version=1)
    for _ in range(3):
        asked(orders, make, snapshot, profile)
    assert make.times == 1
    news: list[dict[str, Any]] = [
        {"request": replace(REQUEST, first=4)},
        {"request": replace(REQUEST, wanted=DrinkFilter(kinds=("tea",)))},
        {"request": replace(REQUEST, exclude=("ale",))},
        {"request": replace(REQUEST, reranking=RerankingOptions(minimum_relevance=0.5))},
        {"surface": "popular"},
        {"today": date(2026, 12, 1)},
    ]
    for new in news:
        before = make.times
        asked(orders, make, snapshot, profile, **new)
        assert make.times == before + 1, new
    asked(orders, make, Memory(), profile)
    asked(orders, make, snapshot, replace(profile))
    assert make.times == len(news) + 3


@pytest.mark.parametrize(
    "request_",
    [
        replace(REQUEST, adjustment=lambda _: np.zeros(DRINKS, np.float32)),
        replace(REQUEST, exploration=cast(Any, object())),
        replace(REQUEST, teams=cast(Any, (object(),))),
        replace(REQUEST, reranking=RerankingOptions(diversity=0.5)),
    ],
)
def test_what_is_drawn_or_moved_is_ranked_each_time(request_: RecommendationRequest) -> None:
    orders, make, snapshot, profile = KeptOrders(), Ranking(), Memory(), Profile("ann")
    for _ in range(2):
        asked(orders, make, snapshot, profile, request_)
    assert make.times == 2


def test_more_than_was_kept_is_ranked_again_once() -> None:
    orders, make, snapshot, profile = KeptOrders(), Ranking(), Memory(), Profile("ann")
    asked(orders, make, snapshot, profile)
    candidates, _ = asked(orders, make, snapshot, profile)
    assert len(candidates.next(DRINKS)) == REQUEST.first + SPARE
    assert make.times == 1
    assert len(candidates.next(DRINKS)) == DRINKS - REQUEST.first - SPARE
    assert candidates.next(DRINKS) == []
    assert make.times == 2


def test_an_order_goes_with_the_profile() -> None:
    orders, make, snapshot, profile = KeptOrders(), Ranking(), Memory(), Profile("ann")
    asked(orders, make, snapshot, profile)
    assert len(orders._orders) == 1
    del profile
    gc.collect()
    assert not orders._orders
