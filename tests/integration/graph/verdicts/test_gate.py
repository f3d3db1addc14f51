"""The gate query agrees with the rule's model, on both engines."""

from __future__ import annotations

import pytest

from graph.connection import Graph
from graph.query_files import load
from graph.safety_rule import SafetyRule
from tests.support.random_graphs import World, random_world, write

SAFETY_GATE = load("recommend/safety_gate")


@pytest.mark.parametrize("block", range(10))
async def test_gate_agrees_with_the_rule_on_random_graphs(graph: Graph, block: int) -> None:
    from tests.support.emptying import empty

    for seed in range(block * 5, block * 5 + 5):
        await empty(graph)
        world = random_world(seed)
        await write(world, graph)
        await check(world, graph, seed)


async def check(world: World, graph: Graph, seed: int) -> None:
    rule = SafetyRule(world.graph)
    drinks = world.ids("drink")
    for name, person in world.people.items():
        ask = {"userId": name, "drinks": [*drinks, "no-such-drink"]}
        rows = await graph.run(SAFETY_GATE, asks=[ask])
        assert [row["drinkId"] for row in rows] == sorted(drinks), (seed, name)
        for row in rows:
            where = (seed, name, row["drinkId"])
            assert row["safe"] == rule.is_safe(person, row["drinkId"]), where
            assert row["known"] == rule.is_known(row["drinkId"]), where
            verdicts = {verdict["allergen"]: verdict["verdict"] for verdict in row["verdicts"]}
            expected = {
                allergy.allergen: rule.verdict(row["drinkId"], allergy.allergen).value
                for allergy in person.allergies
            }
            assert verdicts == expected, where
            unsuited = {diet for diet in person.diets if not rule.suits(row["drinkId"], diet)}
            assert set(row["unsuitedDiets"]) == unsuited, where
            assert row["declared"] == (name in world.declared), where


async def test_a_person_the_graph_does_not_know_has_declared_nothing(graph: Graph) -> None:
    world = random_world(3)
    await write(world, graph)
    asks = [{"userId": "nobody", "drinks": world.ids("drink")}, {"drinks": world.ids("drink")}]
    rows = await graph.run(SAFETY_GATE, asks=asks)
    assert [row["ask"] for row in rows] == [0] * 12 + [1] * 12
    assert {row["declared"] for row in rows} == {False}
    assert all(row["verdicts"] == [] for row in rows)
