"""What was triggered for who asks: offers whose drinks pass both checks as they are asked for."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import explanation_of
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, NotSignedIn, expected
from gql.types.drinks import Recommendation
from learning.triggers import offers


@described.object_type
class TriggeredOffer:
    """Drinks for you, because of something that you did."""

    trigger_id: strawberry.ID
    message: str
    until: float = strawberry.field(description="Milliseconds since 1970, UTC.")
    items: list[Recommendation]

    @staticmethod
    def of(request: Context, offer: offers.Offer) -> TriggeredOffer:
        """Return an offer as the API shows it."""
        explanation = explanation_of(request, offer.drinks)
        return TriggeredOffer(
            trigger_id=strawberry.ID(offer.trigger.id),
            message=offer.trigger.then.message or "",
            until=offer.fired.until,
            items=[Recommendation.of(item, explanation) for item in offer.drinks.items],
        )


@described.object_type
class TriggeredOffers:
    """The offers that hold now, the newest first."""

    offers: list[TriggeredOffer]


TriggeredOffersResult = Annotated[
    TriggeredOffers | NotSignedIn | GraphAway, strawberry.union("TriggeredOffersResult")
]


@strawberry.type
class OfferQueries:
    """What is offered because something happened."""

    @described.field
    @expected
    async def triggered_offers(self, info: Info[Any, Any]) -> TriggeredOffersResult:
        """Up to three offers that the operator's triggers made you, while they hold. Their drinks
        are chosen anew each time, and have passed both safety checks.
        """
        request = context_of(info)
        user_id = request.signed_in()
        profile = await request.dependencies.snapshots.profile(user_id)
        made = await request.dependencies.offers.of(user_id, profile)
        return TriggeredOffers(offers=[TriggeredOffer.of(request, offer) for offer in made])
