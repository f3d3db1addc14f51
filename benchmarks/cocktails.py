"""Three real cocktail collections: import them, see what is understood, recommend from them.

    .venv/bin/python -m benchmarks.cocktails [--page docs/allergies-by-eye.md]

Needs the data sets beside the project, in ../shared/data; nothing of them is kept but the page of
examples for reading.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import tempfile
from collections import defaultdict
from pathlib import Path

from gql.loaders import RECIPES_OF_DRINKS
from graph.connection import Graph, Row
from graph.declarations import declare_allergies
from graph.importing import ImportSummary, Silent, import_folder, load_mapping
from graph.safety_rule import Allergy
from recommend.keeper import Keeper
from recommend.masks import VERDICTS, Masks
from recommend.recommender import Offer, Recommender
from service import bundled
from service.assembly import open_graph
from service.metrics import Metrics
from service.settings import read_settings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SETS = {
    "Mr. Boston": ("cocktails/boston_cocktails.csv", "boston_cocktails"),
    "TheCocktailDB": ("cocktails/cocktails.csv", "thecocktaildb"),
    "cocktaildb": ("cocktaildb", "cocktaildb"),
}
PEOPLE = {
    "milk": ["milk"],
    "egg": ["egg"],
    "tree nuts": ["tree-nuts"],
    "gluten": ["gluten"],
    "fish": ["fish"],
    "sulphites": ["sulphites"],
}
EU_14 = (
    *("gluten", "crustaceans", "egg", "fish", "peanut", "soy", "milk", "tree-nuts", "celery"),
    *("mustard", "sesame", "sulphites", "lupin", "molluscs"),
)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--page", type=Path)
    page = arguments.parse_args().page
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as home:
        text = asyncio.run(run(Path(home)))
    print(text)
    if page:
        page.write_text(text, encoding="utf-8")


async def run(home: Path) -> str:
    settings = read_settings({**os.environ, "TASTEGRAPH_HOME": str(home)})
    async with open_graph(settings) as (graph, _):
        rejects = home / "rejects.csv"
        await bundled.prepare(graph, rejects, Silent(), empty=True)
        await bundled.import_ingredients(graph, rejects, Silent())
        lines = [*INTRODUCTION, *(await import_all(graph, rejects))]
        lines += await coverage(graph)
        for name, allergens in PEOPLE.items():
            lines += await person(graph, name, allergens)
    return "\n".join(lines) + "\n"


INTRODUCTION = [
    "# Read by eye: recommendations over real cocktail books",
    "",
    "Made by `.venv/bin/python -m benchmarks.cocktails --page docs/allergies-by-eye.md`. Drinks",
    "and ingredients are facts from three collections: Mr. Boston and TheCocktailDB (tidytuesday",
    "release of 2020-05-26, CC0) and cocktaildb by Kurt Thorn (MIT). What an ingredient contains",
    "is our own knowledge. Nobody here has a history, so drinks come by id: this page is",
    "about safety, not taste.",
    "",
]


async def import_all(graph: Graph, rejects: Path) -> list[str]:
    lines = [
        "## Import",
        "",
        "| collection | drinks | recipe rows | seconds | rows/s | rows resolved and reviewed |",
        "|---|---|---|---|---|---|",
    ]
    for name, (path, mapping) in SETS.items():
        summary = await import_folder(
            graph, DATA / path, mapping=load_mapping(mapping), rejects=rejects, progress=Silent()
        )
        lines.append(row(name, summary))
    return [*lines, ""]


def row(name: str, summary: ImportSummary) -> str:
    return (
        f"| {name} | {summary.table('drinks').written:,} | {summary.recipe_rows:,} "
        f"| {summary.seconds:.1f} | {summary.rows_per_second:,.0f} "
        f"| {summary.share_resolved:.1%} |"
    )


async def coverage(graph: Graph) -> list[str]:
    snapshot = await Keeper(graph).snapshot()
    masks: Masks = snapshot.masks
    total = len(snapshot.catalogue.drinks)
    lines = [
        "## Verdicts",
        "",
        f"Of {total:,} drinks, {int(masks.known.sum()):,} ({masks.known.mean():.1%}) have a recipe "
        "known all the way down, so no UNKNOWN verdict.",
        "",
        "| allergen | CONTAINS | MAY_CONTAIN | ABSENT | UNKNOWN |",
        "|---|---|---|---|---|",
    ]
    for allergen in EU_14:
        codes = masks.codes[masks.tree.position[allergen]]
        names = [VERDICTS[code] for code in codes]
        counts = (names.count(one) for one in ("CONTAINS", "MAY_CONTAIN", "ABSENT", "UNKNOWN"))
        lines.append(f"| {allergen} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    return [*lines, ""]


async def person(graph: Graph, name: str, allergens: list[str]) -> list[str]:
    user = f"reader-{allergens[0]}"
    allergies = [Allergy(one, "SEVERE") for one in allergens]
    await declare_allergies(graph, user, allergies, "2026-11-21T00:00:00Z", "eu-14")
    keeper = Keeper(graph)
    offer = await Recommender(graph, keeper, Metrics()).recommend(user, 12)
    snapshot = await keeper.snapshot()
    safe = int(snapshot.masks.allowed(await keeper.profile(user)).sum())
    total = len(snapshot.catalogue.drinks)
    recipes = await recipes_of(graph, offer)
    return [
        f"## Allergic to {name}: {safe:,} of {total:,} drinks are safe",
        "",
        "| drink | what is in it |",
        "|---|---|",
        *(f"| {one.drink.name} | {', '.join(recipes[one.drink.id])} |" for one in offer.items),
        "",
    ]


async def recipes_of(graph: Graph, offer: Offer) -> dict[str, list[str]]:
    ids = [one.drink.id for one in offer.items]
    rows: list[Row] = await graph.run(RECIPES_OF_DRINKS, drinkIds=ids)
    recipes: dict[str, list[str]] = defaultdict(list)
    for one in rows:
        recipes[one["drinkId"]].append(one["ingredient"])
    return recipes


if __name__ == "__main__":
    main()
