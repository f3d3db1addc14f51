"""Changes of the catalogue, as an import makes them."""

from __future__ import annotations

from typing import Any

from graph.query_files import load
from tests.support.changes.base import BaseWriter, Step
from tests.support.random_offers import random_offer

UPSERT_INGREDIENTS = load("catalogue/upsert_ingredients")
UPSERT_DRINKS = load("catalogue/upsert_drinks")
DOUBT_INGREDIENTS = load("catalogue/doubt_ingredients")
DOUBT_DRINKS = load("catalogue/doubt_drinks")
REMOVE_RECIPES = load("catalogue/remove_recipes")
ADD_RECIPE_LINES = load("catalogue/add_recipe_lines")
ADD_UNREVIEWED = load("catalogue/add_unreviewed_ingredients")
UNLINK_INGREDIENTS = load("catalogue/unlink_ingredients")
LINK = {"IS_A": load("catalogue/link_groups"), "MADE_OF": load("catalogue/link_parts")}
UNLINK_DRINKS = load("catalogue/unlink_drinks")
LINK_FLAVORS = load("catalogue/link_drink_flavors")
LINK_STYLES = load("catalogue/link_drink_styles")
UNLINK_ALLERGENS = load("catalogue/unlink_allergens")
LINK_ALLERGENS = load("catalogue/link_allergen_groups")
REMOVE_EVIDENCE = {
    "drink": load("catalogue/remove_drink_evidence"),
    "ingredient": load("catalogue/remove_ingredient_evidence"),
}
ADD_EVIDENCE = {
    ("drink", "HAS_ALLERGEN"): load("catalogue/add_drink_allergens"),
    ("drink", "MAY_CONTAIN"): load("catalogue/add_drink_traces"),
    ("drink", "FREE_FROM"): load("catalogue/add_drink_absences"),
    ("ingredient", "HAS_ALLERGEN"): load("catalogue/add_ingredient_allergens"),
    ("ingredient", "MAY_CONTAIN"): load("catalogue/add_ingredient_traces"),
    ("ingredient", "FREE_FROM"): load("catalogue/add_ingredient_absences"),
}

SOURCES = ("a test", "Maker", "Laboratory")
STATUSES = ("HAS_ALLERGEN", "MAY_CONTAIN", "FREE_FROM")


