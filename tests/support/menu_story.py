"""What an operator does to the menu through the API, done to the world of the rule's model too."""

from __future__ import annotations

import random
from typing import Any

from tests.support.api import Api
from tests.support.random_graphs import World
from tests.support.random_offers import random_offer

_SAVED = "{ __typename ... on SavedDrink { unrecognised known } ... on Failure { message } }"
_ADD = f"mutation ($drink: DrinkInput!) {{ answer: addDrink(drink: $drink) {_SAVED} }}"
_UPDATE = f"mutation ($drink: DrinkInput!) {{ answer: updateDrink(drink: $drink) {_SAVED} }}"
_RETIRE = """mutation ($id: ID!) { answer: retireDrink(id: $id) {
  ... on RetiredDrink { drink { availableUntil } } } }"""
_DISLIKE = """mutation ($them: [InteractionInput!]!) { answer: recordInteractions(
  interactions: $them) { ... on RecordedInteractions { recorded } } }"""
_EVIDENCE = {"CONTAINS": "HAS_ALLERGEN", "MAY_CONTAIN": "MAY_CONTAIN", "ABSENT": "FREE_FROM"}
LABEL, SEEN = "an operator's label", "2026-03-03"


async def save_drink(api: Api, world: World, draw: random.Random, drink: str | None) -> None:
    """Add a drink, or replace one, with a recipe that may be unclear and evidence on it."""
    name = drink or f"drink-{len(world.graph) + 500}"
    offer: dict[str, Any] = {
        **random_offer(draw),
        "recipe_complete": draw.random() < 0.7,
        "abv": draw.choice((None, 0.0, 20.0)),
        "caffeine": draw.choice((None, 0.0, 40.0)),
    }
    parts = draw.sample(world.ids("ingredient"), k=draw.choice((0, 1, 1, 2)))
    secret = [f"Secret {len(world.graph)}"] if draw.random() < 0.2 else []
    said = [(draw.choice(world.ids("allergen")), draw.choice(list(_EVIDENCE)))]
    said = said if draw.random() < 0.3 and drink is None else []
    answer = await api.ask(
        _UPDATE if drink else _ADD,
        "anna",
        operator=True,
        drink={
            "id": name,
            "name": offer["name"],
            "kind": offer["kind"],
            "price": offer["price"],
            "servedHot": offer["hot"],
            "abv": offer["abv"],
            "caffeineMgPer100ml": offer["caffeine"],
            "availableFrom": offer["begins"],
            "availableUntil": offer["ends"],
            "flavors": list(offer["flavors"]),
            "styles": list(offer["styles"]),
            "recipe": [{"ingredient": part} for part in (*parts, *secret)],
            "recipeComplete": offer["recipe_complete"],
            "evidence": [
                {"allergen": allergen, "status": status, "source": LABEL, "observedAt": SEEN}
                for allergen, status in said
            ],
        },
    )
    assert answer["__typename"] == "SavedDrink" and answer["unrecognised"] == secret, answer
    _replace(world, name, offer, [*parts, *(part.lower().replace(" ", "-") for part in secret)])
    for allergen, status in said:
        world.relate(
            ("drink", name), _EVIDENCE[status], ("allergen", allergen), LABEL, observed_at=SEEN
        )
    world.voiding.change([name])


def _replace(world: World, name: str, offer: dict[str, Any], parts: list[str]) -> None:
    world.graph.add_node(("drink", name), **offer)
    edges = list(world.graph.out_edges(("drink", name), keys=True, data=True))
    for start, end, key, data in edges:
        if data["type"] == "CONTAINS":
            world.graph.remove_edge(start, end, key)
    for part in parts:
        if ("ingredient", part) not in world.graph:
            world.graph.add_node(("ingredient", part), reviewed=False, diets_reviewed=False)
        world.relate(("drink", name), "CONTAINS", ("ingredient", part))
        world.voiding.optional[name, part] = False


async def retire_drink(api: Api, world: World, drink: str) -> None:
    """Take a drink off the offer."""
    answer = await api.ask(_RETIRE, "anna", operator=True, id=drink)
    world.graph.nodes["drink", drink]["ends"] = answer["drink"]["availableUntil"]
    world.voiding.change([drink], retired=True)


async def dislike(api: Api, user: str, drink: str, event_id: str, at: str) -> None:
    """Say that a person dislikes a drink."""
    them = [{"eventId": event_id, "drinkId": drink, "type": "DISLIKE", "at": at}]
    assert await api.ask(_DISLIKE, user, them=them) == {"recorded": 1}
