"""The masks in memory agree with the rule's model, on the catalogue as each engine returns it."""

from __future__ import annotations

import pytest

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph
from graph.people.profiles import load_profile
from graph.safety_rule import SafetyRule
from recommend.safety.masks import VERDICTS, Masks
from tests.support.emptying import empty
from tests.support.random_graphs import World, random_world, write


@pytest.mark.parametrize("block", range(10))
async def test_masks_agree_with_the_rule_on_random_graphs(graph: Graph, block: int) -> None:
    for seed in range(block * 5, block * 5 + 5):
        await empty(graph)
        world = random_world(1000 + seed)
        await write(world, graph)
        await check(world, graph, seed)


async def check(world: World, graph: Graph, seed: int) -> None:
    rule = SafetyRule(world.graph)
    catalogue = await load_catalogue(graph)
    masks = Masks(catalogue)
    for drink, row in catalogue.row_of.items():
        for allergen, place in masks.tree.position.items():
            verdict = VERDICTS[masks.codes[place, row]]
            assert verdict == rule.verdict(drink, allergen).value, (seed, drink, allergen)
    for name, person in world.people.items():
        allowed = masks.allowed(await load_profile(graph, name))
        expected = [rule.is_safe(person, drink.id) for drink in catalogue.drinks]
        assert allowed.tolist() == expected, (seed, name)