class CatalogueWriter(BaseWriter):
    """Reviews, recipes, evidence and groups."""

    async def review_ingredient(self) -> None:
        name, reviewed = self._any("ingredient"), self.draw.random() < 0.6
        node = self.world.graph.nodes["ingredient", name]
        node["reviewed"], node["diets_reviewed"] = reviewed, self.draw.random() < 0.6
        await self._change(
            (UPSERT_INGREDIENTS, {"rows": [_ingredient(name, node)]}), ingredients=[name]
        )

    async def doubt(self) -> None:
        if self.draw.random() < 0.5:
            name = self._any("ingredient")
            node = self.world.graph.nodes["ingredient", name]
            node["reviewed"] = node["diets_reviewed"] = False
            await self._change((DOUBT_INGREDIENTS, {"ids": [name]}), ingredients=[name])
        else:
            name = self._any("drink")
            self.world.graph.nodes["drink", name]["recipe_complete"] = False
            await self._change(
                (DOUBT_DRINKS, {"rows": [{"id": name, "ownRow": False}]}), drinks=[name]
            )

    async def rewrite_drink(self) -> None:
        await self._upsert_drink(self._any("drink"))

    async def add_drink(self) -> None:
        name = f"drink-{len(self.world.ids('drink')) + 100}"
        await self._upsert_drink(name, *self._new_recipe(name))

    async def _upsert_drink(self, name: str, *more: Step) -> None:
        node: dict[str, Any] = {
            **random_offer(self.draw),
            "recipe_complete": self.draw.choice((True, True, False)),
            "abv": self.draw.choice((None, 0.0, 5.0, 20.0)),
            "caffeine": self.draw.choice((None, 0.0, 40.0)),
        }
        self.world.graph.add_node(("drink", name), **node)
        links = [(LINK_FLAVORS, "flavorId", "flavors"), (LINK_STYLES, "styleId", "styles")]
        await self._change(
            (UPSERT_DRINKS, {"rows": [_drink(name, node)]}),
            (UNLINK_DRINKS, {"ids": [name]}),
            *(
                (query, {"rows": [{"id": name, key: id_} for id_ in node[what]]})
                for query, key, what in links
            ),
            *more,
            drinks=[name],
        )

    async def rewrite_recipe(self) -> None:
        name = self._any("drink")
        await self._change(*self._new_recipe(name), drinks=[name])

    def _new_recipe(self, drink: str) -> list[Step]:
        self._forget("drink", drink, {"CONTAINS"})
        names = self.world.ids("ingredient")
        parts = self.draw.sample(names, k=min(len(names), self.draw.choice((0, 1, 2, 3))))
        new: list[dict[str, Any]] = []
        if self.draw.random() < 0.2:
            name = f"found-{len(names)}"
            new, parts = [{"id": name, "name": name, "source": "operator"}], [*parts, name]
            self.world.graph.add_node(("ingredient", name), reviewed=False, diets_reviewed=False)
        lines: list[dict[str, Any]] = []
        for part in parts:
            optional = self.draw.random() < 0.3
            self.world.relate(("drink", drink), "CONTAINS", ("ingredient", part))
            self.world.voiding.optional[drink, part] = optional
            line = {"ingredientId": part, "amount": 10.0, "unit": "ml"}
            lines.append({**line, "optional": optional})
        return [
            (ADD_UNREVIEWED, {"rows": new}),
            (REMOVE_RECIPES, {"rows": [{"id": drink, "recipeFingerprint": "f"}]}),
            (ADD_RECIPE_LINES, {"rows": [{"id": drink, "lines": lines}]}),
        ]

    async def state_about_drink(self) -> None:
        await self._state("drink")

    async def state_about_ingredient(self) -> None:
        await self._state("ingredient")

    async def _state(self, kind: str) -> None:
        name, allergen = self._any(kind), self._any("allergen")
        source, status = self.draw.choice(SOURCES), self.draw.choice(STATUSES)
        observed_at = self.draw.choice(("2026-02-02", "2026-02-02", None))
        for edge in self._edges(kind, name, set(STATUSES)):
            _, target, _, data = edge
            if target == ("allergen", allergen) and (data["source"] or "") == source:
                self.world.graph.remove_edge(*edge[:3])
        dose = self.draw.choice((None, 0.001, 5.0)) if status == "MAY_CONTAIN" else None
        about = ("allergen", allergen)
        self.world.relate((kind, name), status, about, source, observed_at, dose)
        row = {"id": name, "allergenId": allergen, "source": source, "proteinMgPerServing": dose}
        await self._change(
            (REMOVE_EVIDENCE[kind], {"rows": [row]}),
            (ADD_EVIDENCE[kind, status], {"rows": [{**row, "observedAt": observed_at}]}),
            drinks=[name] if kind == "drink" else [],
            ingredients=[name] if kind == "ingredient" else [],
        )

    async def regroup_ingredient(self) -> None:
        name, parent = self._any("ingredient"), self._any("ingredient")
        type_ = self.draw.choice(("IS_A", "MADE_OF"))
        node = self.world.graph.nodes["ingredient", name]
        node["reviewed"] = node["reviewed"] is True
        node["diets_reviewed"] = node["diets_reviewed"] is True
        self._forget("ingredient", name, {"IS_A", "MADE_OF"}, "a test")
        self.world.relate(("ingredient", name), type_, ("ingredient", parent))
        await self._change(
            (UPSERT_INGREDIENTS, {"rows": [_ingredient(name, node)]}),
            (UNLINK_INGREDIENTS, {"ids": [name], "source": "a test"}),
            (LINK[type_], {"rows": [{"id": name, "parentId": parent}], "source": "a test"}),
            ingredients=[name],
        )

    async def regroup_allergen(self) -> None:
        names = self.world.ids("allergen")
        place = self.draw.randrange(1, len(names))
        name, parent = names[place], names[self.draw.randrange(place)]
        self._forget("allergen", name, {"PART_OF"})
        self.world.relate(("allergen", name), "PART_OF", ("allergen", parent))
        await self._change(
            (UNLINK_ALLERGENS, {"ids": [name]}),
            (LINK_ALLERGENS, {"rows": [{"id": name, "parentId": parent}]}),
            structural=True,
        )


def _ingredient(name: str, node: dict[str, Any]) -> dict[str, Any]:
    row = {"id": name, "name": name, "synonyms": [], "reviewed": node["reviewed"] is True}
    row["dietsReviewed"] = node["diets_reviewed"] is True
    return {**row, "source": "a test", "fingerprint": "f"}


def _drink(name: str, node: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "name": node["name"],
        "kind": node["kind"],
        "description": None,
        "abv": node["abv"],
        "caffeineMgPer100ml": node["caffeine"],
        "sugarG": None,
        "servedHot": node["hot"],
        "price": node["price"],
        "recipeComplete": node["recipe_complete"],
        "availableFrom": node["begins"],
        "availableUntil": node["ends"],
        "fingerprint": "f",
    }
