from __future__ import annotations

from dataclasses import replace

import numpy as np

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.trainer import fit
from graph.catalogue.entities import Catalogue, Diet
from graph.catalogue.popularity import Popularity
from graph.catalogue.substitutes import SubstituteProposal
from recommend.explain.alike_ingredients import MOST_PROPOSALS, alike_ingredients
from recommend.state.snapshot import Snapshot
from tests.unit.embeddings.worlds import QUICK, edges
from tests.unit.recommend.catalogues import catalogue, drink, ingredient

NUTTY = ("amaretto", "hazelnut-liqueur", "walnut-liqueur")
OTHERS = [f"part-{number}" for number in range(40)]
SPIRITS = [f"spirit-{number}" for number in range(30)]
PARTS = (
    ingredient("liqueur"),
    ingredient("animal-product"),
    *(ingredient(id_, "liqueur", flavors=("nutty",)) for id_ in NUTTY),
    ingredient("orange-liqueur", "liqueur", flavors=("citrus",)),
    ingredient("cream", "animal-product"),
    ingredient("honey", "animal-product"),
    *(ingredient(id_) for id_ in OTHERS),
    *(ingredient(id_, "spirit") for id_ in SPIRITS),
    ingredient("spirit"),
)
RELATED = ("hazelnut-liqueur", "walnut-liqueur", "orange-liqueur")


def bar(*diets: Diet) -> Catalogue:
    drinks = (
        drink("sour", "amaretto", "cream"),
        *(drink(f"with-{id_}", id_) for id_ in (*RELATED, "honey", *OTHERS, *SPIRITS)),
    )
    return catalogue(*drinks, ingredients=PARTS, diets=diets)


def proposed(snapshot: Snapshot, drink_id: str = "sour") -> list[SubstituteProposal]:
    return alike_ingredients(snapshot, drink_id)


def trained() -> ModelArtefact:
    """Who has amaretto has what orange liqueur is in too, and nobody else does."""
    drinks = ("with-amaretto", "with-orange", "with-hazelnut", "with-walnut")
    random = np.random.default_rng(0)
    user = np.repeat(np.arange(60), 2)
    drink_ = np.where(user % 2 == 0, random.permuted(np.tile([0, 1], 60)), 2 + np.arange(120) % 2)
    drink_[::2], drink_[1::2] = (
        np.where(user[::2] % 2 == 0, 0, 2),
        np.where(user[::2] % 2 == 0, 1, 3),
    )
    return fit(
        TrainingGraph(
            drinks,
            tuple(f"user-{row}" for row in range(60)),
            Events.of(user, drink_),
            ingredients=("amaretto", "orange-liqueur", "hazelnut-liqueur", "walnut-liqueur"),
            drink_ingredients=edges((0, 0), (1, 1), (2, 2), (3, 3)),
        ),
        QUICK,
    ).artefact()


def test_without_a_model_those_of_the_family_come_by_shared_flavors() -> None:
    proposals = proposed(Snapshot.of(bar(), None, Popularity()))
    assert [
        proposal.substitute_id for proposal in proposals if proposal.ingredient_id == "amaretto"
    ] == list(RELATED)
    assert {
        proposal.group_id for proposal in proposals if proposal.ingredient_id == "amaretto"
    } == {"liqueur"}


def test_a_group_that_a_diet_avoids_makes_nothing_alike() -> None:
    diet = Diet("vegan", "Vegan", None, None, ("animal-product",))
    pairs = {
        (proposal.ingredient_id, proposal.substitute_id)
        for proposal in proposed(Snapshot.of(bar(), None, Popularity()))
    }
    assert ("cream", "honey") in pairs
    pairs = {
        (proposal.ingredient_id, proposal.substitute_id)
        for proposal in proposed(Snapshot.of(bar(diet), None, Popularity()))
    }
    assert pairs and "cream" not in {part for part, _ in pairs}


def test_a_wide_group_makes_nothing_alike_and_a_drink_that_is_not_there_nothing() -> None:
    snapshot = Snapshot.of(bar(), None, Popularity())
    assert proposed(snapshot, "with-spirit-0") == [] and proposed(snapshot, "nosuch") == []


def test_a_model_brings_forward_what_tastes_alike_to_the_same_people() -> None:
    without_flavors = replace(
        bar(), ingredients={k: replace(v, flavors=()) for k, v in bar().ingredients.items()}
    )
    by_flavors = proposed(Snapshot.of(without_flavors, None, Popularity()))
    by_model = proposed(Snapshot.of(without_flavors, trained(), Popularity()))
    mine = [
        [p.substitute_id for p in proposals if p.ingredient_id == "amaretto"]
        for proposals in (by_flavors, by_model)
    ]
    assert mine[0] == sorted(RELATED) and mine[1][0] == "orange-liqueur"
    assert max(map(len, mine)) <= MOST_PROPOSALS
