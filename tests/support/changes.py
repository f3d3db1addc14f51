"""Changes of a graph by another writer, made to the world of the rule's model alike."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from events.recording import Interaction, record
from graph.catalogue.changes import Signature, change_catalogue
from graph.connection import Graph
from graph.people import declarations
from graph.query import Query, load
from graph.safety_rule import Allergy, Node, Person
from tests.support.emptying import ask
from tests.support.random_graphs import World
from tests.support.random_offers import parts_of, random_deed, random_offer

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
UPSERT_USERS = load("people/upsert_users")
LINK_ALLERGIES = load("people/link_allergies")

Step = tuple[Query, dict[str, Any]]
SOURCES = ("a test", "Maker", "Laboratory")
STATUSES = ("HAS_ALLERGEN", "MAY_CONTAIN", "FREE_FROM")
LABELS = {"drink": "Drink", "ingredient": "Ingredient"}


class Writer:
    """Somebody else who writes: an operator, another process, an analyst by hand.

    `ordinary` changes go through the queries of the house, which advance versions. `harmful` ones
    are written by hand past the versions, and can only make drinks unsafe; `raw` ones by hand, in
    either direction.
    """

    def __init__(self, world: World, graph: Graph, draw: random.Random) -> None:
        self.world, self.graph, self.draw = world, graph, draw
        self.ordinary: list[Callable[[], Awaitable[None]]] = [
            self.review_ingredient,
            self.doubt,
            self.rewrite_drink,
            self.add_drink,
            self.rewrite_recipe,
            self.state_about_drink,
            self.state_about_drink,
            self.state_about_ingredient,
            self.regroup_ingredient,
            self.regroup_allergen,
            self.declare_allergies,
            self.declare_allergies,
            self.declare_avoids,
            self.declare_diets,
            self.record_deeds,
            self.record_deeds,
            self.import_user,
        ]
        self.harmful: list[Callable[[], Awaitable[None]]] = [
            self.add_allergen_by_hand,
            self.add_traces_by_hand,
            self.take_review_by_hand,
            self.take_recipe_by_hand,
            self.add_part_by_hand,
            self.add_allergy_by_hand,
            self.take_traces_by_hand,
            self.take_drink_by_hand,
            self.lower_limit_by_hand,
            self.avoid_by_hand,
            self.take_diets_review_by_hand,
            self.follow_by_hand,
            self.widen_diet_by_hand,
        ]
        self.raw = [*self.harmful, self.give_review_by_hand, self.drop_evidence_by_hand]

    # --- the catalogue, as an import changes it

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
                (query, {"rows": [{"id": name, key: one} for one in node[what]]})
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
            line = {"id": drink, "ingredientId": part, "amount": 10.0, "unit": "ml"}
            lines.append({**line, "optional": optional})
        return [
            (ADD_UNREVIEWED, {"rows": new}),
            (REMOVE_RECIPES, {"rows": [{"id": drink, "recipeFingerprint": "f"}]}),
            (ADD_RECIPE_LINES, {"rows": lines}),
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

    # --- people, as they and an import change them

    async def declare_allergies(self) -> None:
        user, names = self._somebody(), self.world.ids("allergen")
        chosen = self.draw.sample(names, k=self.draw.choice((0, 1, min(2, len(names)))))
        allergies = tuple(self._allergy(one) for one in sorted(chosen))
        person = self._person(user)
        rest = tuple(one for one in person.unresolved if not one.startswith("allergies:"))
        self.world.people[user] = replace(person, allergies=allergies, unresolved=rest)
        self.world.declared.add(user)
        await declarations.declare_allergies(
            self.graph, user, allergies, "2026-11-21T08:00:00Z", None
        )

    async def declare_avoids(self) -> None:
        user = self._somebody()
        person = self._person(user)
        rest = tuple(one for one in person.unresolved if not one.startswith("avoids:"))
        avoids = tuple(self.draw.sample(self.world.ids("ingredient"), k=self.draw.choice((0, 1))))
        abv, caffeine = self.draw.choice((None, None, 5.0)), self.draw.choice((None, None, 0.0))
        self.world.people[user] = replace(
            person, avoids=avoids, max_abv=abv, max_caffeine=caffeine, unresolved=rest
        )
        await declarations.declare_avoids(self.graph, user, avoids, abv, caffeine)

    async def declare_diets(self) -> None:
        user, names = self._somebody(), self.world.ids("diet")
        diets = tuple(self.draw.sample(names, k=self.draw.choice((0, min(1, len(names))))))
        person = self._person(user)
        rest = tuple(one for one in person.unresolved if not one.startswith("diets:"))
        self.world.people[user] = replace(person, diets=diets, unresolved=rest)
        await declarations.declare_diets(self.graph, user, diets)

    async def record_deeds(self) -> None:
        user = self._somebody()
        deeds = [random_deed(self.draw, self.world) for _ in range(self.draw.choice((1, 3)))]
        self._person(user)
        self.world.histories.setdefault(user, []).extend(deeds)
        found = await record(
            self.graph,
            user,
            [Interaction(one.event_id, one.drink, one.type, one.value, one.at) for one in deeds],
        )
        assert (found.recorded, dict(found.rejected)) == (len(deeds), {})

    async def import_user(self) -> None:
        """An import adds to what a person declared; a text that it cannot read stops everything."""
        user, allergen = self._somebody(), self._any("allergen")
        unresolved = self.draw.choice(
            (("allergies: nuts?",), ("avoids: ?",), ("diets: ?",), (), ())
        )
        person, allergy = self._person(user), self._allergy(allergen)
        if allergen not in {one.allergen for one in person.allergies}:
            person = replace(person, allergies=(*person.allergies, allergy))
        self.world.people[user] = replace(person, unresolved=unresolved)
        self.world.declared.add(user)
        row = {"id": user, "regulation": None, "declaredAt": "2026-02-02T00:00:00Z"}
        said = {"severity": allergy.severity, "acceptsTraces": allergy.accepts_traces}
        await self.graph.run_together(
            [
                (
                    UPSERT_USERS,
                    {
                        "rows": [{**row, "unresolved": list(unresolved), "fingerprint": "f"}],
                        "simulated": False,
                    },
                ),
                (LINK_ALLERGIES, {"rows": [{"id": user, "allergenId": allergen, **said}]}),
            ]
        )

    # --- by hand, past all versions, and only for the worse

    async def add_allergen_by_hand(self) -> None:
        await self._state_by_hand("HAS_ALLERGEN")

    async def add_traces_by_hand(self) -> None:
        await self._state_by_hand("MAY_CONTAIN")

    async def _state_by_hand(self, type_: str) -> None:
        kind = self.draw.choice(("drink", "ingredient"))
        name, allergen = self._any(kind), self._any("allergen")
        self.world.relate((kind, name), type_, ("allergen", allergen))
        await ask(
            self.graph,
            f"MATCH (n:{LABELS[kind]} {{id: $name}}) MATCH (a:Allergen {{id: $allergen}}) "
            f"CREATE (n)-[:{type_} {{source: 'a test', observedAt: '2026-01-01'}}]->(a)",
            name=name,
            allergen=allergen,
        )

    async def take_review_by_hand(self) -> None:
        name = self._any("ingredient")
        self.world.graph.nodes["ingredient", name]["reviewed"] = None
        await ask(self.graph, "MATCH (n:Ingredient {id: $name}) REMOVE n.reviewed", name=name)

    async def take_recipe_by_hand(self) -> None:
        name = self._any("drink")
        self.world.graph.nodes["drink", name]["recipe_complete"] = False
        await ask(self.graph, "MATCH (n:Drink {id: $name}) SET n.recipeComplete = false", name=name)

    async def add_part_by_hand(self) -> None:
        """A part makes an empty recipe a known one: only drinks that have parts get another."""
        drink, part = self._any("drink"), self._any("ingredient")
        if not parts_of(self.world, drink):
            return
        self.world.relate(("drink", drink), "CONTAINS", ("ingredient", part))
        await ask(
            self.graph,
            "MATCH (d:Drink {id: $drink}) MATCH (i:Ingredient {id: $part}) "
            "CREATE (d)-[:CONTAINS {optional: true}]->(i)",
            drink=drink,
            part=part,
        )

    async def add_allergy_by_hand(self) -> None:
        user, allergen = self._user(), self._any("allergen")
        person = self._person(user)
        if allergen in {one.allergen for one in person.allergies}:
            return
        allergy = Allergy(allergen, "SEVERE", True)
        self.world.people[user] = replace(person, allergies=(*person.allergies, allergy))
        await ask(
            self.graph,
            "MATCH (u:User {id: $user}) MATCH (a:Allergen {id: $allergen}) "
            "CREATE (u)-[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: true}]->(a)",
            user=user,
            allergen=allergen,
        )

    async def take_traces_by_hand(self) -> None:
        user = self._user()
        person = self._person(user)
        allergies = tuple(replace(one, accepts_traces=False) for one in person.allergies)
        self.world.people[user] = replace(person, allergies=allergies)
        await ask(
            self.graph,
            "MATCH (:User {id: $user})-[r:ALLERGIC_TO]->() SET r.acceptsTraces = false",
            user=user,
        )

    async def take_drink_by_hand(self) -> None:
        if len(self.world.ids("drink")) < 5:
            return
        name = self._any("drink")
        self.world.graph.remove_node(("drink", name))
        self.world.histories = {
            user: [deed for deed in deeds if deed.drink != name]
            for user, deeds in self.world.histories.items()
        }
        await ask(self.graph, "MATCH (n:Drink {id: $name}) DETACH DELETE n", name=name)

    async def lower_limit_by_hand(self) -> None:
        user = self._user()
        self.world.people[user] = replace(self._person(user), max_abv=0.0)
        await ask(self.graph, "MATCH (u:User {id: $user}) SET u.maxAbv = 0.0", user=user)

    async def avoid_by_hand(self) -> None:
        user, part = self._user(), self._any("ingredient")
        person = self._person(user)
        self.world.people[user] = replace(person, avoids=(*person.avoids, part))
        await ask(
            self.graph,
            "MATCH (u:User {id: $user}) MATCH (i:Ingredient {id: $part}) MERGE (u)-[:AVOIDS]->(i)",
            user=user,
            part=part,
        )

    async def take_diets_review_by_hand(self) -> None:
        name = self._any("ingredient")
        self.world.graph.nodes["ingredient", name]["diets_reviewed"] = None
        await ask(self.graph, "MATCH (n:Ingredient {id: $name}) REMOVE n.dietsReviewed", name=name)

    async def follow_by_hand(self) -> None:
        user = self._user()
        if not self.world.ids("diet"):
            return
        person, diet = self._person(user), self._any("diet")
        self.world.people[user] = replace(person, diets=(*person.diets, diet))
        await ask(
            self.graph,
            "MATCH (u:User {id: $user}) MATCH (d:Diet {id: $diet}) MERGE (u)-[:FOLLOWS]->(d)",
            user=user,
            diet=diet,
        )

    async def widen_diet_by_hand(self) -> None:
        if not self.world.ids("diet"):
            return
        diet, part = self._any("diet"), self._any("ingredient")
        self.world.relate(("diet", diet), "AVOIDS", ("ingredient", part))
        await ask(
            self.graph,
            "MATCH (d:Diet {id: $diet}) MATCH (i:Ingredient {id: $part}) MERGE (d)-[:AVOIDS]->(i)",
            diet=diet,
            part=part,
        )

    # --- by hand, past all versions, for the better

    async def give_review_by_hand(self) -> None:
        name = self._any("ingredient")
        self.world.graph.nodes["ingredient", name]["reviewed"] = True
        self.world.voiding.note(("ingredient", name))
        await ask(self.graph, "MATCH (n:Ingredient {id: $name}) SET n.reviewed = true", name=name)

    async def drop_evidence_by_hand(self) -> None:
        name = self._any("ingredient")
        self._forget("ingredient", name, {"HAS_ALLERGEN", "MAY_CONTAIN"})
        await ask(
            self.graph,
            "MATCH (:Ingredient {id: $name})-[r:HAS_ALLERGEN|MAY_CONTAIN]->() DELETE r",
            name=name,
        )

    # --- parts of the above

    async def _change(
        self,
        *steps: Step,
        drinks: Sequence[str] = (),
        ingredients: Sequence[str] = (),
        structural: bool = False,
    ) -> None:
        await change_catalogue(
            self.graph,
            steps,
            Signature("a writer", "IMPORT", "a test"),
            drinks=drinks,
            ingredients=ingredients,
            structural=structural,
        )
        self.world.voiding.change(drinks, ingredients)

    def _any(self, kind: str) -> str:
        return self.draw.choice(self.world.ids(kind))

    def _user(self) -> str:
        return self.draw.choice(sorted(self.world.people))

    def _somebody(self) -> str:
        """A person of the graph, now and then one whom it sees for the first time."""
        new = f"guest-{len(self.world.people)}"
        return new if self.draw.random() < 0.1 else self._user()

    def _person(self, user: str) -> Person:
        return self.world.people.setdefault(user, Person())

    def _allergy(self, allergen: str) -> Allergy:
        severity = self.draw.choice((None, "SEVERE", "MODERATE", "MILD"))
        return Allergy(allergen, severity, self.draw.random() < 0.5)

    def _edges(self, kind: str, name: str, types: set[str]) -> list[tuple[Node, Node, int, Any]]:
        edges = self.world.graph.out_edges((kind, name), keys=True, data=True)
        return [edge for edge in edges if edge[3]["type"] in types]

    def _forget(self, kind: str, name: str, types: set[str], source: str | None = None) -> None:
        if (kind, name) not in self.world.graph:
            return
        for start, end, key, data in self._edges(kind, name, types):
            if source is None or data["source"] == source:
                self.world.graph.remove_edge(start, end, key)


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
