"""Drinks to go with a food, or with another drink, by the flavors that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import existing_drink, refuse_unclear_list
from gql.features.list_requests import checked_request
from gql.request.context import Context, context_of
from gql.request.failures import (
    DrinkNotFound,
    GraphAway,
    InvalidInput,
    ProfileUnclear,
    expected,
    invalid,
)
from gql.request.freshness import current_catalogue
from gql.types.drinks import Drink
from gql.types.inputs import DrinkFilterInput
from gql.types.paths import PathStep
from gql.types.safety import Safety
from recommend.explain.redaction import Redaction
from recommend.ranking.food_flavors import FoodFlavors, food_flavors
from recommend.ranking.pipeline import RecommendationItem, RecommendationList

MOST_FOODS = 10
LONGEST_FOOD = 100
MOST_NAMED = 3


@described.object_type
class Food:
    """A food in words, and how it was understood."""

    text: str
    understood_as: list[PathStep] = strawberry.field(
        description="Flavors and ingredients in the graph; if empty, it plays no part."
    )

    @staticmethod
    def of(taste: FoodFlavors) -> Food:
        """Return a food as the API shows it."""
        steps = [PathStep(id=strawberry.ID(id_), name=name) for id_, name in taste.understood]
        return Food(text=taste.text, understood_as=steps)


@described.object_type
class Pairing:
    """A drink to go with something, safe for you."""

    rank: int
    score: float = strawberry.field(description="0 to 1: how much of their flavors they share.")
    drink: Drink
    safety: Safety
    shared_flavors: list[PathStep] = strawberry.field(
        description="Flavors that both have, rarest first."
    )
    sentence: str


@described.object_type
class Pairings:
    """Drinks to go with something, best first."""

    items: list[Pairing]
    foods: list[Food]
    catalogue_version: int
    allergies_declared: bool


PairingResult = Annotated[
    Pairings | InvalidInput | DrinkNotFound | ProfileUnclear | GraphAway,
    strawberry.union("PairingResult"),
]


@strawberry.type
class PairingQueries:
    """What goes with what."""

    @described.field
    @expected
    async def pairing(
        self,
        info: Info[Any, Any],
        drink_id: strawberry.ID | None = None,
        foods: list[str] | None = None,
        first: int = 10,
        filter: DrinkFilterInput | None = None,
    ) -> PairingResult:
        """Drinks that share flavors with a food or a drink, and are safe for you.

        Sharing flavors is a habit of some kitchens, not a law of taste; a drink that shares none is
        left out. Foods are words for flavors and ingredients.
        """
        request = context_of(info)
        exclude = [drink_id] if drink_id else None
        asked = await checked_request(request, first, filter, exclude=exclude)
        tastes = await _tastes(request, foods or [])
        with_drink = await existing_drink(request, drink_id) if drink_id else None
        flavors = [flavor for taste in tastes for flavor in taste.flavors]
        if with_drink:
            snapshot = await request.dependencies.snapshots.snapshot()
            flavors += snapshot.view.flavors.of(with_drink.source)
        if not flavors:
            raise invalid(
                "foods" if foods else "drinkId",
                "Nothing is known about how that tastes.",
                "Name flavors or ingredients, such as lemon or chocolate, or another drink.",
            )
        recommended = await request.dependencies.recommender.pair(asked, flavors)
        await refuse_unclear_list(request, recommended)
        names = [taste.text for taste in tastes if taste.flavors]
        names += [with_drink.name] if with_drink else []
        return Pairings(
            items=[_pairing(recommended, item, flavors, names) for item in recommended.items],
            foods=[Food.of(taste) for taste in tastes],
            catalogue_version=recommended.catalogue_version,
            allergies_declared=recommended.declared,
        )


async def _tastes(request: Context, foods: Sequence[str]) -> list[FoodFlavors]:
    if len(foods) > MOST_FOODS or any(len(food) > LONGEST_FOOD for food in foods):
        raise invalid(
            "foods",
            "There are too many foods, or one is too long.",
            f"Send up to {MOST_FOODS} of up to {LONGEST_FOOD} characters.",
        )
    if not foods:
        return []
    catalogue, dependencies = await current_catalogue(request), request.dependencies
    known = await dependencies.recognisers.current(dependencies.graph, catalogue.version)
    return [await dependencies.reading.run(food_flavors, food, catalogue, known) for food in foods]


def _pairing(
    recommended: RecommendationList,
    item: RecommendationItem,
    flavors: Sequence[str],
    names: Sequence[str],
) -> Pairing:
    snapshot = recommended.basis.snapshot
    redaction = Redaction(snapshot.view.masks, recommended.basis.profile)
    known = snapshot.catalogue.flavors
    shared = [
        (flavor, known[flavor].name if flavor in known else flavor)
        for flavor in snapshot.view.flavors.shared(item.drink, flavors)
    ]
    named = [(id_, name) for id_, name in shared if redaction.allows_text(name)]
    words = " and ".join(name.lower() for _, name in named[:MOST_NAMED])
    return Pairing(
        rank=item.rank,
        score=item.score,
        drink=Drink.of(item.drink),
        safety=Safety.of(item.safety),
        shared_flavors=[PathStep(id=strawberry.ID(id_), name=name) for id_, name in named],
        sentence=f"Shares {words or 'flavors'} with {' and '.join(names)}.",
    )
