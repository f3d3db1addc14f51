"""The catalogue in memory: what ranking and the masks need, and how new it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph.catalogue.regulations import Regulation, load_regulations
from graph.connection import Graph, Row
from graph.query_files import load

CATALOGUE_VERSION = load("catalogue/catalogue_version")
DRINKS = load("catalogue/drinks")
INGREDIENTS = load("catalogue/ingredients")
NEWEST_INGREDIENT_CHANGE = load("catalogue/newest_ingredient_change")
ALLERGENS = load("catalogue/allergens")
FLAVORS = load("catalogue/flavors")
STYLES = load("catalogue/styles")
DIETS = load("catalogue/diets")
EXISTING_DRINKS = load("catalogue/existing_drinks")

LOADING_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Drink:
    """One drink as the graph has it; lists hold ids. What is left out is not known."""

    id: str
    name: str
    kind: str | None = None
    description: str | None = None
    abv: float | None = None
    caffeine: float | None = None
    sugar: float | None = None
    served_hot: bool | None = None
    price: float | None = None
    recipe_complete: bool = False
    available_from: str | None = None
    available_until: str | None = None
    changed_at: int = 0
    ingredients: tuple[str, ...] = ()
    flavors: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    may_contain: tuple[str, ...] = ()
    declared_absent: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the ids of its "ingredient"s, "flavor"s, "style"s or "producer"s."""
        ids: tuple[str, ...] = getattr(self, f"{kind}s")
        return ids


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One ingredient: its groups and what it is made of are `parents`."""

    id: str
    name: str
    reviewed: bool
    parents: tuple[str, ...]
    contains: tuple[str, ...]
    may_contain: tuple[str, ...]
    flavors: tuple[str, ...]
    diets_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Diet:
    """A diet: the groups of ingredients it avoids, and its limits, if any."""

    id: str
    name: str
    description: str | None
    source: str | None
    avoids: tuple[str, ...]
    max_abv: float | None = None
    max_caffeine: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An allergen, flavor or style: a name, the groups it is part of, the laws that list it."""

    id: str
    name: str
    groups: tuple[str, ...]
    regulations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """A snapshot of the catalogue; `drinks` keeps its order, so rows stay when others are added."""

    version: int
    structure_version: int
    drinks: tuple[Drink, ...]
    ingredients: Mapping[str, Ingredient]
    allergens: Mapping[str, Group]
    flavors: Mapping[str, Group]
    styles: Mapping[str, Group]
    diets: Mapping[str, Diet] = field(default_factory=dict[str, Diet])
    regulations: Mapping[str, Regulation] = field(default_factory=dict[str, Regulation])
    ingredients_changed_at: int = -1
    row_of: Mapping[str, int] = field(default_factory=dict[str, int])

    def rows(self, ids: Sequence[str]) -> list[int]:
        """Return the rows of the drinks that the catalogue has, in the order given."""
        return [self.row_of[id_] for id_ in ids if id_ in self.row_of]


async def load_catalogue(graph: Graph) -> Catalogue:
    """Return the whole catalogue. Its version is read first, so it never claims to be newer."""
    version = (await graph.run(CATALOGUE_VERSION))[0]
    structure = await asyncio.gather(*(graph.run(query) for query in (ALLERGENS, FLAVORS, STYLES)))
    allergens, flavors, styles = (_groups(rows) for rows in structure)
    diets = {row["id"]: _diet(row) for row in await graph.run(DIETS)}
    regulations = await load_regulations(graph)
    ingredients, changed_at = await _ingredients(graph)
    rows = await graph.run(DRINKS, since=-1, deadline=LOADING_SECONDS)
    drinks = tuple(_drink(row) for row in rows)
    return Catalogue(
        version=version["version"],
        structure_version=version["structureVersion"],
        drinks=drinks,
        ingredients=ingredients,
        allergens=allergens,
        flavors=flavors,
        styles=styles,
        diets=diets,
        regulations=regulations,
        ingredients_changed_at=changed_at,
        row_of={drink.id: row for row, drink in enumerate(drinks)},
    )


