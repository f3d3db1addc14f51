"""What clients can ask for."""

from __future__ import annotations

from typing import Annotated, Any, Unpack

import strawberry
from strawberry.types import Info

from gql import described
from gql.asking.offers import OfferQueries
from gql.asking.polls import PollQueries
from gql.features.alerts import AlertQueries
from gql.features.answers import existing_drink, explanation_of, refuse_unclear_list
from gql.features.consents import ConsentQueries
from gql.features.diets import DietQueries
from gql.features.groups import GroupQueries
from gql.features.history import HistoryQueries
from gql.features.list_requests import (
    RankingArguments,
    checked_request,
    recommended_list,
    takes_ranking_arguments,
)
from gql.features.nearness import NearnessQueries
from gql.features.pages import ConnectionQueries
from gql.features.pairing import PairingQueries
from gql.features.privacy import PrivacyQueries
from gql.features.recognition import RecognitionQueries
from gql.features.regulations import RegulationQueries
from gql.features.relaxations import RelaxationQueries
from gql.features.substitutions import SwapQueries
from gql.features.trending import TrendingQueries
from gql.features.why_not import WhyNotQueries
from gql.operating.administration import AdministrationQueries
from gql.operating.approvals import ApprovalQueries
from gql.operating.drafts import DraftQueries
from gql.operating.earned import EarnedQueries
from gql.operating.experiments import ExperimentQueries
from gql.operating.health import HealthQueries
from gql.operating.models import ModelQueries
from gql.operating.record import RecordQueries
from gql.operating.support import SupportQueries
from gql.operating.trigger_alerts import TriggerAlertQueries
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
from gql.request.freshness import known_catalogue
from gql.types.drinks import Drink, DrinkPage, Flavor, Recommendation, Recommendations
from gql.types.inputs import DrinkFilterInput
from gql.types.ordering import BoostInput, Diversity
from gql.types.people import Me
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


@described.object_type
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
    NearnessQueries,
    TrendingQueries,
    RecognitionQueries,
    PrivacyQueries,
    ConsentQueries,
    ConnectionQueries,
    PollQueries,
    OfferQueries,
    ExperimentQueries,
    EarnedQueries,
    SupportQueries,
    AdministrationQueries,
    RecordQueries,
    ApprovalQueries,
    HealthQueries,
    ModelQueries,
    DraftQueries,
    TriggerAlertQueries,
):
    """What clients can ask for."""

    @described.field
    @expected
    @takes_ranking_arguments
    async def recommendations(
        self,
        info: Info[Any, Any],
        first: First = 10,
        **arguments: Unpack[RankingArguments],
    ) -> RecommendationsResult:
        """Drinks for you, best first.

        Each has passed both safety checks; drinks you have had come after new ones, and those you
        disliked never appear.
        """
        request = context_of(info)
        recommended, asked = await recommended_list(request, first, **arguments)
        return Recommendations.of(recommended, explanation_of(request, recommended, asked.context))

    @described.field
    @expected
    async def popular_drinks(
        self,
        info: Info[Any, Any],
        first: First = 10,
        filter: DrinkFilterInput | None = None,
        boosts: list[BoostInput] | None = None,
        diversity: Diversity = 0.0,
    ) -> PopularDrinksResult:
        """The drinks most people like that are safe for you; none that you disliked."""
        request = context_of(info)
        asked = await checked_request(request, first, filter, boosts=boosts, diversity=diversity)
        recommended = await request.dependencies.recommender.popular(asked)
        return await _recommendations(request, recommended)

    @described.field
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
        """Drinks like one, and safe for you."""
        request = context_of(info)
        await existing_drink(request, drink_id)
        asked = await checked_request(request, first, filter, boosts=boosts, diversity=diversity)
        recommended = await request.dependencies.recommender.similar(asked, str(drink_id))
        return await _recommendations(request, recommended)

    @described.field
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
        """Drinks that are safe for you, by name, a page at a time."""
        request = context_of(info)
        asked = await checked_request(request, first, filter)
        if after:
            await _refuse_unknown_cursor(request, str(after))
        recommended = await request.dependencies.recommender.browse(
            asked, str(after) if after else None
        )
        await refuse_unclear_list(request, recommended)
        explanation = explanation_of(request, recommended)
        items = [Recommendation.of(item, explanation) for item in recommended.items]
        return DrinkPage(
            items=items,
            end_cursor=items[-1].drink.id if len(items) == asked.first else None,
            catalogue_version=recommended.catalogue_version,
        )

    @described.field
    @expected
    async def drink(self, info: Info[Any, Any], id: strawberry.ID) -> DrinkResult:
        """One drink, with what the graph says about it for you."""
        return await existing_drink(context_of(info), id)

    @described.field
    async def flavors(self, info: Info[Any, Any]) -> list[Flavor]:
        """All flavors, with their families."""
        catalogue = await known_catalogue(context_of(info))
        return [Flavor.of(flavor) for flavor in catalogue.flavors.values()]

    @described.field
    @expected
    async def me(self, info: Info[Any, Any]) -> MeResult:
        """What the graph knows about you."""
        request = context_of(info)
        return Me.of(await request.dependencies.snapshots.profile(request.signed_in(), fresh=True))


async def _refuse_unknown_cursor(request: Context, after: str) -> None:
    snapshot = await request.dependencies.snapshots.snapshot()
    if after not in snapshot.catalogue.row_of:
        raise invalid(
            "after", f"'{after}' is not a cursor of this list.", "Use a page's endCursor."
        )


async def _recommendations(request: Context, recommended: RecommendationList) -> Recommendations:
    await refuse_unclear_list(request, recommended)
    return Recommendations.of(recommended, explanation_of(request, recommended))
