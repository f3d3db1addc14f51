"""A list of drinks as plain JSON: what GraphQL answers to `SELECTION`, without executing it."""

from __future__ import annotations

from typing import Any

from gql.features.list_requests import recommended_list
from gql.request.context import Context
from gql.request.failures import Failure, expected
from graph.catalogue.entities import Drink
from graph.verdicts.gate import GateAnswer
from recommend.ranking.pipeline import RecommendationItem, RecommendationList

SELECTION = """{
  recommendationId modelVersion catalogueVersion allergiesDeclared pageVariant
  items {
    rank score
    drink {
      id name kind description abv caffeineMgPer100ml sugarG servedHot price
      availableFrom availableUntil recipeComplete flavors styles producers
    }
    safety {
      status recipeKnown avoided unsuitedDiets catalogueVersion
      verdicts { allergenId verdict tracesAccepted }
    }
  }
}"""
"""What is answered, of `Recommendations`; a test asks GraphQL the same."""


@expected
async def plain_recommendations(request: Context, **arguments: Any) -> dict[str, Any] | Failure:
    """Return the list for the person who asks, or the failure that GraphQL would name."""
    recommended, _ = await recommended_list(request, **arguments)
    return document_of(recommended)


def document_of(recommended: RecommendationList) -> dict[str, Any]:
    """Return a list as JSON has it."""
    return {
        "recommendationId": recommended.id,
        "modelVersion": recommended.model_version,
        "catalogueVersion": recommended.catalogue_version,
        "allergiesDeclared": recommended.declared,
        "pageVariant": recommended.page,
        "items": [_item(item) for item in recommended.items],
    }


def _item(item: RecommendationItem) -> dict[str, Any]:
    return {
        "rank": item.rank,
        "score": item.score,
        "drink": _drink(item.drink),
        "safety": _safety(item.safety),
    }


def _drink(drink: Drink) -> dict[str, Any]:
    return {
        "id": drink.id,
        "name": drink.name,
        "kind": drink.kind,
        "description": drink.description,
        "abv": drink.abv,
        "caffeineMgPer100ml": drink.caffeine,
        "sugarG": drink.sugar,
        "servedHot": drink.served_hot,
        "price": drink.price,
        "availableFrom": drink.available_from,
        "availableUntil": drink.available_until,
        "recipeComplete": drink.recipe_complete,
        "flavors": drink.flavors,
        "styles": drink.styles,
        "producers": drink.producers,
    }


def _safety(answer: GateAnswer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "recipeKnown": answer.known,
        "avoided": answer.avoided,
        "unsuitedDiets": answer.unsuited_diets,
        "catalogueVersion": answer.catalogue_version,
        "verdicts": [
            {
                "allergenId": verdict.allergen,
                "verdict": verdict.verdict,
                "tracesAccepted": verdict.traces_accepted,
            }
            for verdict in answer.verdicts
        ],
    }
