"""Random worlds as the masks see them, without a graph."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from graph.catalogue.entities import Catalogue, Diet, Drink, Group, Ingredient
from graph.people.profiles import Profile
from graph.safety_rule import Allergy, Person, SafetyRule
from tests.support.random_graphs import World, random_world

UNHEARD_OF = "added a moment ago"


def catalogue_of(world: World) -> Catalogue:
    """Return the catalogue that a graph of this world would give."""
    drinks = tuple(_drink(world, name) for name in world.ids("drink"))
    return Catalogue(
        version=1,
        structure_version=1,
        drinks=drinks,
        ingredients={
            name: _ingredient(world, name) for name in world.ids("ingredient") if name != UNHEARD_OF
        },
        allergens={
            name: Group(name, name, _targets(world, "allergen", name, "PART_OF"))
            for name in world.ids("allergen")
        },
        flavors={},
        styles={},
        diets={name: _diet(world, name) for name in world.ids("diet")},
        row_of={drink.id: row for row, drink in enumerate(drinks)},
    )


def profile_of(name: str, person: Person) -> Profile:
    """Return the profile that a graph would give."""
    return Profile(
        name,
        exists=True,
        unresolved=person.unresolved,
        max_abv=person.max_abv,
        max_caffeine=person.max_caffeine,
        allergies=person.allergies,
        avoids=person.avoids,
        diets=person.diets,
    )


def _targets(world: World, kind: str, name: str, *types: str) -> tuple[str, ...]:
    edges = world.graph.out_edges((kind, name), data=True)
    return tuple(target for _, (_, target), data in edges if data["type"] in types)


def _declared_absent(world: World, name: str) -> tuple[str, ...]:
    edges = world.graph.out_edges(("drink", name), data=True)
    return tuple(
        target
        for _, (_, target), data in edges
        if data["type"] == "FREE_FROM" and data["source"] and data["observed_at"]
    )


def _ingredient(world: World, name: str) -> Ingredient:
    node = world.graph.nodes["ingredient", name]
    return Ingredient(
        id=name,
        name=name,
        reviewed=node["reviewed"] is True,
        parents=_targets(world, "ingredient", name, "IS_A", "MADE_OF"),
        contains=_targets(world, "ingredient", name, "HAS_ALLERGEN"),
        may_contain=_targets(world, "ingredient", name, "MAY_CONTAIN"),
        flavors=(),
        diets_reviewed=node["diets_reviewed"] is True,
    )


def _diet(world: World, name: str) -> Diet:
    node = world.graph.nodes["diet", name]
    avoids = _targets(world, "diet", name, "AVOIDS")
    return Diet(name, name, None, None, avoids, node["max_abv"], node["max_caffeine"])


def _drink(world: World, name: str) -> Drink:
    node = world.graph.nodes["drink", name]
    return Drink(
        id=name,
        name=name,
        abv=node["abv"],
        caffeine=node["caffeine"],
        recipe_complete=node["recipe_complete"] is True,
        changed_at=1,
        ingredients=_targets(world, "drink", name, "CONTAINS"),
        contains=_targets(world, "drink", name, "HAS_ALLERGEN"),
        may_contain=_targets(world, "drink", name, "MAY_CONTAIN"),
        declared_absent=_declared_absent(world, name),
    )


def campaign_worlds(count: int) -> Iterator[World]:
    """Yield random worlds, and small ones for what chance seldom makes."""
    yield _single_world()
    yield _strange_world()
    for seed in range(count):
        yield random_world(seed)


def _single_world() -> World:
    """One drink of one ingredient, which is all that anybody reviewed."""
    world = World(nx.MultiDiGraph())
    world.graph.add_node(("allergen", "milk"))
    world.graph.add_node(("ingredient", "rum"), reviewed=True, diets_reviewed=True)
    world.graph.add_node(("diet", "plain"), max_abv=40.0, max_caffeine=None)
    world.graph.add_node(("drink", "shot"), recipe_complete=True, abv=40.0, caffeine=None)
    world.relate(("drink", "shot"), "CONTAINS", ("ingredient", "rum"))
    world.people = {
        "ann": Person((Allergy("milk", "SEVERE"),), diets=("plain",), max_abv=40.0),
        "bob": Person(max_caffeine=10.0),
    }
    return world


def _strange_world() -> World:
    """A part that nobody has heard of; people with an allergen and a diet that nobody knows."""
    world = _single_world()
    world.graph.add_node(("ingredient", UNHEARD_OF), reviewed=None, diets_reviewed=None)
    world.graph.add_node(("drink", "surprise"), recipe_complete=True, abv=0.0, caffeine=0.0)
    world.relate(("drink", "surprise"), "CONTAINS", ("ingredient", UNHEARD_OF))
    world.people["cem"] = Person((Allergy("moon-dust", "MILD", True),))
    world.people["dee"] = Person(diets=("of-tomorrow",))
    world.people["eve"] = Person()
    world.sealed = {"eve"}
    return world


def is_safe(rule: SafetyRule, world: World, person: Person, drink: str) -> bool:
    """Return what the rule says; nothing is safe for an allergen that the graph does not have."""
    known = set(world.ids("allergen"))
    if any(allergy.allergen not in known for allergy in person.allergies):
        return False
    return rule.is_safe(person, drink)
