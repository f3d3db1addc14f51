"""The table of examples in docs/safety.md, row by row: the rule's model, the gate and the page."""

from __future__ import annotations

import re
from dataclasses import dataclass

import networkx as nx
import pytest

from graph.connection import Graph
from graph.query_files import load
from graph.safety_rule import Allergy, Person, SafetyRule
from tests.support.pages import DOCS
from tests.support.random_graphs import World, write

SAFETY_GATE = load("recommend/safety_gate")
SEVERE = Allergy("milk", "SEVERE")


@dataclass(frozen=True)
class Example:
    """One drink and one allergy, as a row of the page tells it."""

    parts: tuple[str, ...]
    allergy: Allergy = SEVERE
    complete: bool = True
    declared: tuple[str | None, str | None] | None = None


SAID = ("declaration of the producer", "2026-10-01")
TRACES = ("cocoa-bar",)
EXAMPLES = {
    "flat white": Example(("espresso", "whole-milk")),
    "double espresso": Example(("espresso",)),
    "house lemonade": Example(("lemon-juice", "grandmas-secret")),
    "house lemonade, declared free of milk by its producer, with source and date": Example(
        ("lemon-juice", "grandmas-secret"), declared=SAID
    ),
    "the same, declared without a date": Example(
        ("lemon-juice", "grandmas-secret"), declared=(SAID[0], None)
    ),
    "flat white, declared free of milk by its producer": Example(
        ("espresso", "whole-milk"), declared=SAID
    ),
    "mystery punch": Example(("rum",), complete=False),
    "empty glass": Example(()),
    "cocoa bar drink": Example(TRACES),
    "the same, allergy mild, traces accepted": Example(TRACES, Allergy("milk", "MILD", True)),
    "the same, allergy severe, traces accepted": Example(TRACES, Allergy("milk", "SEVERE", True)),
    "the same, severity not stated, traces accepted": Example(TRACES, Allergy("milk", None, True)),
    "the same, allergy mild, traces accepted, with an unreviewed ingredient besides": Example(
        (*TRACES, "grandmas-secret"), Allergy("milk", "MILD", True)
    ),
    "nut mix drink, for an allergy to almond": Example(("nut-mix",), Allergy("almond", "SEVERE")),
    "orgeat soda, for an allergy to tree nuts": Example(
        ("orgeat",), Allergy("tree-nuts", "SEVERE")
    ),
    "lemonade with a syrup that its maker calls free of milk, the syrup not reviewed": Example(
        ("lemon-juice", "free-syrup")
    ),
}
UNREVIEWED = {"grandmas-secret", "free-syrup"}
REVIEWED = {
    "espresso",
    "whole-milk",
    "cow-milk",
    "lemon-juice",
    "rum",
    *TRACES,
    "nut-mix",
    "orgeat",
}


def rows() -> list[tuple[str, str, bool]]:
    """(drink, verdict, whether it is offered) of each row of the page's table."""
    section = DOCS.joinpath("safety.md").read_text().split("## Examples")[1].split("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \| [^|]* \| ([A-Z_]+) \| (yes|no) \|$", section, re.MULTILINE)
    return [(drink.strip(), verdict, offered == "yes") for drink, verdict, offered in cells]


def world() -> World:
    """All examples in one graph; each drink and each person is named by its row."""
    made = World(nx.MultiDiGraph())
    made.graph.add_nodes_from(
        ("allergen", allergen) for allergen in ("milk", "tree-nuts", "almond")
    )
    made.relate(("allergen", "almond"), "PART_OF", ("allergen", "tree-nuts"))
    for name in REVIEWED | UNREVIEWED:
        made.graph.add_node(("ingredient", name), reviewed=name in REVIEWED)
    made.relate(("ingredient", "whole-milk"), "IS_A", ("ingredient", "cow-milk"))
    made.relate(("ingredient", "cow-milk"), "HAS_ALLERGEN", ("allergen", "milk"))
    made.relate(("ingredient", "cocoa-bar"), "MAY_CONTAIN", ("allergen", "milk"))
    made.relate(("ingredient", "nut-mix"), "HAS_ALLERGEN", ("allergen", "tree-nuts"))
    made.relate(("ingredient", "orgeat"), "HAS_ALLERGEN", ("allergen", "almond"))
    made.relate(("ingredient", "free-syrup"), "FREE_FROM", ("allergen", "milk"))
    for name, example in EXAMPLES.items():
        made.graph.add_node(
            ("drink", name), recipe_complete=example.complete, abv=None, caffeine=None
        )
        for part in example.parts:
            made.relate(("drink", name), "CONTAINS", ("ingredient", part))
        if example.declared:
            made.relate(("drink", name), "FREE_FROM", ("allergen", "milk"), *example.declared)
        made.people[name] = Person((example.allergy,))
        made.declared.add(name)
    return made


def test_the_page_has_these_examples() -> None:
    assert [drink for drink, _, _ in rows()] == list(EXAMPLES)


@pytest.mark.parametrize(("drink", "verdict", "offered"), rows(), ids=[row[0] for row in rows()])
def test_the_rule_says_what_the_page_says(drink: str, verdict: str, offered: bool) -> None:
    rule = SafetyRule(world().graph)
    allergy = EXAMPLES[drink].allergy
    assert rule.verdict(drink, allergy.allergen).value == verdict
    assert rule.is_safe(Person((allergy,)), drink) is offered


async def test_the_gate_says_what_the_page_says(graph: Graph) -> None:
    await write(world(), graph)
    safe = []
    for drink, _, _ in rows():
        row = (await graph.run(SAFETY_GATE, asks=[{"userId": drink, "drinks": [drink]}]))[0]
        safe.append((drink, row["verdicts"][0]["verdict"], row["safe"]))
    assert safe == rows()
