"""The bundled diets as the safety rule reads them."""

from __future__ import annotations

from functools import cache

import networkx as nx

from graph.safety_rule import Node, SafetyRule
from tests.unit.knowledge.bundle import graph, ingredient, parts, rows


@cache
def world() -> nx.MultiDiGraph[Node]:
    """The bundled knowledge with its diets: a drink of each ingredient alone, and all drinks."""
    made = graph().copy()
    for row in rows("ingredients/ingredients"):
        made.nodes["ingredient", row["id"]]["diets_reviewed"] = row["diets_reviewed"] == "true"
        made.nodes["drink", row["id"]].update(abv=0.0, caffeine=0.0)
    for row in rows("diets/diets"):
        diet: Node = ("diet", row["id"])
        limits = {"max_abv": "max_abv", "max_caffeine": "max_caffeine_mg_per_100ml"}
        made.add_node(diet, **{name: number(row[column]) for name, column in limits.items()})
        for group in parts(row["avoids"]):
            made.add_edge(diet, ("ingredient", group), type="AVOIDS")
    for row in rows("drinks/drinks"):
        made.add_node(
            ("drink", f"drink: {row['id']}"),
            recipe_complete=row["recipe_complete"] == "true",
            abv=number(row["abv"]),
            caffeine=number(row["caffeine_mg_per_100ml"]),
        )
    for row in rows("drinks/recipes"):
        drink: Node = ("drink", f"drink: {row['drink_id']}")
        made.add_edge(drink, ("ingredient", ingredient(row["ingredient"])), type="CONTAINS")
    return made


def number(text: str) -> float | None:
    return float(text) if text else None


def suiting(diet: str) -> set[str]:
    """Return the bundled drinks that suit a diet."""
    rule = SafetyRule(world())
    return {row["id"] for row in rows("drinks/drinks") if rule.suits(f"drink: {row['id']}", diet)}
