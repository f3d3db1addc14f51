"""The catalogue in memory: what ranking and the masks need, and how new it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from graph.catalogue.drink import Drink as Drink
from graph.catalogue.drink_table import DrinkTable
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

LOADING_SECONDS = 600.0
PACKED_TOGETHER = 5_000


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


@dataclass(frozen=True, eq=False)
class KeptCatalogue:
    """The drinks as they were at a version, which the mark names beyond doubt."""

    mark: str
    version: int
    structure_version: int
    table: DrinkTable


@dataclass(frozen=True)
class Catalogue:
    """A snapshot of the catalogue; `drinks` keeps its order, so rows stay when others are added."""

    version: int
    structure_version: int
    drinks: Sequence[Drink]
    ingredients: Mapping[str, Ingredient]
    allergens: Mapping[str, Group]
    flavors: Mapping[str, Group]
    styles: Mapping[str, Group]
    diets: Mapping[str, Diet] = field(default_factory=dict[str, Diet])
    regulations: Mapping[str, Regulation] = field(default_factory=dict[str, Regulation])
    ingredients_changed_at: int = -1
    row_of: Mapping[str, int] = field(default_factory=dict[str, int])
    mark: str | None = None
    from_disk: bool = False

    @cached_property
    def table(self) -> DrinkTable:
        """The drinks by column."""
        return self.drinks if isinstance(self.drinks, DrinkTable) else DrinkTable.of(self.drinks)

    def rows(self, ids: Sequence[str]) -> list[int]:
        """Return the rows of the drinks that the catalogue has, in the order given."""
        return [self.row_of[id_] for id_ in ids if id_ in self.row_of]


async def load_catalogue(graph: Graph, kept: KeptCatalogue | None = None) -> Catalogue:
    """Return the whole catalogue. Its version is read first, so it never claims to be newer.

    Drinks that were `kept` are not read again unless they changed since: if the graph has the very
    version at which they were kept, by its mark, and the same structure. All else is read.
    """
    version = (await graph.run(CATALOGUE_VERSION))[0]
    known = kept if kept and _is_of(kept, version) else None
    structure = await asyncio.gather(*(graph.run(query) for query in (ALLERGENS, FLAVORS, STYLES)))
    allergens, flavors, styles = (_groups(rows) for rows in structure)
    diets = {row["id"]: _diet(row) for row in await graph.run(DIETS)}
    regulations = await load_regulations(graph)
    ingredients, changed_at = await _ingredients(graph)
    drinks = await _drinks(graph, known.version if known else -1)
    if known:
        row_of = known.table.rows_by_id()
        rows = [row_of.setdefault(id_, len(row_of)) for id_ in drinks.ids.listed()]
        drinks = known.table.with_drinks(rows, drinks)
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
        row_of=drinks.rows_by_id(),
        mark=version["mark"],
        from_disk=known is not None,
    )


def _is_of(kept: KeptCatalogue, version: Row) -> bool:
    """Whether the graph's history has the version at which drinks were kept."""
    same_structure = kept.structure_version == version["structureVersion"]
    return same_structure and kept.mark in version["marks"]


async def refresh_catalogue(graph: Graph, old: Catalogue) -> Catalogue:
    """Return the catalogue as it is now, reading only what changed; `old` itself if nothing did."""
    version = (await graph.run(CATALOGUE_VERSION))[0]
    if version["version"] == old.version:
        return old
    if (
        version["structureVersion"] != old.structure_version
        or version["version"] < old.version
        or (old.mark and old.mark not in version["marks"])  # another graph, or long ago
    ):
        return await load_catalogue(graph)
    new = replace(old, version=version["version"], mark=version["mark"])
    newest = await graph.run(NEWEST_INGREDIENT_CHANGE, since=old.ingredients_changed_at)
    if newest[0]["changedAt"] is not None:
        ingredients, changed_at = await _ingredients(graph)
        new = replace(new, ingredients=ingredients, ingredients_changed_at=changed_at)
    return _with_drinks(new, await _drinks(graph, old.version))


def _with_drinks(catalogue: Catalogue, changed: Sequence[Drink]) -> Catalogue:
    if not changed:
        return catalogue
    row_of = dict(catalogue.row_of)
    rows = [row_of.setdefault(drink.id, len(row_of)) for drink in changed]
    return replace(catalogue, drinks=catalogue.table.with_drinks(rows, changed), row_of=row_of)


class _Packed:
    """Packs rows of drinks a few at a time: as objects, all would take ten times as much."""

    def __init__(self) -> None:
        self._waiting: list[Drink] = []
        self._tables: list[DrinkTable] = []

    def add(self, row: Row) -> None:
        """Take one row."""
        self._waiting.append(_drink(row))
        if len(self._waiting) == PACKED_TOGETHER:
            self._pack()

    def table(self) -> DrinkTable:
        """Return all of them, in their order."""
        self._pack()
        tables = self._tables
        while len(tables) > 1:
            pairs = zip(tables[::2], tables[1::2], strict=False)
            last = tables[-1:] if len(tables) % 2 else []
            tables = [one.followed_by(other) for one, other in pairs] + last
        return tables[0]

    def _pack(self) -> None:
        self._tables.append(DrinkTable.of(self._waiting))
        self._waiting = []


async def _drinks(graph: Graph, since: int) -> DrinkTable:
    packed = await graph.collect(DRINKS, _Packed, since=since, deadline=LOADING_SECONDS)
    return packed.table()


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
