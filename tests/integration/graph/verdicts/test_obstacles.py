"""Every drink that the gate refuses has an obstacle, and every obstacle is in the graph."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from graph.connection import Graph
from graph.safety_rule import Node, Person, SafetyRule
from graph.verdicts.gate import GateAnswer, ask_gate
from graph.verdicts.obstacles import Obstacle, find_obstacles
from tests.support.emptying import empty
from tests.support.random_graphs import World, random_world, write

UP = ("CONTAINS", "IS_A", "MADE_OF")
OF_DIETS = {"DIET_AVOIDED", "DIET_UNREVIEWED", "DIET_LIMIT"}
OTHERS = {"CONTAINS", "MAY_CONTAIN", "UNREVIEWED", "RECIPE_INCOMPLETE", "AVOIDED", "LIMIT"}
KINDS = OF_DIETS | OTHERS | {"UNRESOLVED"}


@pytest.mark.parametrize("block", range(4))
async def test_what_is_unsafe_has_an_obstacle_on_random_graphs(graph: Graph, block: int) -> None:
    seen: set[str] = set()
    for seed in range(block * 3, block * 3 + 3):
        await empty(graph)
        world = random_world(4000 + seed, drinks=6, people=4)
        await write(world, graph)
        for name, person in world.people.items():
            answers = await ask_gate(graph, name, world.ids("drink"))
            for answer in answers.values():
                explanation = await find_obstacles(graph, name, answer)
                assert bool(explanation.obstacles) is not answer.safe, (seed, name, answer)
                for obstacle in explanation.obstacles:
                    check(world, person, answer, obstacle)
                seen |= {obstacle.kind for obstacle in explanation.obstacles}
    assert len(seen) >= 6 and seen <= KINDS, seen


def check(world: World, person: Person, answer: GateAnswer, obstacle: Obstacle) -> None:
    """The path is there, and what is at its end stands in the way of this person."""
    rule, drink = SafetyRule(world.graph), answer.drink_id
    path = [("drink", drink), *(("ingredient", name) for name in obstacle.path[1:])]
    assert obstacle.path[0] == drink
    assert all(related(world, *pair) & set(UP) for pair in pairwise(path)), obstacle
    last, end = path[-1], world.graph.nodes[path[-1]]
    allergies = {allergy.allergen: allergy for allergy in person.allergies}
    match obstacle.kind:
        case "CONTAINS" | "MAY_CONTAIN":
            assert obstacle.stated and obstacle.allergen
            status = "HAS_ALLERGEN" if obstacle.kind == "CONTAINS" else "MAY_CONTAIN"
            assert status in related(world, last, ("allergen", obstacle.allergen)), obstacle
            members = rule.at_or_below(obstacle.stated)
            assert any(obstacle.allergen in rule.at_or_above(member) for member in members), (
                obstacle
            )
            accepted = allergies[obstacle.stated].traces_accepted and rule.is_known(drink)
            verdict = rule.verdict(drink, obstacle.stated).value
            assert verdict == "CONTAINS" or (verdict == "MAY_CONTAIN" and not accepted), obstacle
        case "UNREVIEWED":
            assert end["reviewed"] is not True
        case "RECIPE_INCOMPLETE":
            assert not rule.is_known(drink) and len(obstacle.path) == 1
        case "AVOIDED":
            assert obstacle.stated == last[1] and obstacle.stated in person.avoids
        case "DIET_AVOIDED":
            assert "AVOIDS" in related(world, ("diet", str(obstacle.stated)), last)
            assert obstacle.stated in person.diets
        case "DIET_UNREVIEWED":
            assert end["diets_reviewed"] is not True and obstacle.stated in person.diets
        case "LIMIT" | "DIET_LIMIT":
            assert limited(world, person, drink, obstacle), obstacle
        case _:
            assert obstacle.kind == "UNRESOLVED" and person.unresolved


def related(world: World, source: Node, target: Node) -> set[str]:
    edges: dict[Any, dict[str, Any]] = world.graph.get_edge_data(source, target) or {}
    return {str(data["type"]) for data in edges.values()}


def limited(world: World, person: Person, drink: str, obstacle: Obstacle) -> bool:
    node, limits = world.graph.nodes["drink", drink], (person.max_abv, person.max_caffeine)
    if obstacle.kind == "DIET_LIMIT":
        diet = world.graph.nodes["diet", str(obstacle.stated)]
        limits = (diet["max_abv"], diet["max_caffeine"])
    values = (node["abv"], node["caffeine"])
    return any(
        limit is not None and (value is None or value > limit)
        for limit, value in zip(limits, values, strict=True)
    )


async def test_of_a_safe_drink_nothing_is_read(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a path was read")

    safe = GateAnswer("drink", True, True, True, (), (), (), 1, 1)
    monkeypatch.setattr(Graph, "run_together", refuse)
    explanation = await find_obstacles(graph, "user", safe)
    assert (explanation.obstacles, explanation.replay) == ((), ())
