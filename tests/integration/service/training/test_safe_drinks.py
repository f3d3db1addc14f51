"""Safe drinks, for the gate: those of the masks."""

from __future__ import annotations

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph
from service.training.safe_drinks import safe_drinks
from tests.integration.service.worlds import DRINKS, drink_id
from tests.support.emptying import ask


async def test_safe_drinks_are_those_of_the_masks_for_people_with_several_allergies(
    filled: Graph,
) -> None:
    await ask(
        filled,
        "UNWIND ['milk', 'fish'] AS id MATCH (user:User {id: 'person-1'}) "
        "MATCH (one:Allergen {id: id}) CREATE (user)-[:ALLERGIC_TO {severity: 'MILD'}]->(one) "
        "RETURN count(one) AS n",
    )
    catalogue = await load_catalogue(filled)
    safe = await safe_drinks(filled, catalogue, 2)
    assert list(safe) == ["person-1"]
    odd = {drink_id(number) for number in range(1, DRINKS, 2)}
    drinks = zip(catalogue.drinks, safe["person-1"], strict=True)
    assert {drink.id for drink, is_safe in drinks if is_safe} == odd
    assert await safe_drinks(filled, catalogue, 3) == {}
