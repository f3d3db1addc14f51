"""A shadow compares and offers nothing: what it finds is known by construction."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, date, datetime

import numpy as np
import pytest

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from graph.catalogue.popularity import Popularity
from graph.models.shadows import Totals
from graph.people.profiles import Event, Profile
from recommend.experiments.shadow import MOST_WAITING, Shadow, compare, rank_correlation
from recommend.ranking.request import RecommendationRequest
from recommend.state.filters import NO_FILTER, DrinkFilter
from recommend.state.snapshot import Snapshot
from tests.unit.recommend.catalogues import catalogue, drink

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
IDS = [f"d{number}" for number in range(8)]
BAR = catalogue(*(drink(id_, "lime", kind="soda" if id_ > "d3" else "tea") for id_ in IDS))
GUEST = Profile(
    "guest", history=(Event("d0", "purchase", None, 1), Event("d7", "dislike", None, 2))
)


def trained() -> ModelArtefact:
    user, drinks = np.nonzero(np.random.default_rng(3).random((40, len(IDS))) < 0.4)
    graph = TrainingGraph(
        tuple(IDS), tuple(f"u{n}" for n in range(40)), Events.of(user, drinks, at=drinks)
    )
    return fit(graph, TrainingConfig(hidden=4, transitions_weight=0.0, choice=False)).artefact()


ARTEFACT = trained()
# the same numbers, but everything that was best is now worst
MIRROR = dataclasses.replace(
    ARTEFACT,
    version="20261122T080000Z-0123abcd",
    arrays={**ARTEFACT.arrays, "drink_vectors": -ARTEFACT.arrays["drink_vectors"]},
)


class SnapshotStore:
    """The memory of a service whose graph never changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.current = snapshot

    async def profile(self, user_id: str) -> Profile:
        return dataclasses.replace(GUEST, user_id=user_id)


class Counting:
    """Counts what is reported."""

    def __init__(self) -> None:
        self.compared: list[tuple[float, float]] = []
        self.skipped = 0

    def shadow_compared(self, overlap: float, correlation: float, seconds: float) -> None:
        assert seconds >= 0
        self.compared.append((overlap, correlation))

    def shadow_skipped(self) -> None:
        self.skipped += 1


def request(
    first: int = 3, wanted: DrinkFilter = NO_FILTER, *exclude: str
) -> RecommendationRequest:
    return RecommendationRequest("guest", first, wanted, exclude)


def snapshots() -> tuple[Snapshot, Snapshot]:
    return Snapshot.of(BAR, ARTEFACT, Popularity()), Snapshot.of(BAR, MIRROR, Popularity())


def test_a_model_is_its_own_twin_and_the_opposite_of_its_mirror() -> None:
    live, mirror = snapshots()
    same = compare(live, live, GUEST, request(), TODAY)
    assert same and same.overlap == 1.0 and same.correlation == pytest.approx(1.0)
    other = compare(live, mirror, GUEST, request(), TODAY)
    # six drinks are neither had nor disliked: three are best for one and three for the other
    assert other and other.overlap == 0.0 and other.correlation == pytest.approx(-1.0)


def test_only_what_the_person_may_have_and_asked_for_is_compared() -> None:
    live, mirror = snapshots()
    teas = request(3, DrinkFilter(kinds=("tea",)))
    comparison = compare(live, mirror, GUEST, teas, TODAY)
    assert (
        comparison and comparison.overlap == 1.0
    )  # of four teas one was had: it comes last for both
    nothing = request(3, DrinkFilter(kinds=("wine",)))
    assert compare(live, mirror, GUEST, nothing, TODAY) is None
    assert compare(live, mirror, GUEST, request(3, NO_FILTER, *IDS), TODAY) is None


def test_rank_correlation_is_that_of_ranks() -> None:
    a = np.array([1, 2, 3, 4], dtype=np.float32)
    assert rank_correlation(a, np.exp(a)) == pytest.approx(1.0)
    assert rank_correlation(a, np.array([1, 2, 4, 3], dtype=np.float32)) == pytest.approx(0.8)
    assert rank_correlation(a, np.zeros(4, dtype=np.float32)) == 0.0


def shadow_of(share: float) -> tuple[Shadow, Counting]:
    live, _ = snapshots()
    counting = Counting()
    shadow = Shadow(SnapshotStore(live), counting, lambda: NOW)  # type: ignore[arg-type]
    shadow.use(MIRROR, share)
    return shadow, counting


def test_a_share_of_requests_is_compared_and_summed() -> None:
    shadow, counting = shadow_of(0.25)
    for _ in range(8):
        shadow.answered(request())
    for _ in range(8):
        asyncio.run(shadow.work())
    assert counting.compared == [(0.0, pytest.approx(-1.0))] * 2
    assert (shadow.totals.compared, shadow.totals.skipped) == (2, 0)
    assert shadow.totals.correlation == pytest.approx(-2.0)


def test_what_finds_no_room_is_skipped_and_counted() -> None:
    shadow, counting = shadow_of(1.0)
    for _ in range(MOST_WAITING + 3):
        shadow.answered(request())
    assert counting.skipped == shadow.totals.skipped == 3


def test_a_catalogue_that_has_just_changed_is_not_compared() -> None:
    shadow, counting = shadow_of(1.0)
    shadow.answered(request())
    asyncio.run(shadow.work())
    assert len(counting.compared) == 1
    shadow._snapshots.current = Snapshot.of(catalogue(drink("new", "lime")), ARTEFACT, Popularity())  # type: ignore[misc]
    shadow.answered(request())
    asyncio.run(shadow.work())
    assert (len(counting.compared), counting.skipped) == (1, 1)


def test_without_a_shadow_nothing_waits_and_another_begins_anew() -> None:
    shadow, counting = shadow_of(1.0)
    shadow.answered(request())
    asyncio.run(shadow.work())
    shadow.use(ARTEFACT, 1.0)
    assert shadow.version == ARTEFACT.version and shadow.totals == Totals()
    shadow.answered(request())
    shadow.use(None, 0.0)
    shadow.answered(request())
    asyncio.run(shadow.work())
    assert shadow.version is None and len(counting.compared) == 1 and counting.skipped == 0
