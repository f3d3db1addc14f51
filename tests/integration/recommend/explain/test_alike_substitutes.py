"""What tastes alike is proposed as a replacement, and judged by the graph like any other."""

from __future__ import annotations

import pytest

from graph.catalogue.substitutes import SubstituteProposal, load_candidates
from graph.connection import Graph
from graph.verdicts.gate import described_as
from tests.support.api import Api
from tests.support.emptying import ask

SWAP = """
query { answer: swap(drinkId: "sour", first: 10) { __typename
  ... on Swaps { items { replacements { byId reason } safety { status } } } } }"""
SAFE, UNREVIEWED, OF_NUTS = "seed-liqueur", "secret-liqueur", "nut-liqueur"
WORLD = """
CREATE (almond:Allergen {id: 'almond', name: 'Almond'}),
  (family:Ingredient {id: 'liqueur', name: 'Liqueur', reviewed: true, source: 'group'}),
  (amaretto:Ingredient {id: 'amaretto', name: 'Amaretto', reviewed: true, source: 'us'}),
  (seed:Ingredient {id: 'seed-liqueur', name: 'Seed liqueur', reviewed: true, source: 'us'}),
  (nuts:Ingredient {id: 'nut-liqueur', name: 'Nut liqueur', reviewed: true, source: 'us'}),
  (secret:Ingredient {id: 'secret-liqueur', name: 'Secret liqueur', reviewed: false, source: 'us'}),
  (amaretto)-[:IS_A]->(family), (seed)-[:IS_A]->(family), (nuts)-[:IS_A]->(family),
  (secret)-[:IS_A]->(family),
  (amaretto)-[:HAS_ALLERGEN {source: 'us', observedAt: '2026-01-01'}]->(almond),
  (nuts)-[:HAS_ALLERGEN {source: 'us', observedAt: '2026-01-01'}]->(almond),
  (user:User {id: 'anna', allergiesDeclaredAt: '2026-01-01', version: 1}),
  (user)-[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(almond),
  (sour:Drink {id: 'sour', name: 'Sour', kind: 'cocktail', recipeComplete: true, changedAt: 1}),
  (sour)-[:CONTAINS]->(amaretto),
  (other:Drink {id: 'other', name: 'Other', kind: 'cocktail', recipeComplete: true, changedAt: 1}),
  (other)-[:CONTAINS]->(seed), (other)-[:CONTAINS]->(nuts), (other)-[:CONTAINS]->(secret),
  (other)-[:CONTAINS]->(family)
WITH other
UNWIND range(1, 30) AS number
CREATE (other)-[:CONTAINS]->(:Ingredient {id: 'part-' + toString(number), reviewed: true})
"""


@pytest.fixture
async def bar(graph: Graph) -> Graph:
    await ask(graph, WORLD)
    return graph


async def test_what_is_of_the_family_and_safe_replaces_and_nothing_else(bar: Graph) -> None:
    api = Api(bar)
    await api.start()
    answer = await api.ask(SWAP, "anna")
    replacements = [item["replacements"] for item in answer["items"]]
    assert [[replacement["byId"] for replacement in each] for each in replacements] == [[SAFE]]
    assert replacements[0][0]["reason"] == "Both are of Liqueur."
    assert {item["safety"]["status"] for item in answer["items"]} == {"SAFE"}


async def test_the_graph_vouches_only_for_reviewed_ingredients_that_drinks_have(
    bar: Graph,
) -> None:
    proposed = [UNREVIEWED, OF_NUTS, "liqueur", "amaretto", "nobody-knows", "part-1", SAFE]
    proposals = [SubstituteProposal("amaretto", substitute, "liqueur") for substitute in proposed]
    proposals.append(SubstituteProposal("part-1", SAFE, "liqueur"))
    candidates = (
        await load_candidates(bar, await described_as(bar, "anna"), "sour", proposals)
    ).alike
    assert [candidate.substitute.id for candidate in candidates] == [OF_NUTS, SAFE]
    assert {(candidate.ingredient_id, candidate.substitute.about) for candidate in candidates} == {
        ("amaretto", "Liqueur")
    }
