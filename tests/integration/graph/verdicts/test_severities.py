"""Traces and severities, by the gate and by the masks: whatever is not one of ours is severe."""

from __future__ import annotations

import pytest

from graph.connection import Graph
from graph.people.profiles import load_profile
from graph.safety_rule import Allergy, Person
from graph.verdicts.gate import ask_gate
from recommend.state.snapshot_store import SnapshotStore
from tests.support.random_graphs import random_world, write


@pytest.mark.parametrize(
    ("severity", "safe"),
    [
        ("MILD", True),
        ("MODERATE", True),
        ("SEVERE", False),
        ("severe", False),
        ("Mild", False),
        (None, False),
    ],
)
async def test_traces_pass_only_a_severity_that_is_known(
    graph: Graph, severity: str | None, safe: bool
) -> None:
    world = random_world(1, drinks=0, people=0)
    chocolate, cocoa, milk = ("ingredient", "chocolate"), ("drink", "cocoa"), ("allergen", "milk")
    world.graph.add_node(chocolate, reviewed=True, diets_reviewed=True)
    world.graph.add_node(milk)
    world.graph.add_node(cocoa, recipe_complete=True, abv=None, caffeine=None)
    world.relate(chocolate, "MAY_CONTAIN", milk)
    world.relate(cocoa, "CONTAINS", chocolate)
    world.people["ann"] = Person(allergies=(Allergy("milk", severity, True),))
    await write(world, graph)
    assert (await ask_gate(graph, "ann", ["cocoa"]))["cocoa"].safe is safe
    view = (await SnapshotStore(graph).snapshot()).view
    allowed = view.masks.allowed(await load_profile(graph, "ann"))
    assert bool(allowed[view.catalogue.row_of["cocoa"]]) is safe
