"""Three real cocktail collections: import them, see what is understood, recommend from them.

    .venv/bin/python -m benchmarks.cocktails [--page docs/allergies-by-eye.md]
                                             [--verdicts docs/verdicts.md]

Needs the data sets beside the project, in ../shared/data; nothing of them is kept but the page of
examples for reading.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.verdicts import EU_14, PREFIXES, verdict_page
from graph.catalogue.entities import Catalogue
from graph.catalogue.recipes import load_recipes
from graph.connection import Graph
from graph.importing import ImportSummary, Silent, import_folder, load_mapping
from graph.people.declarations import declare_allergies
from graph.safety_rule import Allergy
from recommend.ranking.pipeline import RecommendationList
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.safety.masks import UNKNOWN, VERDICTS, Masks
from recommend.state.snapshot_store import SnapshotStore
from service import bundled
from service.metrics import Metrics
from service.opening import open_graph
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


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--page", type=Path)
    arguments.add_argument("--verdicts", type=Path)
    options = arguments.parse_args()
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as home:
        text, verdicts = asyncio.run(run(Path(home)))
    print(text)
    for path, page in ((options.page, text), (options.verdicts, verdicts)):
        if path:
            path.write_text(page, encoding="utf-8")


async def run(home: Path) -> tuple[str, str]:
    """Return the page of examples and the page of verdicts."""
    settings = read_settings({**os.environ, "TASTEGRAPH_HOME": str(home)})
    async with open_graph(settings) as (graph, _):
        rejects = home / "rejects.csv"
        await bundled.prepare(graph, rejects, Silent(), empty=True)
        await bundled.import_ingredients(graph, rejects, Silent())
        imported = await import_all(graph, rejects)
        masks = (await SnapshotStore(graph).snapshot()).view.masks
        lines = [*INTRODUCTION, *import_table(imported, masks), *coverage(masks), *offered(masks)]
        for name, allergens in PEOPLE.items():
            lines += await person(graph, name, allergens)
    return "\n".join(lines) + "\n", verdict_page(masks)


INTRODUCTION = [
    "# Read by eye: recommendations over real cocktail books",
    "",
    "Made by `.venv/bin/python -m benchmarks.cocktails --page docs/allergies-by-eye.md`. Drinks",
    "and ingredients are facts from three collections: Mr. Boston and TheCocktailDB (tidytuesday",
    "release of 2020-05-26, CC0) and cocktaildb by Kurt Thorn (MIT). What an ingredient contains",
    "is our own knowledge. Nobody here has a history, so drinks come by id: this page is",
    "about safety, not taste. Well-known drinks with all their verdicts: "
    "[verdicts.md](verdicts.md).",
    "",
]


async def import_all(graph: Graph, rejects: Path) -> dict[str, ImportSummary]:
    return {
        name: await import_folder(
            graph, DATA / path, mapping=load_mapping(mapping), rejects=rejects, progress=Silent()
        )
        for name, (path, mapping) in SETS.items()
    }


def import_table(imported: dict[str, ImportSummary], masks: Masks) -> list[str]:
    return [
        "## Import",
        "",
        "| collection | drinks | recipe rows | seconds | rows/s | rows resolved and reviewed "
        "| drinks without UNKNOWN (EU-14) |",
        "|---|---|---|---|---|---|---|",
        *(row(name, summary, masks) for name, summary in imported.items()),
        "",
    ]


def row(name: str, summary: ImportSummary, masks: Masks) -> str:
    return (
        f"| {name} | {summary.table('drinks').written:,} | {summary.recipe_rows:,} "
        f"| {summary.seconds:.1f} | {summary.rows_per_second:,.0f} "
        f"| {summary.share_resolved:.1%} | {share_without_unknown(masks, PREFIXES[name]):.1%} |"
    )


def share_without_unknown(masks: Masks, prefix: str) -> float:
    """Return the share of the drinks with this prefix that have a verdict on all of the EU's 14."""
    mine = [row for row, one in enumerate(masks.catalogue.drinks) if one.id.startswith(prefix)]
    places = [masks.tree.position[allergen] for allergen in EU_14]
    return float((masks.codes[places][:, mine] != UNKNOWN).all(axis=0).mean())


def coverage(masks: Masks) -> list[str]:
    total = len(masks.catalogue.drinks)
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
        names = [VERDICTS[int(code)] for code in codes]
        counts = (names.count(one) for one in ("CONTAINS", "MAY_CONTAIN", "ABSENT", "UNKNOWN"))
        lines.append(f"| {allergen} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    return [*lines, ""]


MADE_AT_THE_BAR = {
    "apple-juice": "fresh-apple-juice",
    "grapefruit-juice": "fresh-grapefruit-juice",
    "grenadine": "pomegranate-sugar-syrup",
    "lemon-juice": "fresh-lemon-juice",
    "lime-juice": "fresh-lime-juice",
    "orange-juice": "fresh-orange-juice",
    "pineapple-juice": "fresh-pineapple-juice",
}


def offered(masks: Masks) -> list[str]:
    """Return what people with one allergy are offered, and what they would be by a bar's word."""
    own = Masks(made_at_the_bar(masks.catalogue))
    lines = [
        "## Offered",
        "",
        "*Made at the bar*: every juice squeezed and the grenadine boiled there, as a bar that",
        "does so says with a mapping (`values`).",
        "",
        "| allergic to | offered | share | made at the bar | share |",
        "|---|---|---|---|---|",
    ]
    for allergen in EU_14:
        counts = [int((one.codes[one.tree.position[allergen]] == 0).sum()) for one in (masks, own)]
        cells = (f"{count:,} | {count / len(masks.catalogue.drinks):.1%}" for count in counts)
        lines.append(f"| {allergen} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def made_at_the_bar(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue with what is made at the bar in place of what is bought."""
    drinks = (
        replace(one, ingredients=tuple(MADE_AT_THE_BAR.get(part, part) for part in one.ingredients))
        for one in catalogue.drinks
    )
    return replace(catalogue, drinks=tuple(drinks))


async def person(graph: Graph, name: str, allergens: list[str]) -> list[str]:
    user = f"reader-{allergens[0]}"
    allergies = [Allergy(one, "SEVERE") for one in allergens]
    await declare_allergies(graph, user, allergies, "2026-11-21T00:00:00Z", "eu-14")
    snapshots = SnapshotStore(graph)
    offer = await Recommender(graph, snapshots, Metrics()).recommend(
        RecommendationRequest(user, 12)
    )
    snapshot = await snapshots.snapshot()
    safe = int(snapshot.view.masks.allowed(await snapshots.profile(user)).sum())
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


async def recipes_of(graph: Graph, offer: RecommendationList) -> dict[str, list[str]]:
    ids = [one.drink.id for one in offer.items]
    recipes = await load_recipes(graph, ids)
    return {id_: [line["ingredient"] for line in lines] for id_, lines in recipes.items()}


if __name__ == "__main__":
    main()
