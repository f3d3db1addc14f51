"""What clients can ask."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON
from strawberry.types import Info

from gql.context import Context, context_of
from gql.failures import (
    DrinkNotFound,
    GraphAway,
    InvalidInput,
    NotSignedIn,
    ProfileUnclear,
    Refusal,
    expected,
    invalid,
)
from gql.inputs import ContextInput, DrinkFilterInput, checked_exclude, checked_first
from gql.types import (
    Allergen,
    Drink,
    DrinkPage,
    Flavor,
    Me,
    Obstacle,
    PathStep,
    Recommendation,
    Recommendations,
    Replay,
    Safety,
    SafetyStatus,
    WhyNot,
)
from graph.catalogue import Catalogue
from graph.errors import GraphError
from recommend import why_not as reasons
from recommend.filters import NO_FILTER, DrinkFilter
from recommend.recommender import Offer

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
WhyNotResult = Annotated[
    WhyNot | NotSignedIn | DrinkNotFound | GraphAway, strawberry.union("WhyNotResult")
]

First = Annotated[int, strawberry.argument(description="How many, from 1 to 100.")]


@strawberry.type(description="What clients can ask.")
class Query:
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
    ) -> RecommendationsResult:
        """Return drinks for the person who asks."""
        request = context_of(info)
        user_id = request.signed_in()
        moment = context.moment() if context else None
        occasions = request.parts.occasions
        offer = await request.parts.recommender.recommend(
            user_id,
            checked_first(first),
            await _conditions(request, filter),
            checked_exclude(exclude),
            (lambda snapshot: occasions.lift(snapshot, moment)) if moment else None,
        )
        return await _recommendations(request, offer)

    @strawberry.field(
        description="The drinks that most people like and that are safe for you; none that you "
        "disliked."
    )
    @expected
    async def popular_drinks(
        self, info: Info[Any, Any], first: First = 10, filter: DrinkFilterInput | None = None
    ) -> PopularDrinksResult:
        """Return popular drinks."""
        request = context_of(info)
        offer = await request.parts.recommender.popular(
            request.user_id, checked_first(first), await _conditions(request, filter)
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
    ) -> SimilarDrinksResult:
        """Return drinks like one."""
        request = context_of(info)
        await _existing(request, drink_id)
        offer = await request.parts.recommender.similar(
            request.user_id, str(drink_id), checked_first(first), await _conditions(request, filter)
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
        conditions = await _conditions(request, filter)
        if after:
            await _refuse_unknown_cursor(request, str(after))
        offer = await request.parts.recommender.browse(
            request.user_id, size, str(after) if after else None, conditions
        )
        await _refuse_unclear(request, offer)
        items = [Recommendation.of(one) for one in offer.items]
        return DrinkPage(
            items=items,
            end_cursor=items[-1].drink.id if len(items) == size else None,
            catalogue_version=offer.catalogue_version,
        )

    @strawberry.field(description="One drink, with what the graph says of it for you.")
    @expected
    async def drink(self, info: Info[Any, Any], id: strawberry.ID) -> DrinkResult:
        """Return one drink."""
        return await _existing(context_of(info), id)

    @strawberry.field(description="Why a drink is not offered to you, by paths in the graph.")
    @expected
    async def why_not(self, info: Info[Any, Any], drink_id: strawberry.ID) -> WhyNotResult:
        """Return what speaks against a drink for the person who asks."""
        request = context_of(info)
        user_id = request.signed_in()
        drink = await _existing(request, drink_id)
        safety = Safety.of(await request.loaders.safety.load(str(drink_id)))
        found = await reasons.why_not(request.parts.graph, user_id, str(drink_id))
        catalogue = (await request.parts.keeper.snapshot()).catalogue
        return WhyNot(
            drink=drink,
            safety=safety,
            obstacles=[
                _obstacle(one, catalogue)
                for one in found.obstacles
                if safety.status is SafetyStatus.UNSAFE
            ],
            replay=[
                Replay(query=one.query, parameters=JSON(dict(one.parameters)))
                for one in found.replay
            ],
        )

    @strawberry.field(description="All allergens, with their groups and the laws that list them.")
    async def allergens(self, info: Info[Any, Any]) -> list[Allergen]:
        """Return all allergens."""
        catalogue = await _newest_catalogue(context_of(info))
        return [Allergen.of(one) for one in catalogue.allergens.values()]

    @strawberry.field(description="All flavors, with their families.")
    async def flavors(self, info: Info[Any, Any]) -> list[Flavor]:
        """Return all flavors."""
        catalogue = await _newest_catalogue(context_of(info))
        return [Flavor.of(one) for one in catalogue.flavors.values()]

    @strawberry.field(description="What the graph knows of you.")
    @expected
    async def me(self, info: Info[Any, Any]) -> MeResult:
        """Return the profile of the person who asks."""
        request = context_of(info)
        return Me.of(await request.parts.keeper.profile(request.signed_in(), fresh=True))


async def _conditions(request: Context, filter: DrinkFilterInput | None) -> DrinkFilter:
    """Return the conditions; refuse to leave out an ingredient that is not known: a slip of the
    pen must not let it through.
    """
    if filter is None:
        return NO_FILTER
    wanted = filter.conditions()
    if wanted.without_ingredients:
        keeper = request.parts.keeper
        known = (await keeper.refresh(await keeper.snapshot())).catalogue.ingredients
        unknown = [one for one in wanted.without_ingredients if one not in known]
        if unknown:
            raise invalid(
                "filter.withoutIngredients",
                f"Not known: {', '.join(unknown[:5])}.",
                "Look for the ids in the recipe of a drink.",
            )
    return wanted


async def _refuse_unknown_cursor(request: Context, after: str) -> None:
    snapshot = await request.parts.keeper.snapshot()
    if after not in snapshot.catalogue.row_of:
        raise invalid("after", f"'{after}' is no cursor.", "Use the endCursor of a page.")


async def _recommendations(request: Context, offer: Offer) -> Recommendations:
    await _refuse_unclear(request, offer)
    return Recommendations.of(offer)


async def _refuse_unclear(request: Context, offer: Offer) -> None:
    """Say why there is nothing for a person whose declarations were not all understood."""
    if offer.items or not request.user_id:
        return
    profile = await request.parts.keeper.profile(request.user_id)
    if profile.unresolved:
        raise Refusal(
            ProfileUnclear(
                message="Some of what you declared was not understood: nothing counts as safe.",
                advice="Declare it again with setAllergies and setAvoids.",
                texts=list(profile.unresolved),
            )
        )


async def _newest_catalogue(request: Context) -> Catalogue:
    """Return the catalogue as new as the graph; the one in memory while the graph is away."""
    keeper = request.parts.keeper
    snapshot = await keeper.snapshot()
    try:
        return (await keeper.refresh(snapshot)).catalogue
    except GraphError:
        return snapshot.catalogue


async def _existing(request: Context, drink_id: strawberry.ID) -> Drink:
    """Return a drink of the catalogue, looking again in the graph before saying there is none."""
    snapshot = await request.parts.keeper.snapshot()
    if str(drink_id) not in snapshot.catalogue.row_of:
        snapshot = await request.parts.keeper.refresh(snapshot)
    row = snapshot.catalogue.row_of.get(str(drink_id))
    if row is None:
        raise Refusal(
            DrinkNotFound(
                message=f"There is no drink '{drink_id}'.",
                advice="Look for its id with drinks(filter: {search: ...}).",
                drink_id=drink_id,
            )
        )
    return Drink.of(snapshot.catalogue.drinks[row])


def _obstacle(one: reasons.Obstacle, catalogue: Catalogue) -> Obstacle:
    def name(id_: str) -> str:
        row = catalogue.row_of.get(id_)
        if row is not None and id_ == one.path[0]:
            return catalogue.drinks[row].name
        ingredient = catalogue.ingredients.get(id_)
        return ingredient.name if ingredient else id_

    return Obstacle(
        kind=one.kind,
        path=[PathStep(id=strawberry.ID(id_), name=name(id_)) for id_ in one.path],
        declared=strawberry.ID(one.stated) if one.stated else None,
        allergen_id=strawberry.ID(one.allergen) if one.allergen else None,
        source=one.source,
        observed_at=one.observed_at,
        detail=one.detail,
    )
