"""A small catalogue for alerts: drinks that are safe without milk until their recipes change."""

from __future__ import annotations

from graph.connection import Graph
from graph.people.declarations import declare_allergies
from graph.safety_rule import Allergy
from tests.support.emptying import ask

DECLARED = "2026-01-02T00:00:00+00:00"
# chai gets milk; black stays as it is
CHAI_WITH_MILK = "drink_id,ingredient\nchai,tea\nchai,dairy\n"
CHAI_WITHOUT_MILK = "drink_id,ingredient\nchai,tea\n"


async def write_alert_world(graph: Graph) -> None:
    """Two drinks of tea, one with milk, one that is not known."""
    await ask(
        graph,
        "CREATE (milk:Allergen {id: 'milk', name: 'Milk', fingerprint: 'f'}) "
        "CREATE (:Allergen {id: 'egg', name: 'Egg', fingerprint: 'f'}) "
        "CREATE (dairy:Ingredient {id: 'dairy', name: 'Dairy', reviewed: true, changedAt: 1, "
        "  synonyms: []}) "
        "CREATE (tea:Ingredient {id: 'tea', name: 'Tea', reviewed: true, changedAt: 1, "
        "  synonyms: []}) "
        "CREATE (dairy)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk) "
        "CREATE (chai:Drink {id: 'chai', name: 'Chai', recipeComplete: true, changedAt: 1}) "
        "CREATE (lassi:Drink {id: 'lassi', name: 'Lassi', recipeComplete: true, changedAt: 1}) "
        "CREATE (black:Drink {id: 'black', name: 'Black', recipeComplete: true, changedAt: 1}) "
        "CREATE (:Drink {id: 'secret', name: 'Secret', recipeComplete: false, changedAt: 1}) "
        "CREATE (chai)-[:CONTAINS]->(tea) CREATE (lassi)-[:CONTAINS]->(dairy) "
        "CREATE (black)-[:CONTAINS]->(tea) RETURN 1 AS one",
    )
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = 1, c.structureVersion = 1 RETURN 1 AS one",
    )


async def declare_milk(graph: Graph, *people: str, at: str = DECLARED) -> None:
    for user in people:
        await declare_allergies(graph, user, [Allergy("milk", "SEVERE", False)], at, None)


async def give(graph: Graph, user: str, drink: str, type_: str, at: int | None) -> None:
    """Let a person have had to do with a drink: PURCHASED, SAVED or RECOMMENDED."""
    text = {
        kind: "MERGE (user:User {id: $user}) WITH user MATCH (drink:Drink {id: $drink}) "
        f"CREATE (user)-[event:{kind}]->(drink) "
        "SET event.at = $at, event.eventId = $drink, event.type = $type RETURN 1 AS one"
        for kind in ("PURCHASED", "SAVED", "RECOMMENDED")
    }[type_]
    await ask(graph, text, user=user, drink=drink, at=at, type=type_.lower())
