"""Changes that an analyst writes by hand, past all versions."""

from __future__ import annotations

from dataclasses import replace

from graph.safety_rule import Allergy
from tests.support.changes.base import BaseWriter
from tests.support.emptying import ask
from tests.support.random_offers import parts_of

LABELS = {"drink": "Drink", "ingredient": "Ingredient"}


class HandWriter(BaseWriter):
    """What makes drinks unsafe, and at the end what makes them safe."""

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
        if allergen in {allergy.allergen for allergy in person.allergies}:
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
        allergies = tuple(replace(allergy, accepts_traces=False) for allergy in person.allergies)
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
