"""A table of people, foods and what they taste of, and what must not be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graph.catalogue.popularity import Popularity
from graph.people.profiles import Profile
from graph.recognition.recogniser import Recogniser
from graph.safety_rule import Allergy
from recommend.explain.reason_paths import Reason, ReasonKind
from recommend.explain.redaction import Redaction
from recommend.explain.sentences import sentence
from recommend.ranking.food_flavors import food_flavors
from recommend.ranking.group_aggregation import relevance, together
from recommend.safety.masks import Masks
from recommend.state.flavor_index import FlavorIndex
from recommend.state.snapshot import Snapshot
from tests.unit.recommend.catalogues import catalogue, drink, group, ingredient

BAR = replace(
    catalogue(
        drink("limeade", "lime", flavors=("sour",)),
        drink("punch", "rum", flavors=("sweet",)),
        drink("toddy", "rum", "lime", flavors=("sweet", "warm")),
        drink("water"),
        ingredients=(
            ingredient("spirit", flavors=("warm",)),
            ingredient("rum", "spirit"),
            ingredient("lime", flavors=("fresh", "sour")),
            ingredient("almonds", contains=("almond",)),
            ingredient("orgeat", "almonds"),
        ),
    ),
    flavors={flavor: group(flavor) for flavor in ("sour", "sweet", "warm", "fresh")},
)


def test_a_table_weighs_the_mean_and_the_least_pleased() -> None:
    wishes = np.array([[2.0, 1.0, 0.0], [-2.0, 0.5, 0.0]], dtype=np.float32)
    assert together(wishes).tolist() == [-1.0, 0.625, 0.0]
    one = Snapshot.of(BAR, None, Popularity({"punch": 9}))
    means = relevance(one, [Profile("a"), Profile("b")])
    assert means.shape == (2, 4)
    assert means.mean(axis=1) == pytest.approx([0.0, 0.0], abs=1e-6)
    assert means[0].argmax() == 1
    assert not relevance(Snapshot.of(BAR, None, Popularity()), [Profile("a")]).any()


def test_drinks_are_alike_in_the_flavors_that_few_have() -> None:
    index = FlavorIndex(BAR)
    assert index.of(BAR.drinks[2]) == {"fresh": 0.5, "sour": 0.5, "sweet": 1.0, "warm": 1.0}
    similar = index.alike(["warm", "sour", "no such flavor"])
    assert np.isneginf(similar).tolist() == [False, True, False, True]
    assert 0 < similar[0] < 1 and 0 < similar[2] < 1
    assert index.shared(BAR.drinks[2], ["sour", "warm", "sour"]) == ["warm", "sour"]
    assert np.isneginf(index.alike([])).all()
    assert index.alike(["warm", "sweet"])[2] > index.alike(["sour"])[2]


def test_foods_are_read_as_flavors_and_ingredients() -> None:
    known = Recogniser()
    for name in ("lime", "rum", "spirit", "almonds"):
        known.described.add(name, name)
    assert food_flavors("Lime", BAR, known).flavors == ("fresh", "sour")
    assert food_flavors("rum", BAR, known).flavors == ("warm",)  # what it is
    assert food_flavors("a SWEET pie", BAR, known).understood == (("sweet", "sweet"),)
    assert food_flavors("lime cake", BAR, known).flavors == ("fresh", "sour")
    assert food_flavors("stone soup", BAR, known).flavors == ()


def test_an_allergy_is_not_told() -> None:
    anybody = Redaction(Masks(BAR), Profile("x"))
    allergic = Redaction(
        Masks(BAR), Profile("x", allergies=(Allergy("tree-nuts", "MILD", accepts_traces=True),))
    )
    for who, text, allowed in (
        (anybody, "Almond", False),  # the name of an allergen, whoever asks
        (anybody, "Almond syrup", True),
        (allergic, "Almond syrup", False),
        (allergic, "Almonds", False),
        (allergic, "Lime", True),
        (allergic, "Coconut", True),
    ):
        assert who.allows_text(text) is allowed, text
    assert not allergic.allows_drink("Almond Latte") and allergic.allows_drink("Latte")
    assert not allergic.allows_ingredient("orgeat") and anybody.allows_ingredient("orgeat")
    assert allergic.allows_ingredient("lime")


@pytest.mark.parametrize(
    ("kind", "path", "names", "verb", "said"),
    [
        (
            ReasonKind.SHARED_INGREDIENT,
            (("m", "Mojito"), ("lime", "Lime"), ("d", "Daiquiri")),
            ("Lime", "Mint"),
            "had",
            "Shares lime and mint with the Mojito you had.",
        ),
        (
            ReasonKind.SHARED_FLAVOR,
            (("m", "Mojito"), ("s", "Sour"), ("d", "Daiquiri")),
            ("Sour",),
            "liked",
            "Shares the flavor sour with the Mojito you liked.",
        ),
        (
            ReasonKind.LIKED_INGREDIENT,
            (("spirit", "Spirit"), ("rum", "Rum"), ("d", "Daiquiri")),
            ("Rum", "Spirit"),
            "",
            "Has rum, and you like spirit.",
        ),
        (
            ReasonKind.LIKED_STYLE,
            (("ipa", "IPA"), ("d", "Hazy")),
            ("IPA",),
            "",
            "Is of the style IPA, which you like.",
        ),
        (
            ReasonKind.CONTEXT,
            (("d", "Tea"),),
            ("tea",),
            "daypart:night",
            "Tea is wanted more at night.",
        ),
        (
            ReasonKind.PEOPLE_ALIKE,
            (("m", "Mojito"), ("d", "Daiquiri")),
            (),
            "had",
            "Other people who had Mojito had it too.",
        ),
    ],
)
def test_sentences(
    kind: ReasonKind,
    path: tuple[tuple[str, str], ...],
    names: tuple[str, ...],
    verb: str,
    said: str,
) -> None:
    assert sentence(Reason(kind, path, names, verb)) == said
