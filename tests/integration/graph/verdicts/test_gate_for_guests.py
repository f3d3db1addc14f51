"""The gate for people who are described in a request agrees with the rule's model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.connection import Graph
from graph.people.profiles import Profile
from graph.safety_rule import Allergy, SafetyRule
from graph.verdicts.gate import ask_gates
from tests.support.emptying import empty
from tests.support.random_graphs import World, random_world, write


def guests_of(world: World) -> list[Profile]:
    """The people of a world as guests: what an import did not understand cannot be said here."""
    return [
        Profile(
            "",
            allergies=person.allergies,
            avoids=person.avoids,
            diets=person.diets,
            max_abv=person.max_abv,
            max_caffeine=person.max_caffeine,
            allergies_declared_at="now",
        )
        for person in world.people.values()
    ]


@pytest.mark.parametrize("block", range(2))
async def test_the_gate_agrees_with_the_rule_about_guests(graph: Graph, block: int) -> None:
    for seed in range(block * 3, block * 3 + 3):
        await empty(graph)
        world = random_world(12_000 + seed)
        await write(world, graph)
        rule, drinks, guests = SafetyRule(world.graph), world.ids("drink"), guests_of(world)
        by_guest = await ask_gates(graph, guests, [*drinks, "no-such-drink"])
        assert len(by_guest) == len(guests)
        for answers, person in zip(by_guest, world.people.values(), strict=True):
            assert sorted(answers) == sorted(drinks)
            plain = replace(person, unresolved=())
            for drink, answer in answers.items():
                where = (seed, plain, drink)
                assert answer.safe == rule.is_safe(plain, drink), where
                assert answer.known == rule.is_known(drink), where
                assert {verdict.allergen: verdict.verdict for verdict in answer.verdicts} == {
                    allergy.allergen: rule.verdict(drink, allergy.allergen).value
                    for allergy in plain.allergies
                }, where
                unsuited = {diet for diet in plain.diets if not rule.suits(drink, diet)}
                assert set(answer.unsuited_diets) == unsuited, where


async def test_what_the_graph_does_not_know_makes_nothing_safe(graph: Graph) -> None:
    world = random_world(3)
    await write(world, graph)
    unknown = [
        Profile("", allergies=(Allergy("gold", "MILD", accepts_traces=True),)),
        Profile("", avoids=("gold",)),
        Profile("", diets=("gold",)),
    ]
    by_guest = await ask_gates(graph, unknown, world.ids("drink"))
    assert [any(answer.safe for answer in answers.values()) for answers in by_guest] == [False] * 3