async def refresh_catalogue(graph: Graph, old: Catalogue) -> Catalogue:
    """Return the catalogue as it is now, reading only what changed; `old` itself if nothing did."""
    version = (await graph.run(CATALOGUE_VERSION))[0]
    if version["version"] == old.version:
        return old
    if version["structureVersion"] != old.structure_version or version["version"] < old.version:
        return await load_catalogue(graph)
    new = replace(old, version=version["version"])
    newest = await graph.run(NEWEST_INGREDIENT_CHANGE, since=old.ingredients_changed_at)
    if newest[0]["changedAt"] is not None:
        ingredients, changed_at = await _ingredients(graph)
        new = replace(new, ingredients=ingredients, ingredients_changed_at=changed_at)
    rows = await graph.run(DRINKS, since=old.version, deadline=LOADING_SECONDS)
    return _with_drinks(new, [_drink(row) for row in rows])


def _with_drinks(catalogue: Catalogue, changed: Sequence[Drink]) -> Catalogue:
    drinks, row_of = list(catalogue.drinks), dict(catalogue.row_of)
    for drink in changed:
        row = row_of.setdefault(drink.id, len(drinks))
        if row == len(drinks):
            drinks.append(drink)
        else:
            drinks[row] = drink
    return replace(catalogue, drinks=tuple(drinks), row_of=row_of)


async def load_ingredients(graph: Graph) -> dict[str, Ingredient]:
    """Return all ingredients without the drinks, by id. Raises GraphError."""
    return (await _ingredients(graph))[0]


async def existing_drinks(
    graph: Graph, ids: Sequence[str], deadline: float | None = None
) -> set[str]:
    """Return which of the ids are drinks, on offer or retired. Raises GraphError."""
    rows = await graph.run(EXISTING_DRINKS, ids=list(ids), deadline=deadline)
    return {row["id"] for row in rows}


async def _ingredients(graph: Graph) -> tuple[dict[str, Ingredient], int]:
    rows = await graph.run(INGREDIENTS, deadline=LOADING_SECONDS)
    changed_at = max((row["changedAt"] or 0 for row in rows), default=-1)
    return {row["id"]: _ingredient(row) for row in rows}, changed_at


def _ingredient(row: Row) -> Ingredient:
    return Ingredient(
        id=row["id"],
        name=row["name"] or row["id"],
        reviewed=row["reviewed"] is True,
        parents=tuple(row["parents"]),
        contains=tuple(row["contains"]),
        may_contain=tuple(row["mayContain"]),
        flavors=tuple(row["flavors"]),
        diets_reviewed=row["dietsReviewed"] is True,
    )


def _diet(row: Row) -> Diet:
    return Diet(
        id=row["id"],
        name=row["name"] or row["id"],
        description=row["description"],
        source=row["source"],
        avoids=tuple(row["avoids"]),
        max_abv=_number(row["maxAbv"]),
        max_caffeine=_number(row["maxCaffeine"]),
    )


def _groups(rows: Sequence[Row]) -> dict[str, Group]:
    return {
        row["id"]: Group(
            row["id"],
            row["name"] or row["id"],
            tuple(row["groups"]),
            tuple(row.get("regulations", ())),
        )
        for row in rows
    }


def _drink(row: Row) -> Drink:
    return Drink(
        id=row["id"],
        name=row["name"] or row["id"],
        kind=row["kind"],
        description=row["description"],
        abv=_number(row["abv"]),
        caffeine=_number(row["caffeine"]),
        sugar=_number(row["sugar"]),
        served_hot=row["servedHot"],
        price=_number(row["price"]),
        recipe_complete=row["recipeComplete"] is True,
        available_from=row["availableFrom"],
        available_until=row["availableUntil"],
        changed_at=row["changedAt"],
        ingredients=tuple(row["ingredients"]),
        flavors=tuple(row["flavors"]),
        styles=tuple(row["styles"]),
        producers=tuple(row["producers"]),
        contains=tuple(row["contains"]),
        may_contain=tuple(row["mayContain"]),
        declared_absent=tuple(row["declaredAbsent"]),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
