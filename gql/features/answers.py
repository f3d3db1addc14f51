"""Looking things up for a resolver: drinks, the catalogue, the conditions of a filter."""

from __future__ import annotations

from dataclasses import replace

import strawberry

from gql.request.context import Context
from gql.request.failures import DrinkNotFound, ProfileUnclear, Refusal
from gql.types.drinks import Drink
from gql.types.reasons import Explanation
from graph.people.profiles import Profile
from recommend.context.model import RequestContext
from recommend.ranking.pipeline import RecommendationList


async def existing_drink(request: Context, drink_id: strawberry.ID) -> Drink:
    """Return a drink of the catalogue, looking again in the graph before saying there is none."""
    snapshot = await request.dependencies.snapshots.snapshot()
    if str(drink_id) not in snapshot.catalogue.row_of:
        snapshot = await request.dependencies.snapshots.refresh(snapshot)
    row = snapshot.catalogue.row_of.get(str(drink_id))
    if row is None:
        raise drink_not_found(drink_id)
    return Drink.of(snapshot.catalogue.drinks[row])


def explanation_of(
    request: Context, recommended: RecommendationList, context: RequestContext | None = None
) -> Explanation:
    """Return what answers for the reasons of an offer; nothing is read before it is asked."""
    basis = recommended.basis
    if context:
        model = request.dependencies.context_models.current
        basis = replace(basis, context_effects=model.of(context))
    return Explanation(
        request.dependencies.graph, basis, [item.drink.id for item in recommended.items]
    )


def refuse_unclear(profile: Profile) -> None:
    """Refuse somebody whose declarations were not all understood."""
    if unclear := unclear_profile(profile):
        raise Refusal(unclear)


def unclear_profile(profile: Profile) -> ProfileUnclear | None:
    """Return the failure of a profile that was not all understood; None if it was."""
    if not profile.unresolved:
        return None
    return ProfileUnclear(
        message="Some of what you declared was not understood, so nothing counts as safe.",
        advice="Declare it again with setAllergies, setAvoids and setDiets.",
        texts=list(profile.unresolved),
    )


async def refuse_unclear_list(request: Context, recommended: RecommendationList) -> None:
    """Say why there is nothing for a person whose declarations were not all understood."""
    if recommended.items or not request.user_id:
        return
    refuse_unclear(await request.dependencies.snapshots.profile(request.user_id))


def drink_not_found(drink_id: strawberry.ID) -> Refusal:
    """A `DrinkNotFound`, to be raised."""
    return Refusal(
        DrinkNotFound(
            message=f"There is no drink '{drink_id}'.",
            advice="Find its id with drinks(filter: {search: ...}).",
            drink_id=drink_id,
        )
    )
