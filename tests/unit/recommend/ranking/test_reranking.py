"""What moves an order moves it as said, and lets nothing in."""

from __future__ import annotations

import numpy as np
import pytest

from graph.catalogue.popularity import Popularity
from graph.people.profiles import Event, Profile
from recommend.ranking import reranking as controls_module
from recommend.ranking.reranking import DAY, Attribute, Boost, Diverse, RerankingOptions
from recommend.state.orderings import ByScores
from recommend.state.snapshot import Snapshot
from tests.unit.recommend.catalogues import catalogue, drink, group

BAR = catalogue(
    drink("mojito", "rum", "lime", kind="cocktail", styles=("highball",), flavors=("mint",)),
    drink("daiquiri", "rum", "lime", kind="cocktail", styles=("sour",), flavors=("lime",)),
    drink("margarita", "lime", kind="cocktail", styles=("sour",), flavors=("lime",)),
    drink(
        "cocoa", "chocolate", kind="hot", styles=("milky",), flavors=("sweet",), producers=("a",)
    ),
    styles=(group("mixed"), group("sour", "mixed"), group("highball", "mixed")),
)
EVERYTHING = np.ones(4, dtype=bool)


def snapshot(**popularity: int) -> Snapshot:
    return Snapshot.of(BAR, None, Popularity(popularity))


def order(controls: RerankingOptions, bar: Snapshot, scores: list[float]) -> list[str]:
    ranking = ByScores(np.array(scores, dtype=np.float32))
    rows, _ = controls.order(bar, ranking).best(EVERYTHING, 4)
    return [BAR.drinks[row].id for row in rows.tolist()]


@pytest.mark.parametrize(
    ("attribute", "name", "moved"),
    [
        (Attribute.KIND, "cocktail", [True, True, True, False]),
        (Attribute.STYLE, "mixed", [True, True, True, False]),
        (Attribute.STYLE, "sour", [False, True, True, False]),
        (Attribute.FLAVOR, "mint", [True, False, False, False]),
        (Attribute.PRODUCER, "a", [False, False, False, True]),
    ],
)
def test_a_boost_moves_the_drinks_with_an_attribute(
    attribute: Attribute, name: str, moved: list[bool]
) -> None:
    adjustment = RerankingOptions(boosts=(Boost(attribute, name, 2.0),)).adjustment(snapshot())
    assert adjustment is not None
    assert adjustment == pytest.approx([np.log(2.0) if boosted else 0.0 for boosted in moved])


def test_without_drinks_there_is_nothing_to_move() -> None:
    nothing = np.zeros(0, dtype=np.float32)
    rows, _ = ByScores.adjusted(nothing, nothing).best(np.zeros(0, dtype=np.bool_), 4)
    assert not rows.size


def test_boosts_add_up_and_are_bounded() -> None:
    both = Boost(Attribute.STYLE, "sour", 4.0), Boost(Attribute.FLAVOR, "lime", 0.5)
    adjustment = RerankingOptions(boosts=both).adjustment(snapshot())
    assert adjustment is not None and adjustment[1] == pytest.approx(np.log(2.0))
    for factor in (0.0, -1.0, 11.0, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            Boost(Attribute.KIND, "cocktail", factor)


def test_what_was_shown_goes_down_and_comes_back() -> None:
    shown = {"mojito": 10 * DAY, "cocoa": 8 * DAY, "gone": 0.0}
    adjustment = RerankingOptions(impression_discount=1.0, shown=shown, now=10 * DAY).adjustment(
        snapshot()
    )
    assert adjustment is not None
    assert adjustment.tolist() == [-3.0, 0.0, 0.0, -1.5]
    assert (
        RerankingOptions(impression_discount=0.0, shown=shown, now=10 * DAY).adjustment(snapshot())
        is None
    )


def test_diversity_puts_what_is_unlike_before_what_is_alike() -> None:
    scores = [0.5, 0.9, 0.8, 0.4]
    assert order(RerankingOptions(), snapshot(), scores) == [
        "daiquiri",
        "margarita",
        "mojito",
        "cocoa",
    ]
    mixed = order(RerankingOptions(diversity=0.9), snapshot(), scores)
    assert mixed[:2] == ["daiquiri", "cocoa"]
    assert sorted(mixed) == sorted(drink.id for drink in BAR.drinks)


def test_a_diverse_list_is_continued_where_it_stopped() -> None:
    ranking = ByScores(np.array([0.5, 0.9, 0.8, 0.4], dtype=np.float32))
    whole, _ = Diverse(ranking, snapshot().scorer, 0.9).best(EVERYTHING, 4)
    bit_by_bit, left = Diverse(ranking, snapshot().scorer, 0.9), EVERYTHING.copy()
    order: list[int] = []
    for _ in range(4):
        rows, _ = bit_by_bit.best(left, 1)
        left[rows] = False
        order += rows.tolist()
    assert order[:2] == whole.tolist()[:2]
    assert sorted(order) == [0, 1, 2, 3]
    assert bit_by_bit.best(left, 1)[0].size == 0


def test_a_long_diverse_list_has_every_drink_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls_module, "POOL", 2)
    ranking = ByScores(np.array([0.5, 0.9, 0.8, 0.4], dtype=np.float32))
    rows, scores = Diverse(ranking, snapshot().scorer, 0.9).best(EVERYTHING, 4)
    assert sorted(rows.tolist()) == [0, 1, 2, 3]
    assert scores.tolist() == ranking.scores[rows].tolist()


def test_relevance_runs_from_the_mean_to_the_best_allowed() -> None:
    bar = snapshot(mojito=20, daiquiri=7, margarita=2)  # scores log(21), log(8), log(3), 0
    for minimum, expected in (
        (None, [True] * 4),
        (0.0, [True, True, False, False]),
        (0.5, [True, False, False, False]),
        (1.0, [True, False, False, False]),
    ):
        relevant = RerankingOptions(minimum_relevance=minimum).relevant(
            bar, Profile(""), EVERYTHING
        )
        assert relevant.tolist() == expected, minimum
    without_best = np.array([False, True, True, True])
    relevant = RerankingOptions(minimum_relevance=1.0).relevant(bar, Profile(""), without_best)
    assert relevant.tolist() == [False, True, False, False]


def test_likeness_without_a_model_is_what_is_shared() -> None:
    alike = snapshot().scorer.alike([1], [0, 1, 2, 3])
    assert alike[0].tolist() == pytest.approx([0.5, 1.0, 0.75, 0.0])
    assert snapshot().view.traits.count_with("ingredient", "rum") == 2
    history = (Event("mojito", "purchase", None, 1),)
    assert not snapshot().scorer.score_losses(_taste(history), [_taste(())], [0, 1]).any()


def _taste(history: tuple[Event, ...]):
    from recommend.state.taste import inferred_taste

    return inferred_taste(Profile("x", history=history)).taste
