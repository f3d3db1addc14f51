from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import date

import numpy as np
import pytest

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Taste
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from graph.catalogue.popularity import Popularity
from graph.people.profiles import Profile
from graph.safety_rule import Allergy
from recommend.context.model import ContextModel, RequestContext
from recommend.state.filters import NO_FILTER, DrinkFilter
from recommend.state.snapshot import Snapshot
from tests.unit.recommend.catalogues import catalogue, drink

BAR = catalogue(
    drink("b", "rum", name="Beta", kind="cocktail"),
    drink("a2", "rum", "lime", name="Alpha", kind="cocktail", available_from="2027-01-01"),
    drink("a1", "lime", name="Alpha", kind="soda"),
    drink("c", "secret", name="Gamma"),
)
TODAY = date(2026, 11, 21)


def trained() -> ModelArtefact:
    ids = tuple(drink.id for drink in BAR.drinks)
    user, row = np.nonzero(np.random.default_rng(3).random((40, len(ids))) < 0.5)
    graph = TrainingGraph(ids, tuple(f"u{n}" for n in range(40)), Events.of(user, row, at=row))
    return fit(graph, TrainingConfig(hidden=4, transitions_weight=0.0, choice=False)).artefact()


ARTEFACT = trained()


def snapshot(**popularity: int) -> Snapshot:
    return Snapshot.of(BAR, None, Popularity(popularity))


def test_without_a_model_popularity_ranks() -> None:
    one = snapshot(b=3, c=10)
    assert one.scorer.model_version == "popularity"
    scores = one.scorer.scores(Profile("somebody"))
    assert scores == pytest.approx(np.log1p([3, 0, 0, 10]))


def test_what_people_had_lately_moves_a_list_as_much_as_the_model_says() -> None:
    settings = {**ARTEFACT.settings, "recent_popularity": 0.8}
    popularity = Popularity({"b": 3, "c": 30}, {"c": 20})
    plain, recent = (
        Snapshot.of(BAR, artefact, popularity).scorer
        for artefact in (ARTEFACT, replace(ARTEFACT, settings=settings))
    )
    person = Profile("somebody")
    assert plain.vectors
    spread = plain.vectors.index.spread(plain.vectors.encoder.user_vector(Taste()))
    added = 0.8 * spread * np.log1p([0, 0, 0, 20])
    assert recent.scores(person) == pytest.approx(plain.scores(person) + added)
    everything = np.ones(len(BAR.drinks), dtype=np.bool_)
    rows, scores = recent.ranking(person).best(everything, len(BAR.drinks))
    assert scores == pytest.approx(recent.scores(person)[rows])
    assert recent.ranking(person, -added / spread).best(everything, 4)[1] == pytest.approx(
        np.sort(plain.scores(person))[::-1]
    )


def test_popularity_counted_anew_is_another_snapshot_that_shares_the_rest() -> None:
    one = Snapshot.of(BAR, ARTEFACT, Popularity({"b": 3}))
    other = one.with_popularity(Popularity({"a1": 1}))
    assert one.scorer.popularity == pytest.approx(np.log1p([3, 0, 0, 0]))
    assert other.scorer.popularity == pytest.approx(np.log1p([0, 0, 1, 0]))
    assert other.view is one.view
    assert other.scorer.vectors is one.scorer.vectors is not None


def test_another_model_of_the_same_catalogue_shares_its_view() -> None:
    one = Snapshot.of(BAR, None, Popularity())
    other = Snapshot.of(BAR, ARTEFACT, Popularity(), one)
    assert other.view is one.view
    assert (one.scorer.model_version, other.scorer.model_version) == (
        "popularity",
        ARTEFACT.version,
    )
    searched = other.view.filters.search
    newer = Snapshot.of(replace(BAR, version=2), ARTEFACT, Popularity(), other)
    assert newer.view is not other.view
    assert newer.view.filters.search is other.view.filters.search is searched


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (lambda snapshot: snapshot, "scorer"),
        (lambda snapshot: snapshot.view, "masks"),
        (lambda snapshot: snapshot.scorer, "popularity"),
        (lambda snapshot: snapshot.scorer.vectors, "index"),
    ],
)
def test_no_part_is_changed_in_place(part: Callable[[Snapshot], object], name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(part(Snapshot.of(BAR, ARTEFACT, Popularity())), name, None)


def test_allowed_is_safe_and_available_and_wanted() -> None:
    one = snapshot()
    anybody, allergic = Profile(""), Profile("x", allergies=(Allergy("milk", "MILD"),))
    assert one.view.allowed(anybody, NO_FILTER, TODAY).tolist() == [True, False, True, True]
    assert one.view.allowed(allergic, NO_FILTER, TODAY).tolist() == [True, False, True, False]
    wanted = DrinkFilter(kinds=("soda",))
    assert one.view.allowed(allergic, wanted, TODAY).tolist() == [False, False, True, False]
    assert one.view.allowed(allergic, NO_FILTER, date(2027, 1, 1)).tolist() == [
        True,
        True,
        True,
        False,
    ]


def test_what_is_allowed_for_one_is_not_for_another() -> None:
    """Masks are kept by what was declared: people who differ in anything must not share one."""
    one = snapshot()
    declared = [
        Profile("x"),
        Profile("x", allergies=(Allergy("milk", "MILD"),)),
        Profile("x", avoids=("rum",)),
        Profile("x", max_abv=1.0),
        Profile("x", max_caffeine=1.0),
        Profile("x", unresolved=("allergies: ?",)),
        Profile("x"),
    ]
    counts = [int(one.view.allowed(profile, NO_FILTER, TODAY).sum()) for profile in declared]
    assert counts == [3, 2, 1, 0, 0, 0, 3]


def test_places_are_by_name_then_id() -> None:
    assert snapshot().view.names.places.tolist() == [2, 1, 0, 3]


def test_without_a_model_what_is_shared_tells_likeness() -> None:
    rows, scores = snapshot().scorer.likeness(1).best(np.ones(4, dtype=bool), 4)
    assert rows.tolist() == [1, 0, 2, 3]
    assert scores == pytest.approx([1.0, 2 / 3, 1 / 4, 0.0])


def test_a_moment_lifts_kinds_and_nothing_else() -> None:
    context_model = ContextModel(
        {("daypart", "evening"): {("kind", "cocktail"): 2.0}, ("season", "winter"): {}}
    )
    lifted = context_model.adjustment(snapshot(), RequestContext("evening", "winter"))
    assert lifted[0] == lifted[1] > 0
    assert lifted[2:].tolist() == [0.0, 0.0]
    assert not context_model.adjustment(snapshot(), RequestContext()).any()
    assert not context_model.adjustment(snapshot(), RequestContext("morning", "summer")).any()
