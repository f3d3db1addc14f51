"""What people declare: replaced as a whole, or not at all."""

from dataclasses import asdict

import pytest

from graph.connection import Graph
from graph.errors import GraphRefused
from graph.people.declarations import (
    declare_allergies,
    declare_avoids,
    declare_diets,
    declare_preferences,
)
from graph.people.profiles import Preference, load_profile
from graph.safety_rule import Allergy
from tests.support.emptying import ask

NOW = "2026-11-21T08:00:00+00:00"
MILK, EGG = Allergy("milk", "SEVERE", False), Allergy("egg", "MILD", True)


@pytest.fixture(autouse=True)
async def known(graph: Graph) -> None:
    await ask(graph, "UNWIND ['milk', 'egg'] AS id CREATE (:Allergen {id: id}) RETURN 1 AS one")
    await ask(graph, "UNWIND ['rum', 'gin'] AS id CREATE (:Ingredient {id: id}) RETURN 1 AS one")
    await ask(graph, "CREATE (:Flavor {id: 'sour'}) CREATE (:Style {id: 'tiki'}) RETURN 1 AS one")


async def test_allergies_replace_those_before_and_each_change_advances_the_version(
    graph: Graph,
) -> None:
    assert await declare_allergies(graph, "ann", [MILK, EGG], NOW, "eu-14") == 2
    first = await load_profile(graph, "ann")
    assert first.allergies == (EGG, MILK)
    assert (first.regulation, first.allergies_declared_at) == ("eu-14", NOW)
    assert await declare_allergies(graph, "ann", [EGG], NOW, None) == 1
    second = await load_profile(graph, "ann")
    assert (second.allergies, second.regulation) == ((EGG,), None)
    assert second.version > first.version


async def test_an_empty_declaration_says_that_there_is_none(graph: Graph) -> None:
    assert not (await load_profile(graph, "ann")).declared
    assert await declare_allergies(graph, "ann", [], NOW, None) == 0
    profile = await load_profile(graph, "ann")
    assert profile.declared and profile.allergies == ()


async def test_an_allergen_that_the_graph_lost_loses_nothing_declared_before(graph: Graph) -> None:
    await declare_allergies(graph, "ann", [MILK], NOW, None)
    before = asdict(await load_profile(graph, "ann"))
    with pytest.raises(GraphRefused, match="1 of the 2 allergens"):
        await declare_allergies(graph, "ann", [EGG, Allergy("gone", None, False)], NOW, None)
    assert asdict(await load_profile(graph, "ann")) == before


async def test_an_avoided_ingredient_that_the_graph_lost_changes_nothing(graph: Graph) -> None:
    await declare_avoids(graph, "ann", ["rum"], 5.0, None)
    before = asdict(await load_profile(graph, "ann"))
    with pytest.raises(GraphRefused, match="1 of the 2 ingredients"):
        await declare_avoids(graph, "ann", ["gin", "gone"], None, None)
    assert asdict(await load_profile(graph, "ann")) == before


async def test_avoids_and_limits_replace_those_before_and_may_name_one_twice(graph: Graph) -> None:
    assert await declare_avoids(graph, "ann", ["rum", "gin", "rum"], 5.0, 40.0) == 2
    profile = await load_profile(graph, "ann")
    assert (profile.avoids, profile.max_abv, profile.max_caffeine) == (("gin", "rum"), 5.0, 40.0)
    assert await declare_avoids(graph, "ann", [], None, None) == 0
    profile = await load_profile(graph, "ann")
    assert (profile.avoids, profile.max_abv, profile.max_caffeine) == ((), None, None)


async def test_declaring_again_resolves_what_was_not_understood_of_that_part_only(
    graph: Graph,
) -> None:
    await ask(
        graph,
        "CREATE (:User {id: 'ann', unresolved: ['allergies: melk', 'avoids: rhum', 'row: x']}) "
        "RETURN 1 AS one",
    )
    await declare_allergies(graph, "ann", [MILK], NOW, None)
    # of a row that was rejected as a whole, what it said about avoids and diets stays open
    assert (await load_profile(graph, "ann")).unresolved == (
        "avoids: rhum",
        "avoids: row: x",
        "diets: row: x",
    )
    await declare_avoids(graph, "ann", ["rum"], None, None)
    assert (await load_profile(graph, "ann")).unresolved == ("diets: row: x",)
    await declare_diets(graph, "ann", [])
    assert (await load_profile(graph, "ann")).unresolved == ()


async def test_declaring_diets_first_leaves_the_rest_of_a_rejected_row_open(graph: Graph) -> None:
    await ask(
        graph,
        "CREATE (:User {id: 'ann', unresolved: ['diets: vegun', 'row: x']}) RETURN 1 AS one",
    )
    await declare_diets(graph, "ann", [])
    assert (await load_profile(graph, "ann")).unresolved == ("allergies: row: x", "avoids: row: x")


async def test_diets_replace_those_before(graph: Graph) -> None:
    await ask(graph, "CREATE (:Diet {id: 'vegan'}) CREATE (:Diet {id: 'halal'}) RETURN 1 AS one")
    assert await declare_diets(graph, "ann", ["vegan", "vegan"]) == 1
    assert (await load_profile(graph, "ann")).diets == ("vegan",)
    await declare_diets(graph, "ann", ["halal"])
    assert (await load_profile(graph, "ann")).diets == ("halal",)
    with pytest.raises(GraphRefused, match="1 of the 2 diets"):
        await declare_diets(graph, "ann", ["vegan", "of-tomorrow"])
    assert (await load_profile(graph, "ann")).diets == ("halal",)


async def test_preferences_replace_those_before(graph: Graph) -> None:
    await declare_preferences(graph, "ann", {"flavor": ["sour"]}, {"ingredient": ["gin"]})
    profile = await load_profile(graph, "ann")
    assert profile.likes == (Preference("flavor", "sour"),)
    assert profile.dislikes == (Preference("ingredient", "gin"),)
    await declare_preferences(graph, "ann", {"style": ["tiki"]}, {})
    profile = await load_profile(graph, "ann")
    assert (profile.likes, profile.dislikes) == ((Preference("style", "tiki"),), ())
