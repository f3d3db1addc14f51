"""What is trending: drinks that more people than usual want now, safe for the person who asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import refuse_unclear_list
from gql.features.list_requests import checked_request
from gql.request.context import context_of
from gql.request.failures import GraphAway, InvalidInput, ProfileUnclear, expected, invalid
from gql.types.drinks import Recommendations
from gql.types.inputs import DrinkFilterInput
from gql.types.ordering import BoostInput, Diversity
from gql.types.reasons import Explanation
from graph.crowds import EVERYWHERE
from graph.people.event_rules import LONGEST_WORD

TrendingDrinksResult = Annotated[
    Recommendations | InvalidInput | ProfileUnclear | GraphAway,
    strawberry.union("TrendingDrinksResult"),
]
Store = Annotated[
    str | None, strawberry.argument(description="Only what is wanted in one of your stores.")
]
Place = Annotated[
    str | None,
    strawberry.argument(description="Only what is wanted in one kind of place, such as bar."),
]


@strawberry.type
class TrendingQueries:
    """What is trending."""

    @described.field
    @expected
    async def trending_drinks(
        self,
        info: Info[Any, Any],
        first: int = 10,
        store: Store = None,
        place: Place = None,
        filter: DrinkFilterInput | None = None,
        boosts: list[BoostInput] | None = None,
        diversity: Diversity = 0.0,
    ) -> TrendingDrinksResult:
        """Drinks that more people than usual wanted in the last hour, and that are safe for you;
        for one kind, use the filter.

        At least five people have to have wanted a drink there. Nothing fills the list up: where
        nothing is trending, it is empty.
        """
        request = context_of(info)
        where = _checked_place(store, place)
        asked = await checked_request(request, first, filter, boosts=boosts, diversity=diversity)
        trends = request.dependencies.trends.current
        offer = await request.dependencies.recommender.trending(asked, trends, where)
        await refuse_unclear_list(request, offer)
        basis = replace(offer.basis, trending=trends.by_place.get(where, {}))
        drink_ids = [item.drink.id for item in offer.items]
        return Recommendations.of(offer, Explanation(request.dependencies.graph, basis, drink_ids))


def _checked_place(store: str | None, place: str | None) -> str:
    """Return the place that trends have; refuses two at once, and what no event can say."""
    if store is not None and place is not None:
        raise invalid("place", "There is a store too.", "Ask for one of them.")
    for name, said in (("store", store), ("place", place)):
        if said is None:
            continue
        if not 1 <= len(said) <= LONGEST_WORD or not said.isprintable():
            advice = f"Send 1 to {LONGEST_WORD} characters, as your events say it in their context."
            raise invalid(name, "No event can say that.", advice)
        return f"{name}:{said}"
    return EVERYWHERE
