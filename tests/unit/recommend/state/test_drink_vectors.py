"""New drinks by what is known of their ingredients, or else of the groups these belong to."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Taste
from embeddings.training.trainer import fit
from recommend.state.drink_vectors import DrinkVectors
from tests.unit.embeddings.worlds import QUICK, checkerboard
from tests.unit.recommend.catalogues import catalogue, drink, ingredient

EVEN, ODD = Taste(["drink-2", "drink-4", "drink-6"]), Taste(["drink-3", "drink-5", "drink-7"])
KNOWN = [drink(f"drink-{row}", ("gin", "rum")[row % 2]) for row in range(24)]
# neither the sloes nor their gin were there at the training
TREE = (
    ingredient("gin", "spirit"),
    ingredient("rum", "spirit"),
    ingredient("spirit"),
    ingredient("sloe-gin", "gin", "sloe"),
    ingredient("sloe"),
    ingredient("batch-7-sloe-gin", "sloe-gin"),
    ingredient("navy-rum", "rum"),
    ingredient("stranger"),
)


@pytest.fixture(scope="module")
def artefact() -> ModelArtefact:
    return fit(checkerboard(), QUICK).artefact()


def vectors(artefact: ModelArtefact, **new: str) -> DrinkVectors:
    """The vectors of a catalogue to which drinks of one ingredient each are added."""
    added = [drink(name, part) for name, part in new.items()]
    return DrinkVectors.of(catalogue(*KNOWN, *added, ingredients=TREE), artefact)


@pytest.mark.parametrize("part", ["sloe-gin", "batch-7-sloe-gin"])
def test_a_new_drink_of_an_ingredient_added_later_is_placed_by_the_groups_of_that(
    artefact: ModelArtefact, part: str
) -> None:
    placed = vectors(artefact, sloe=part, gin="gin", navy="navy-rum")
    sloe, gin, navy = placed.directions[-3:]
    assert np.allclose(sloe, gin, atol=1e-6) and sloe @ navy < 0.5
    even, odd = placed.scores(EVEN)[-3:], placed.scores(ODD)[-3:]
    assert even[0] > even[2] and odd[0] < odd[2]


def test_an_ingredient_without_known_groups_says_nothing(artefact: ModelArtefact) -> None:
    assert not vectors(artefact, strange="stranger").directions[-1].any()
