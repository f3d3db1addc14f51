"""The arguments of every field that lists drinks, checked and made one request."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from gql.request.context import Context
from gql.types.filter_checks import checked_conditions
from gql.types.inputs import ContextInput, DrinkFilterInput, checked_exclude, checked_first
from gql.types.ordering import BoostInput, checked_reranking
from graph.people.profiles import Profile
from recommend.ranking.request import RecommendationRequest


async def checked_request(
    request: Context,
    first: int,
    filter: DrinkFilterInput | None = None,
    *,
    context: ContextInput | None = None,
    exclude: list[strawberry.ID] | None = None,
    guests: Sequence[Profile] = (),
    boosts: Sequence[BoostInput] | None = None,
    diversity: float = 0.0,
    rotation: float = 0.0,
    minimum_relevance: float | None = None,
) -> RecommendationRequest:
    """Return what is asked for by the person who asks, or by somebody who is signed out.

    Raises a refusal that names the argument that cannot be.
    """
    when = context.moment() if context else None
    model = request.dependencies.context_models.current
    return RecommendationRequest(
        request.user_id,
        checked_first(first),
        await checked_conditions(request, filter),
        tuple(checked_exclude(exclude)),
        tuple(guests),
        when,
        (lambda snapshot: model.lift(snapshot, when)) if when else None,
        await checked_reranking(request, boosts, diversity, rotation, minimum_relevance),
    )
