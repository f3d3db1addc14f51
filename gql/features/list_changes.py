"""The list of the person who asks, pushed whenever it changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any, Unpack, cast

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import explanation_of, unclear_profile
from gql.features.list_requests import RankingArguments, checked_request, takes_ranking_arguments
from gql.request.context import Context, context_of
from gql.request.failures import GRAPH_AWAY, GraphAway, InvalidInput, ProfileUnclear, Refusal
from gql.request.subscribing import subscribed
from gql.types.drinks import Recommendations
from recommend.watching.lists import ListAway, ListNow

RecommendationsEvent = Annotated[
    Recommendations | InvalidInput | ProfileUnclear | GraphAway,
    strawberry.union("RecommendationsEvent"),
]


@strawberry.type
class ListSubscriptions:
    """What is pushed of a person's lists."""

    @described.subscription
    @takes_ranking_arguments
    async def recommendations_changed(
        self,
        info: Info[Any, Any],
        first: Annotated[int, strawberry.argument(description="How many, from 1 to 100.")] = 10,
        **arguments: Unpack[RankingArguments],
    ) -> AsyncGenerator[RecommendationsEvent, None]:
        """Your `recommendations`: as they are now, then each time they differ because you did or
        declared something, a recipe changed, or another model ranks. Whatever comes replaces what
        came before it: show no older list, least of all after a failure.
        """
        request = context_of(info)
        ask = partial(checked_request, request, first, **arguments)
        lists = partial(request.dependencies.lists.follow, ask=ask)
        try:
            async with aclosing(subscribed(request, lists)) as events:
                async for event in events:
                    yield _event(request, event)
        except Refusal as refusal:  # no list can be made of these arguments: the end
            yield cast(InvalidInput, refusal.failure)


def _event(
    request: Context, event: ListNow | ListAway
) -> Recommendations | ProfileUnclear | GraphAway:
    if isinstance(event, ListAway):
        return GraphAway(
            message=GRAPH_AWAY, advice="Show no list; one comes as soon as the graph answers."
        )
    unclear = unclear_profile(event.recommended.basis.profile)
    if unclear and not event.recommended.items:
        return unclear
    explanation = explanation_of(request, event.recommended, event.request.context)
    return Recommendations.of(event.recommended, explanation)
