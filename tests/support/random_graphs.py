"""Random small worlds: ingredients with trees and cycles, evidence, drinks and people."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import networkx as nx

from graph.connection import Graph
from graph.safety_rule import Allergy, Node, Person
from tests.support.emptying import ask
from tests.support.voiding import Voiding

SEVERITIES = (None, "SEVERE", "MODERATE", "MILD")
EVIDENCE = ("HAS_ALLERGEN", "MAY_CONTAIN", "FREE_FROM")
DOSES = (0.001, 0.4, 5.0, 9_000.0)


@dataclass(frozen=True)
class Deed:
    """What a person did with a drink; `at` is in milliseconds since 1970."""

    event_id: str
    drink: str
    type: str
    value: float | None
    at: int


@dataclass
class World:
    """A graph for the rule's model, and the people in it."""

    graph: nx.MultiDiGraph[Node]
    people: dict[str, Person] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    sealed: set[str] = field(default_factory=set)
    histories: dict[str, list[Deed]] = field(default_factory=dict)
    clock: int = 1_760_000_000_000
    voiding: Voiding = field(init=False)

    def __post_init__(self) -> None:
        self.voiding = Voiding(self.graph)

    def ids(self, kind: str) -> list[str]:
        return sorted(name for label, name in self.graph.nodes if label == kind)

    def edges(self, type_: str) -> list[tuple[Node, Node, dict[str, object]]]:
        return [(s, t, d) for s, t, d in self.graph.edges(data=True) if d["type"] == type_]

    def relate(
        self,
        source: Node,
        type_: str,
        target: Node,
        stated_by: str | None = "a test",
        observed_at: str | None = "2026-01-01",
        protein: float | None = None,
    ) -> None:
        """Add a relationship, with who states it, since when, and mg of protein in a serving."""
        self.graph.add_edge(
            source,
            target,
            type=type_,
            source=stated_by,
            observed_at=observed_at,
            protein_mg_per_serving=protein,
            step=self.voiding.step + 1,
        )


def random_world(seed: int, *, drinks: int = 12, people: int = 6) -> World:
    draw = random.Random(seed)
    world = World(nx.MultiDiGraph())
    allergens = _add_allergens(draw, world)
    ingredients = _add_ingredients(draw, world, allergens)
    _add_diets(draw, world, ingredients)
    for number in range(drinks):
        _add_drink(draw, world, f"drink-{number}", ingredients, allergens)
    for number in range(people):
        _add_person(draw, world, f"user-{number}", ingredients, allergens)
    _add_doses(random.Random(f"doses of {seed}"), world)
    return world


def _add_doses(draw: random.Random, world: World) -> None:
    """Give most traces a quantity, and now and then what should have none: a hand may write it."""
    for _, _, data in world.graph.edges(data=True):
        often = {"MAY_CONTAIN": 0.7}.get(data["type"], 0.1)
        if data["type"] in EVIDENCE and draw.random() < often:
            data["protein_mg_per_serving"] = draw.choice(DOSES)


def _add_allergens(draw: random.Random, world: World) -> list[str]:
    names = [f"allergen-{number}" for number in range(draw.randint(2, 7))]
    world.graph.add_nodes_from(("allergen", name) for name in names)
    for number, name in enumerate(names[1:], start=1):
        if draw.random() < 0.5:
            parent = names[draw.randrange(number)]
            world.relate(("allergen", name), "PART_OF", ("allergen", parent))
    return names


