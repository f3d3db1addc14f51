"""What to replace in a drink so that it is safe for the person who asks."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import drink_not_found, existing_drink, refuse_unclear
from gql.request.context import context_of
from gql.request.failures import (
    DrinkNotFound,
    GraphAway,
    InvalidInput,
    NotSignedIn,
    ProfileUnclear,
    expected,
    invalid,
)
from gql.types.drinks import Drink
from gql.types.safety import Safety
from graph.catalogue.substitutes import RecipePart, Substitute
from graph.verdicts.gate import GateAnswer
from recommend.explain import substitutions as swapping
from recommend.explain.alike_ingredients import alike_ingredients
from recommend.explain.substitutions import NoSwap

strawberry.enum(
    NoSwap,
    name="NoSwapReason",
    description="NOTHING_TO_SWAP: nothing you declared rules the drink out. RECIPE_UNKNOWN: the "
    "recipe is incomplete or empty. LIMIT: you have a limit on alcohol or caffeine, and nobody "
    "knows how much a changed recipe has. DRINK_EVIDENCE: the evidence is about the drink itself. "
    "NO_SUBSTITUTE: no replacement that is safe for you is known for an ingredient.",
)

MOST_SWAPS = 10


@described.object_type
class Replacement:
    """An ingredient to replace or leave out, and why."""

    ingredient_id: strawberry.ID
    ingredient: str
    by_id: strawberry.ID | None = strawberry.field(
        description="What replaces it; null: leave it out, the recipe calls it optional."
    )
    by: str | None
    reason: str = strawberry.field(description="What the graph knows about the two.")
    note: str | None = strawberry.field(description="What to keep in mind when making it.")
    source: str | None = strawberry.field(description="Who says that it can take its place.")

    @staticmethod
    def of(replacement: swapping.Replacement) -> Replacement:
        """Return a change of a recipe as the API shows it."""
        return Replacement(
            ingredient_id=strawberry.ID(replacement.part.id),
            ingredient=replacement.part.name,
            by_id=strawberry.ID(replacement.by.id) if replacement.by else None,
            by=replacement.by.name if replacement.by else None,
            reason=_reason(replacement.by),
            note=replacement.by.note if replacement.by else None,
            source=replacement.by.source if replacement.by else None,
        )


@described.object_type
class Swap:
    """Replacements that together make the drink safe for you."""

    replacements: list[Replacement]
    safety: Safety = strawberry.field(
        description="What the graph says about the drink made with these replacements."
    )


@described.object_type
class SwapPart:
    """A part of a recipe."""

    ingredient_id: strawberry.ID
    ingredient: str


@described.object_type
class Swaps:
    """How to make a drink in a way that is safe for you."""

    drink: Drink
    safety: Safety = strawberry.field(description="What the graph says about the drink as it is.")
    items: list[Swap] = strawberry.field(description="Best first.")
    at_fault: list[SwapPart] = strawberry.field(description="The ingredients in the way.")
    unreplaced: list[SwapPart] = strawberry.field(
        description="Those for which no replacement safe for you is known."
    )
    reason: NoSwap | None = strawberry.field(description="Why there is none, if there is none.")
    catalogue_version: int


SwapResult = Annotated[
    Swaps | InvalidInput | NotSignedIn | DrinkNotFound | ProfileUnclear | GraphAway,
    strawberry.union("SwapResult"),
]


@strawberry.type
class SwapQueries:
    """How a drink could be made differently."""

    @described.field
    @expected
    async def swap(
        self,
        info: Info[Any, Any],
        drink_id: strawberry.ID,
        first: Annotated[int, strawberry.argument(description="At most 10.")] = 3,
    ) -> SwapResult:
        """What to replace in a drink that is not safe for you, so that it becomes safe.

        The drink itself stays as it is.
        """
        request = context_of(info)
        user_id = request.signed_in()
        if not 1 <= first <= MOST_SWAPS:
            raise invalid("first", f"first is {first}.", f"Ask for 1 to {MOST_SWAPS} swaps.")
        drink = await existing_drink(request, drink_id)
        refuse_unclear(await request.dependencies.snapshots.profile(user_id, fresh=True))
        snapshot = await request.dependencies.snapshots.snapshot()
        swaps = await swapping.find_swaps(
            request.dependencies.graph,
            user_id,
            str(drink_id),
            first,
            alike_ingredients(snapshot, str(drink_id)),
        )
        if swaps.drink is None:
            raise drink_not_found(drink_id)
        return _swaps(drink, swaps, swaps.drink)


def _swaps(drink: Drink, source: swapping.Swaps, answer: GateAnswer) -> Swaps:
    return Swaps(
        drink=drink,
        safety=Safety.of(answer),
        items=[
            Swap(
                replacements=[Replacement.of(change) for change in item.replacements],
                safety=Safety.of(item.safety),
            )
            for item in source.items
        ],
        at_fault=[_part(part) for part in source.at_fault],
        unreplaced=[_part(part) for part in source.unreplaced],
        reason=source.reason,
        catalogue_version=source.items[0].safety.catalogue_version
        if source.items
        else answer.catalogue_version,
    )


def _part(part: RecipePart) -> SwapPart:
    return SwapPart(ingredient_id=strawberry.ID(part.id), ingredient=part.name)


def _reason(by: Substitute | None) -> str:
    if by is None:
        return "The recipe calls it optional."
    shared = f"both taste {' and '.join(by.flavors).lower()}" if by.flavors else ""
    known = f"Takes the place of {by.about}" if by.source else f"Both are of {by.about}"
    return f"{known}; {shared}." if shared else f"{known}."
