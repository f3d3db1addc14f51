"""What clients can ask."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql.features.alerts import AlertQueries
from gql.features.answers import existing_drink, explanation_of, refuse_unclear_list
from gql.features.diets import DietQueries
from gql.features.groups import GroupQueries
from gql.features.history import HistoryQueries
from gql.features.pages import ConnectionQueries
from gql.features.pairing import PairingQueries
from gql.features.privacy import PrivacyQueries
from gql.features.recognition import RecognitionQueries
from gql.features.regulations import RegulationQueries
from gql.features.relaxations import RelaxationQueries
from gql.features.substitutions import SwapQueries
from gql.features.why_not import WhyNotQueries
from gql.request.context import Context, context_of
from gql.request.failures import (
    DrinkNotFound,
    GraphAway,
    InvalidInput,
    NotSignedIn,
    ProfileUnclear,
    expected,
    invalid,
)
from gql.request.freshness import newest_catalogue
from gql.types.drinks import Drink, DrinkPage, Flavor, Recommendation, Recommendations
from gql.types.filter_checks import checked_conditions
from gql.types.inputs import ContextInput, DrinkFilterInput, checked_exclude, checked_first
from gql.types.ordering import BoostInput, Diversity, MinimumRelevance, Rotation, checked_reranking
from gql.types.people import Me
from recommend.context.model import RequestContext
from recommend.ranking.pipeline import RecommendationList

RecommendationsResult = Annotated[
    Recommendations | InvalidInput | NotSignedIn | ProfileUnclear | GraphAway,
    strawberry.union("RecommendationsResult"),
]
SimilarDrinksResult = Annotated[
    Recommendations | InvalidInput | DrinkNotFound | ProfileUnclear | GraphAway,
    strawberry.union("SimilarDrinksResult"),
]
PopularDrinksResult = Annotated[
    Recommendations | InvalidInput | ProfileUnclear | GraphAway,
    strawberry.union("PopularDrinksResult"),
]
DrinksResult = Annotated[
    DrinkPage | InvalidInput | ProfileUnclear | GraphAway, strawberry.union("DrinksResult")
]
DrinkResult = Annotated[Drink | DrinkNotFound | GraphAway, strawberry.union("DrinkResult")]
MeResult = Annotated[Me | NotSignedIn | GraphAway, strawberry.union("MeResult")]

First = Annotated[int, strawberry.argument(description="How many, from 1 to 100.")]


@strawberry.type(description="What clients can ask.")
class Query(
    RelaxationQueries,
    SwapQueries,
    WhyNotQueries,
    AlertQueries,
    DietQueries,
    RegulationQueries,
    HistoryQueries,
    GroupQueries,
    PairingQueries,
    RecognitionQueries,
    PrivacyQueries,
    ConnectionQueries,
):
    """What clients can ask."""

    @strawberry.field(
        description="Drinks for you, best first. Each passed both safety checks; those you had "
        "come after new ones, those you disliked never."
    )
    @expected
    async def recommendations(
        self,
        info: Info[Any, Any],
        first: First = 10,
        filter: DrinkFilterInput | None = None,
        context: ContextInput | None = None,
        exclude: list[strawberry.ID] | None = None,
        boosts: list[BoostInput] | None = None,
        diversity: Diversity = 0.0,
        rotation: Rotation = 0.0,
        minimum_relevance: MinimumRelevance = None,
    ) -> RecommendationsResult:
        """Return drinks for the person who asks."""
        request = context_of(info)
        user_id = request.signed_in()
        moment = context.moment() if context else None
        context_model = request.dependencies.context_model
        offer = await request.dependencies.recommender.recommend(
            user_id,
            checked_first(first),
            await checked_conditions(request, filter),
            checked_exclude(exclude),
            (lambda snapshot: context_model.lift(snapshot, moment)) if moment else None,
            await checked_reranking(request, boosts, diversity, rotation, minimum_relevance),
        )
        return await _recommendations(request, offer, moment)

    @strawberry.field(
        description="The drinks that most people like and that are safe for you; none that you "
        "disliked."
    )
    @expected
    async def popular_drinks(
        self,
        info: Info[Any, Any],
        first: First = 10,
        filter: DrinkFilterInput | None = None,
        boosts: list[BoostInput] | None = None,
        diversity: Diversity = 0.0,
    ) -> PopularDrinksResult:
        """Return popular drinks."""
        request = context_of(info)
        offer = await request.dependencies.recommender.popular(
            request.user_id,
            checked_first(first),
            await checked_conditions(request, filter),
            await checked_reranking(request, boosts, diversity),
        )
        return await _recommendations(request, offer)

    @strawberry.field(description="Drinks like one, and safe for you.")
    @expected
    async def similar_drinks(
        self,
        info: Info[Any, Any],
        drink_id: strawberry.ID,
        first: First = 10,
        filter: DrinkFilterInput | None = None,
        boosts: list[BoostInput] | None = None,
        diversity: Diversity = 0.0,
    ) -> SimilarDrinksResult:
        """Return drinks like one."""
        request = context_of(info)
        await existing_drink(request, drink_id)
        offer = await request.dependencies.recommender.similar(
            request.user_id,
            str(drink_id),
            checked_first(first),
            await checked_conditions(request, filter),
            await checked_reranking(request, boosts, diversity),
        )
        return await _recommendations(request, offer)

    @strawberry.field(description="Drinks by name that are safe for you, a page at a time.")
    @expected
    async def drinks(
        self,
        info: Info[Any, Any],
        first: First = 20,
        after: Annotated[
            strawberry.ID | None, strawberry.argument(description="endCursor of the last page.")
        ] = None,
        filter: DrinkFilterInput | None = None,
    ) -> DrinksResult:
        """Return a page of drinks by name."""
        request = context_of(info)
        size = checked_first(first)
        conditions = await checked_conditions(request, filter)
        if after:
            await _refuse_unknown_cursor(request, str(after))
        offer = await request.dependencies.recommender.browse(
            request.user_id, size, str(after) if after else None, conditions
        )
        await refuse_unclear_list(request, offer)
        explanation = explanation_of(request, offer)
        items = [Recommendation.of(one, explanation) for one in offer.items]
        return DrinkPage(
            items=items,
            end_cursor=items[-1].drink.id if len(items) == size else None,
            catalogue_version=offer.catalogue_version,
        )

    @strawberry.field(description="One drink, with what the graph says of it for you.")
    @expected
    async def drink(self, info: Info[Any, Any], id: strawberry.ID) -> DrinkResult:
        """Return one drink."""
        return await existing_drink(context_of(info), id)

    @strawberry.field(description="All flavors, with their families.")
    async def flavors(self, info: Info[Any, Any]) -> list[Flavor]:
        """Return all flavors."""
        catalogue = await newest_catalogue(context_of(info))
        return [Flavor.of(one) for one in catalogue.flavors.values()]

    @strawberry.field(description="What the graph knows of you.")
    @expected
    async def me(self, info: Info[Any, Any]) -> MeResult:
        """Return the profile of the person who asks."""
        request = context_of(info)
        return Me.of(await request.dependencies.snapshots.profile(request.signed_in(), fresh=True))


async def _refuse_unknown_cursor(request: Context, after: str) -> None:
    snapshot = await request.dependencies.snapshots.snapshot()
    if after not in snapshot.catalogue.row_of:
        raise invalid("after", f"'{after}' is no cursor.", "Use the endCursor of a page.")


async def _recommendations(
    request: Context, offer: RecommendationList, moment: RequestContext | None = None
) -> Recommendations:
    await refuse_unclear_list(request, offer)
    return Recommendations.of(offer, explanation_of(request, offer, moment))