def _add_ingredients(draw: random.Random, world: World, allergens: list[str]) -> list[str]:
    names = [f"ingredient-{number}" for number in range(draw.randint(3, 14))]
    unreviewed = draw.choice((0.0, 0.05, 0.3))
    for name in names:
        reviewed = draw.choice((False, None)) if draw.random() < unreviewed else True
        diets_reviewed = draw.choice((False, None)) if draw.random() < unreviewed else True
        world.graph.add_node(("ingredient", name), reviewed=reviewed, diets_reviewed=diets_reviewed)
    for number, name in enumerate(names):
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            # now and then upwards, so that cycles occur
            other = draw.choice(names if draw.random() < 0.05 else names[:number] or names)
            if other != name:
                kind = draw.choice(("IS_A", "MADE_OF"))
                world.relate(("ingredient", name), kind, ("ingredient", other))
        if draw.random() < 0.25:
            status = draw.choice(("HAS_ALLERGEN", "MAY_CONTAIN", "MAY_CONTAIN", "FREE_FROM"))
            world.relate(("ingredient", name), status, ("allergen", draw.choice(allergens)))
    return names


def _add_diets(draw: random.Random, world: World, ingredients: list[str]) -> None:
    for number in range(draw.choice((0, 1, 2))):
        diet: Node = ("diet", f"diet-{number}")
        world.graph.add_node(
            diet,
            max_abv=draw.choice((None, None, 5.0)),
            max_caffeine=draw.choice((None, None, 0.0)),
        )
        for part in draw.sample(ingredients, k=draw.choice((0, 1, 1, 2))):
            world.relate(diet, "AVOIDS", ("ingredient", part))


def _add_drink(
    draw: random.Random, world: World, name: str, ingredients: list[str], allergens: list[str]
) -> None:
    node: Node = ("drink", name)
    world.graph.add_node(
        node,
        recipe_complete=draw.choice((True, True, True, True, False, None)),
        abv=draw.choice((None, 0.0, 5.0, 20.0)),
        caffeine=draw.choice((None, 0.0, 40.0)),
    )
    for part in draw.sample(ingredients, k=min(len(ingredients), draw.choice((0, 1, 1, 2, 3)))):
        world.relate(node, "CONTAINS", ("ingredient", part))
    for _ in range(draw.choice((0, 0, 0, 1, 2))):
        # a statement without source or date clears nothing, and still warns
        stated_by = draw.choice(("a test", "a test", "a test", None, ""))
        observed_at = draw.choice(("2026-01-01", "2026-01-01", "2026-01-01", None, ""))
        allergen: Node = ("allergen", draw.choice(allergens))
        world.relate(node, draw.choice(EVIDENCE), allergen, stated_by, observed_at)


def _add_person(
    draw: random.Random, world: World, name: str, ingredients: list[str], allergens: list[str]
) -> None:
    stated = draw.sample(allergens, k=min(len(allergens), draw.choice((0, 1, 1, 2, 3))))
    world.people[name] = Person(
        allergies=tuple(
            Allergy(allergen, draw.choice(SEVERITIES), draw.random() < 0.5)
            for allergen in sorted(stated)
        ),
        avoids=tuple(draw.sample(ingredients, k=draw.choice((0, 0, 0, 1)))),
        max_abv=draw.choice((None, None, None, 5.0)),
        max_caffeine=draw.choice((None, None, None, 0.0)),
        unresolved=("something",) if draw.random() < 0.05 else (),
        diets=tuple(diet for diet in world.ids("diet") if draw.random() < 0.25),
    )
    if stated or draw.random() < 0.5:
        world.declared.add(name)


async def write(world: World, graph: Graph) -> None:
    """Write the world into an empty graph, as version 1 of its catalogue."""
    await _write_nodes(world, graph)
    await _write_edges(world, graph)
    await write_people(world, graph)


