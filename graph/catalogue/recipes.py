"""Recipes of drinks: what is in each drink, and how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from graph.connection import Graph, Row
from graph.query_files import load

RECIPES_OF_DRINKS = load("catalogue/recipes_of_drinks")


async def load_recipes(
    graph: Graph, drink_ids: Sequence[str], deadline: float | None = None
) -> Mapping[str, Sequence[Row]]:
    """Return the lines of each drink's recipe; a drink without a known recipe has none.

    Raises GraphError.
    """
    recipes: defaultdict[str, list[Row]] = defaultdict(list)
    for line in await graph.run(RECIPES_OF_DRINKS, drinkIds=drink_ids, deadline=deadline):
        recipes[line["drinkId"]].append(line)
    return recipes
