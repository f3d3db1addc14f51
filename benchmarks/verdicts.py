"""A table of verdicts for review by a person: well-known drinks, and through what each verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.catalogue.entities import Drink, Ingredient
from recommend.safety.masks import VERDICTS, Masks

EU_14 = (
    *("gluten", "crustaceans", "egg", "fish", "peanut", "soy", "milk", "tree-nuts", "celery"),
    *("mustard", "sesame", "sulphites", "lupin", "molluscs"),
)
PREFIXES = {"Mr. Boston": "boston-", "TheCocktailDB": "thecocktaildb-", "cocktaildb": "cocktaildb-"}
WELL_KNOWN = {
    "Mr. Boston": (
        *("Bloody Mary", "Black Velvet", "Brandy Flip", "Bull Shot", "Cider Eggnog", "Fog Cutter"),
        *("Gimlet", "Grasshopper Cocktail", "Hurricane", "Pink Squirrel Cocktail"),
        *("New Orleans Gin Fizz", "Prairie Oyster", "Snowball Cocktail", "Velvet Hammer No. 1"),
        *("White Russian", "Zombie"),
    ),
    "TheCocktailDB": (
        *("Almond Joy", "Amaretto Sour", "B-52", "Bellini", "Clover Club", "Cosmopolitan"),
        *("Cuba Libre", "Dark and Stormy", "Dirty Martini", "Egg Nog #4", "Espresso Martini"),
        *("Flaming Dr. Pepper", "Harvey Wallbanger", "Irish Coffee", "Jam Donut", "Kir Royale"),
        *("Lassi - Mango", "Long Island Iced Tea", "Mai Tai", "Margarita", "Masala Chai"),
        *("Mojito", "Moscow Mule", "Nutty Irishman", "Old Fashioned", "Oreo Mudslide"),
        *("Orange Scented Hot Chocolate", "Pina Colada", "Pisco Sour", "Porto flip", "Rusty Nail"),
        *("Screaming Orgasm", "Singapore Sling", "Snakebite and Black", "Sweet Sangria"),
        *("Tequila Sunrise", "Whiskey Sour"),
    ),
    "cocktaildb": (
        *("Army & Navy", "Aviation", "Boulevardier", "Brandy Alexander", "Caipirinha"),
        *("Corn 'n Oil", "Daiquiri", "French 75", "Golden Cadillac", "Jungle Bird", "Last Word"),
        *("Manhattan", "Martini", "Negroni", "Painkiller", "Penicillin", "Sazerac"),
        *("Trinidad Sour", "Vieux Carré"),
    ),
}
INTRODUCTION = """# Verdicts of well-known drinks

Made by `.venv/bin/python -m benchmarks.cocktails --verdicts docs/verdicts.md` for review by a
person. Recipes are facts from three collections: Mr. Boston and TheCocktailDB (tidytuesday release
of 2020-05-26, CC0) and cocktaildb by Kurt Thorn (MIT); what an ingredient contains is our own
knowledge. A drink has a verdict on each of the EU's 14; the table says all that are not ABSENT, and
through what: *Dry vermouth › Wine* means that the evidence is about wine, and dry vermouth is a
wine. How verdicts come about: [safety.md](safety.md).
"""


def verdict_page(masks: Masks) -> str:
    """Return the page; KeyError for a drink that the catalogue does not have."""
    catalogue = masks.catalogue
    ids = {(_prefix(one), one.name.replace("\xa0", " ")): one.id for one in catalogue.drinks}
    lines = [INTRODUCTION]
    for collection, names in WELL_KNOWN.items():
        lines += [
            f"## {collection}",
            "",
            "| drink | recipe | CONTAINS | MAY_CONTAIN | UNKNOWN |",
            "|---|---|---|---|---|",
            *(_row(masks, ids[PREFIXES[collection], name]) for name in names),
            "",
        ]
    return "\n".join(lines)


def _prefix(drink: Drink) -> str:
    return next((one for one in PREFIXES.values() if drink.id.startswith(one)), "")


def _row(masks: Masks, drink_id: str) -> str:
    catalogue = masks.catalogue
    row = catalogue.row_of[drink_id]
    drink = catalogue.drinks[row]
    cells: dict[str, list[str]] = {"CONTAINS": [], "MAY_CONTAIN": [], "UNKNOWN": []}
    for allergen in EU_14:
        verdict = VERDICTS[int(masks.codes[masks.tree.position[allergen], row])]
        if verdict != "ABSENT":
            cells[verdict].append(f"**{allergen}**: {_through(masks, drink, allergen, verdict)}")
    recipe = ", ".join(sorted(catalogue.ingredients[one].name for one in drink.ingredients))
    return (
        f"| {drink.name} | {recipe} | "
        + " | ".join("; ".join(one) for one in cells.values())
        + " |"
    )


def _through(masks: Masks, drink: Drink, allergen: str, verdict: str) -> str:
    """Return what the verdict comes from: of each ingredient the shortest path to evidence."""
    ingredients, related = masks.catalogue.ingredients, masks.tree.related[allergen]
    if verdict == "UNKNOWN":
        unreviewed = (one.name for one in _parts(ingredients, drink) if not one.reviewed)
        return ", ".join(sorted(set(unreviewed))) or "the recipe is not complete"
    found: list[str] = []
    for start in drink.ingredients:
        for names, part in _paths(ingredients, start):
            if kinds := _evidence(part, verdict) & related:
                found.append(" › ".join(names) + _kinds(kinds - {allergen}))
                break
    return ", ".join(sorted(found))


def _kinds(kinds: set[str]) -> str:
    return f" ({', '.join(sorted(kinds))})" if kinds else ""


def _evidence(part: Ingredient, verdict: str) -> set[str]:
    return set(part.contains if verdict == "CONTAINS" else part.may_contain)


def _parts(ingredients: Mapping[str, Ingredient], drink: Drink) -> Iterator[Ingredient]:
    for start in drink.ingredients:
        for _, part in _paths(ingredients, start):
            yield part


def _paths(
    ingredients: Mapping[str, Ingredient], start: str
) -> Iterator[tuple[tuple[str, ...], Ingredient]]:
    """Yield every part of an ingredient, itself first, with the names on the shortest way to it."""
    seen, waiting = {start}, list[tuple[tuple[str, ...], Ingredient]]()
    waiting.append(((ingredients[start].name,), ingredients[start]))
    for names, part in waiting:
        yield names, part
        for parent in part.parents:
            if parent not in seen:
                seen.add(parent)
                waiting.append(((*names, ingredients[parent].name), ingredients[parent]))
