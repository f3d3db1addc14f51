"""The arguments of every field that lists drinks, checked and made one request."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Any, TypedDict, TypeVar, Unpack, get_type_hints

import strawberry

from gql.features.answers import refuse_unclear_list
from gql.request.context import Context
from gql.types.filter_checks import checked_conditions
from gql.types.inputs import ContextInput, DrinkFilterInput, checked_exclude, checked_first
from gql.types.ordering import BoostInput, Diversity, MinimumRelevance, Rotation, checked_reranking
from graph.people.profiles import Profile
from recommend.ranking.pipeline import RecommendationList
from recommend.ranking.request import RecommendationRequest

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class RankingArguments(TypedDict, total=False):
    """What a list for a person can be asked for, beside how much of it."""

    filter: DrinkFilterInput | None
    context: ContextInput | None
    exclude: list[strawberry.ID] | None
    boosts: list[BoostInput] | None
    diversity: Diversity
    rotation: Rotation
    minimum_relevance: MinimumRelevance


def takes_ranking_arguments(resolver: Resolver) -> Resolver:
    """Spread `**arguments: Unpack[RankingArguments]`, which Strawberry cannot read, in a signature.

    An argument has the default that `checked_request` gives it.
    """
    signature = inspect.signature(resolver, eval_str=True)
    defaults = inspect.signature(checked_request).parameters
    *own, _ = signature.parameters.values()
    spread = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=defaults[name].default, annotation=type_)
        for name, type_ in get_type_hints(RankingArguments, include_extras=True).items()
    ]
    changed: Any = resolver
    changed.__signature__ = signature.replace(parameters=[*own, *spread])
    return resolver


async def recommended_list(
    request: Context, first: int = 10, **arguments: Unpack[RankingArguments]
) -> tuple[RecommendationList, RecommendationRequest]:
    """Return the list for the person who asks, and what it was asked with.

    Raises a refusal, of somebody who is not signed in too, and a GraphError.
    """
    request.signed_in()
    asked = await checked_request(request, first, **arguments)
    recommended = await request.dependencies.recommender.recommend(asked)
    await refuse_unclear_list(request, recommended)
    return recommended, asked


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
        (lambda snapshot: model.adjustment(snapshot, when)) if when else None,
        await checked_reranking(request, boosts, diversity, rotation, minimum_relevance),
    )
