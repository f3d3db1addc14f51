"""The bundled knowledge as it lies on disk: rows, an index of names, and one plain graph."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import networkx as nx

from graph.recognition.naming import normalise
from graph.safety_rule import Node

Row = dict[str, str]
STATUSES = {"contains": "HAS_ALLERGEN", "may_contain": "MAY_CONTAIN", "absent": "FREE_FROM"}


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Return the rows of `folder/table` of the bundled knowledge."""
    path = resources.files("graph") / "knowledge" / f"{table}.csv"
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def parts(text: str) -> list[str]:
    """Return the values of a list column."""
    return [part for part in text.split("|") if part]


@cache
def owners() -> dict[str, frozenset[str]]:
    """Return the ingredients that have each text, normalised, as id, name or synonym."""
    owners_of: dict[str, set[str]] = {}
    for row in rows("ingredients/ingredients"):
        for text in (row["id"], row["name"], *parts(row["synonyms"])):
            owners_of.setdefault(normalise(text), set()).add(row["id"])
    return {text: frozenset(ids) for text, ids in owners_of.items()}


def ingredient(text: str) -> str:
    """Return the one ingredient that the text names; KeyError or ValueError if not exactly one."""
    (owner,) = owners()[normalise(text)]
    return owner


@cache
def graph() -> nx.MultiDiGraph[Node]:
    """Return the knowledge as the safety rule reads it, with a drink of each single ingredient."""
    made: nx.MultiDiGraph[Node] = nx.MultiDiGraph()
    for row in rows("law/allergens"):
        for group in parts(row["part_of"]):
            made.add_edge(("allergen", row["id"]), ("allergen", group), type="PART_OF")
    for row in rows("ingredients/ingredients"):
        node: Node = ("ingredient", row["id"])
        made.add_node(node, reviewed=row["reviewed"] == "true")
        made.add_node(("drink", row["id"]), recipe_complete=True)
        made.add_edge(("drink", row["id"]), node, type="CONTAINS")
        for type_, column in (("IS_A", "is_a"), ("MADE_OF", "made_of")):
            for other in parts(row[column]):
                made.add_edge(node, ("ingredient", other), type=type_)
    for row in rows("ingredients/allergen_evidence"):
        made.add_edge(
            (row["subject_type"], row["subject"]),
            ("allergen", row["allergen"]),
            type=STATUSES[row["status"]],
            source=row["source"],
            observed_at=row["observed_at"],
        )
    return made