async def _write_nodes(world: World, graph: Graph) -> None:
    await ask(
        graph,
        "MERGE (c:Catalogue {id: 'catalogue'}) SET c.version = 1, c.structureVersion = 1 "
        "RETURN 1 AS one",
    )
    nodes = world.graph.nodes
    await ask(
        graph,
        "UNWIND $rows AS row MERGE (n:Allergen {id: row.id}) SET n.name = row.id",
        rows=[{"id": allergen} for allergen in world.ids("allergen")],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MERGE (n:Ingredient {id: row.id}) "
        "SET n.name = row.id, n.reviewed = row.reviewed, n.changedAt = 1, "
        "n.dietsReviewed = row.diets",
        rows=[
            {
                "id": ingredient,
                "reviewed": nodes["ingredient", ingredient]["reviewed"],
                "diets": nodes["ingredient", ingredient].get("diets_reviewed"),
            }
            for ingredient in world.ids("ingredient")
        ],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MERGE (n:Diet {id: row.id}) SET n.name = row.id, "
        "n.maxAbv = row.abv, n.maxCaffeineMgPer100ml = row.caffeine",
        rows=[
            {
                "id": diet,
                "abv": nodes["diet", diet]["max_abv"],
                "caffeine": nodes["diet", diet]["max_caffeine"],
            }
            for diet in world.ids("diet")
        ],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MERGE (n:Drink {id: row.id}) SET n.name = row.id, n.changedAt = 1, "
        "n.recipeComplete = row.complete, n.abv = row.abv, n.caffeineMgPer100ml = row.caffeine",
        rows=[
            {
                "id": drink,
                "complete": nodes["drink", drink]["recipe_complete"],
                "abv": nodes["drink", drink]["abv"],
                "caffeine": nodes["drink", drink]["caffeine"],
            }
            for drink in world.ids("drink")
        ],
    )


async def _write_edges(world: World, graph: Graph) -> None:
    labels = {
        "drink": "Drink",
        "ingredient": "Ingredient",
        "allergen": "Allergen",
        "diet": "Diet",
    }
    groups: dict[tuple[str, str, str], list[dict[str, object]]] = {}
    for (kind, source), (other, target), data in world.graph.edges(data=True):
        key = (labels[kind], str(data["type"]), labels[other])
        row = {"source": source, "target": target}
        said = {"stated_by": data["source"], "observed_at": data["observed_at"]}
        said["protein"] = data.get("protein_mg_per_serving")
        groups.setdefault(key, []).append({**row, **said})
    for (kind, type_, other), rows in groups.items():
        await ask(
            graph,
            f"UNWIND $rows AS row MATCH (s:{kind} {{id: row.source}}) "
            f"MATCH (t:{other} {{id: row.target}}) CREATE (s)-[r:{type_}]->(t) "
            "SET r.source = row.stated_by, r.observedAt = row.observed_at, "
            "r.proteinMgPerServing = row.protein",
            rows=rows,
        )


async def write_people(world: World, graph: Graph) -> None:
    """Write what people declared, at version 1 even if they are there already."""
    people = world.people.items()
    await ask(
        graph,
        "UNWIND $rows AS row MERGE (u:User {id: row.id}) SET u.version = 1, "
        "u.maxAbv = row.abv, u.maxCaffeineMgPer100ml = row.caffeine, "
        "u.unresolved = row.unresolved, u.allergiesDeclaredAt = row.declared, "
        "u.sealed = CASE WHEN row.sealed THEN ['b25l'] ELSE null END",
        rows=[
            {
                "id": name,
                "abv": person.max_abv,
                "caffeine": person.max_caffeine,
                "unresolved": list(person.unresolved),
                "sealed": name in world.sealed,
                "declared": "2026-01-01T00:00:00Z" if name in world.declared else None,
            }
            for name, person in people
        ],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row.id}) MATCH (a:Allergen {id: row.allergen}) "
        "MERGE (u)-[r:ALLERGIC_TO]->(a) SET r.severity = row.severity, r.acceptsTraces = row.ok",
        rows=[
            {"id": n, "allergen": a.allergen, "severity": a.severity, "ok": a.accepts_traces}
            for n, person in people
            for a in person.allergies
        ],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row.id}) MATCH (i:Ingredient {id: row.part}) "
        "MERGE (u)-[:AVOIDS]->(i)",
        rows=[{"id": n, "part": part} for n, person in people for part in person.avoids],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row.id}) MATCH (d:Diet {id: row.diet}) "
        "MERGE (u)-[:FOLLOWS]->(d)",
        rows=[{"id": n, "diet": diet} for n, person in people for diet in person.diets],
    )
