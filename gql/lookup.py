"""Looking things up for a resolver: drinks, the catalogue, the conditions of a filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import strawberry

from gql.context import Context
from gql.failures import DrinkNotFound, ProfileUnclear, Refusal, invalid
from gql.inputs import DrinkFilterInput
from gql.reasons import Explanation
from gql.types import Drink
from graph.catalogue import Catalogue
from graph.errors import GraphError
from graph.people import Profile
from recommend.filters import NO_FILTER, DrinkFilter
from recommend.occasions import Moment
from recommend.offering import Offer

REFRESHES = 10


async def checked_conditions(request: Context, filter: DrinkFilterInput | None) -> DrinkFilter:
    """Return the conditions; refuse to leave out an ingredient that is not known: a slip of the
    pen must not let it through. In a filter within a filter every id must be known.
    """
    if filter is None:
        return NO_FILTER
    wanted = filter.conditions()
    if wanted.without_ingredients or wanted.nested():
        keeper = request.parts.keeper
        catalogue = (await keeper.refresh(await keeper.snapshot())).catalogue
        _refuse_unknown_parts(wanted.without_ingredients, catalogue)
        for one in wanted.nested():
            _refuse_unknown(one, catalogue)
    return wanted


def _refuse_unknown(wanted: DrinkFilter, catalogue: Catalogue) -> None:
    _refuse_unknown_parts((*wanted.ingredients, *wanted.without_ingredients), catalogue)
    for name, ids, known in (
        ("styles", wanted.styles, catalogue.styles),
        ("flavors", wanted.flavors, catalogue.flavors),
    ):
        unknown = [one for one in ids if one not in known]
        if unknown:
            raise invalid(
                f"filter.{name}", f"Not known: {', '.join(unknown[:5])}.", "Look at a drink's."
            )
    for one in wanted.nested():
        _refuse_unknown(one, catalogue)


def _refuse_unknown_parts(ids: Iterable[str], catalogue: Catalogue) -> None:
    unknown = [one for one in ids if one not in catalogue.ingredients]
    if unknown:
        raise invalid(
            "filter.withoutIngredients",
            f"Not known: {', '.join(unknown[:5])}.",
            "Look for the ids in the recipe of a drink.",
        )


async def newest_catalogue(request: Context) -> Catalogue:
    """Return the catalogue as new as the graph; the one in memory while the graph is away."""
    keeper = request.parts.keeper
    snapshot = await keeper.snapshot()
    try:
        return (await keeper.refresh(snapshot)).catalogue
    except GraphError:
        return snapshot.catalogue


async def existing_drink(request: Context, drink_id: strawberry.ID) -> Drink:
    """Return a drink of the catalogue, looking again in the graph before saying there is none."""
    snapshot = await request.parts.keeper.snapshot()
    if str(drink_id) not in snapshot.catalogue.row_of:
        snapshot = await request.parts.keeper.refresh(snapshot)
    row = snapshot.catalogue.row_of.get(str(drink_id))
    if row is None:
        raise drink_not_found(drink_id)
    return Drink.of(snapshot.catalogue.drinks[row])


def explanation_of(request: Context, offer: Offer, moment: Moment | None = None) -> Explanation:
    """Return what answers for the reasons of an offer; nothing is read before it is asked."""
    basis = offer.basis
    if moment:
        basis = replace(basis, moments=request.parts.occasions.of(moment))
    return Explanation(request.parts.graph, basis, [one.drink.id for one in offer.items])


def profile_unclear(profile: Profile) -> Refusal:
    """Return the refusal of somebody whose declarations were not all understood."""
    return Refusal(
        ProfileUnclear(
            message="Some of what you declared was not understood: nothing counts as safe.",
            advice="Declare it again with setAllergies, setAvoids and setDiets.",
            texts=list(profile.unresolved),
        )
    )


async def refuse_unclear(request: Context, offer: Offer) -> None:
    """Say why there is nothing for a person whose declarations were not all understood."""
    if offer.items or not request.user_id:
        return
    profile = await request.parts.keeper.profile(request.user_id)
    if profile.unresolved:
        raise profile_unclear(profile)


def drink_not_found(drink_id: strawberry.ID) -> Refusal:
    """Return the refusal of a drink that is not there."""
    return Refusal(
        DrinkNotFound(
            message=f"There is no drink '{drink_id}'.",
            advice="Look for its id with drinks(filter: {search: ...}).",
            drink_id=drink_id,
        )
    )


async def fresh_catalogue(request: Context, at_least: int = 0) -> Catalogue:
    """Return the catalogue as new as the graph, and as a version; a GraphError if it is away.

    Somebody else's refresh, begun before that version was written, may be what one waits for.
    """
    keeper = request.parts.keeper
    catalogue = (await keeper.refresh(await keeper.snapshot())).catalogue
    for _ in range(REFRESHES):
        if catalogue.version >= at_least:
            break
        catalogue = (await keeper.refresh(await keeper.snapshot())).catalogue
    return catalogue
