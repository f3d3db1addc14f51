from __future__ import annotations

import pytest

from graph.people.profiles import Event, Preference, Profile
from recommend.state.taste import inferred_taste


def somebody(*events: tuple[str, str, float | None, int | None]) -> Profile:
    return Profile("somebody", history=tuple(Event(*event) for event in events))


@pytest.mark.parametrize(
    ("events", "disliked"),
    [
        ([("tea", "dislike", -1.0, 1)], True),
        ([("tea", "rating", 2.0, 1)], True),
        ([("tea", "rating", 2.5, 1)], False),
        ([("tea", "dislike", -1.0, 1), ("tea", "like", 1.0, 2)], False),
        ([("tea", "like", 1.0, 1), ("tea", "dislike", -1.0, 2)], True),
        ([("tea", "dislike", -1.0, 1), ("tea", "purchase", None, 2)], True),  # no opinion
        ([("tea", "dislike", -1.0, 5), ("tea", "like", 1.0, 5)], True),  # the worse at a tie
        ([("tea", "dislike", -1.0, None)], True),
        ([("tea", "purchase", None, 1)], False),
        ([("tea", "unheard-of", 1.0, 1)], False),
        ([], False),
    ],
)
def test_the_latest_opinion_decides(
    events: list[tuple[str, str, float | None, int | None]], disliked: bool
) -> None:
    assert inferred_taste(somebody(*events)).disliked == ({"tea"} if disliked else set())


def test_had_is_what_was_bought_rated_or_liked() -> None:
    types = ("purchase", "rating", "like", "dislike", "save", "view")
    person = somebody(*((f"{type_}-drink", type_, 5.0, 1) for type_ in types))
    assert inferred_taste(person).had == {"purchase-drink", "rating-drink", "like-drink"}


def test_taste_leaves_out_what_is_disliked_and_weighs_the_rest() -> None:
    person = somebody(
        ("ale", "purchase", None, 10),
        ("ale", "view", None, 20),
        ("cola", "view", None, 30),
        ("tea", "purchase", None, 1),
        ("tea", "dislike", -1.0, 2),
    )
    taste = inferred_taste(person).taste
    assert list(taste.drinks) == ["ale", "cola"]
    assert list(taste.weights) == pytest.approx([1.0, 0.2])
    assert list(taste.at) == [20, 30]


def test_likes_are_told_by_kind_and_allergies_not_at_all() -> None:
    person = Profile(
        "somebody",
        likes=(Preference("flavor", "sour"), Preference("style", "ale"), Preference("flavor", "x")),
        dislikes=(Preference("ingredient", "ginger"),),
    )
    taste = inferred_taste(person).taste
    assert dict(taste.likes) == {"flavor": ["sour", "x"], "style": ["ale"]}
    assert dict(taste.dislikes) == {"ingredient": ["ginger"]}
    assert not list(taste.drinks)


def test_what_is_disliked_is_told_apart() -> None:
    person = somebody(
        ("tea", "dislike", -1.0, 1), ("ale", "rating", 1.0, 2), ("cola", "save", 0, 3)
    )
    assert list(inferred_taste(person).taste.disliked) == ["ale", "tea"]
    assert list(inferred_taste(person).taste.drinks) == ["cola"]
