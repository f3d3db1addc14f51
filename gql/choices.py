"""What a person could choose: to give something up, or to have a drink made differently."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql.context import Context, context_of
from gql.failures import (
    DrinkNotFound,
    GraphAway,
    InvalidInput,
    NotSignedIn,
    ProfileUnclear,
    expected,
    invalid,
)
from gql.inputs import DrinkFilterInput, checked_first
from gql.lookup import checked_conditions, drink_not_found, existing_drink, profile_unclear
from gql.safety import Safety
from gql.types import Drink
from graph import catalogue
from graph.people import Profile
from recommend import relaxations as relaxing
from recommend import swaps as swapping
from recommend.gate import GateAnswer, ask_gate
from recommend.relaxations import Choice
from recommend.snapshot import Snapshot
from recommend.swaps import NoSwap

strawberry.enum(
    Choice,
    name="RelaxationKind",
    description="What you could give up: traces of an allergen, something you avoid, a diet, a "
    "limit, or a condition of the filter.",
)
strawberry.enum(
    NoSwap,
    name="NoSwapReason",
    description="NOTHING_TO_SWAP: nothing that you declared speaks against the drink. "
    "RECIPE_UNKNOWN: the recipe is not complete, or empty. LIMIT: you have a limit on alcohol or "
    "caffeine, and nobody knows how much a changed recipe has. DRINK_EVIDENCE: what is known is "
    "about the drink itself. NO_SUBSTITUTE: nothing that is safe for you takes the place of an "
    "ingredient.",
)

MOST_SWAPS = 10
_FIELDS = {
    "without_ingredients": "withoutIngredients",
    "max_abv": "maxAbv",
    "max_caffeine": "maxCaffeineMgPer100ml",
    "max_price": "maxPrice",
    "served_hot": "servedHot",
    "min_abv": "minAbv",
    "min_price": "minPrice",
    "max_sugar": "maxSugarG",
    "all_of": "all",
    "any_of": "any",
    "negated": "not",
}
_TEXTS = {
    Choice.TRACES: "if you accept traces of {name}",
    Choice.AVOIDED_INGREDIENT: "if you no longer avoid {name}",
    Choice.DIET: "without the diet {name}",
    Choice.ALCOHOL_LIMIT: "without your limit on alcohol, {name} %",
    Choice.CAFFEINE_LIMIT: "without your limit on caffeine, {name} mg in 100 ml",
    Choice.FILTER: "without the condition {condition}: {name}",
}


@strawberry.type(description="A drink that a choice would open. It is no offer: see its safety.")
class OpenedDrink:
    """A drink that a choice would open."""

    id: strawberry.ID
    name: str
    safety: Safety = strawberry.field(description="What the graph says of it for you as you are.")


@strawberry.type(description="One choice, tried on its own, and what it would open.")
class Relaxation:
    """One choice and what it would open."""

    kind: Choice
    about: str = strawberry.field(
        description="The id of the allergen, ingredient or diet; else the value given up."
    )
    condition: str | None = strawberry.field(description="The field of the filter.")
    gain: int = strawberry.field(description="How many more drinks it would open.")
    text: str = strawberry.field(description="The choice in words.")
    examples: list[OpenedDrink] = strawberry.field(
        description="Up to three, the most popular; only for FILTER are they safe for you now."
    )


@strawberry.type(description="What you could give up, and how many more drinks that would open.")
class Relaxations:
    """What a person could give up."""

    items: list[Relaxation]
    declared: bool = strawberry.field(
        description="False: you have declared nothing, so there is nothing to give up."
    )
    open_drinks: int = strawberry.field(description="How many drinks are open to you as it is.")
    catalogue_version: int


@strawberry.type(description="An ingredient to replace or to leave out, and why so.")
class Replacement:
    """One change of a recipe."""

    ingredient_id: strawberry.ID
    ingredient: str
    by_id: strawberry.ID | None = strawberry.field(
        description="What takes its place; null: leave it out, the recipe calls it optional."
    )
    by: str | None
    reason: str = strawberry.field(description="What the graph knows of the two.")
    note: str | None = strawberry.field(description="What to mind when making it.")
    source: str | None = strawberry.field(description="Who says that it takes its place.")

    @staticmethod
    def of(one: swapping.Replacement) -> Replacement:
        """Return a change of a recipe as the API shows it."""
        return Replacement(
            ingredient_id=strawberry.ID(one.part.id),
            ingredient=one.part.name,
            by_id=strawberry.ID(one.by.id) if one.by else None,
            by=one.by.name if one.by else None,
            reason=_reason(one.by),
            note=one.by.note if one.by else None,
            source=one.by.source if one.by else None,
        )


@strawberry.type(description="Replacements that together make the drink safe for you.")
class Swap:
    """Replacements that together make a drink safe."""

    replacements: list[Replacement]
    safety: Safety = strawberry.field(
        description="What the graph says of the drink as made with these replacements."
    )


@strawberry.type(description="A part of a recipe.")
class SwapPart:
    """A part of a recipe."""

    ingredient_id: strawberry.ID
    ingredient: str


@strawberry.type(description="How to make a drink so that it is safe for you.")
class Swaps:
    """How to make a drink so that it is safe for a person."""

    drink: Drink
    safety: Safety = strawberry.field(description="What the graph says of the drink as it is.")
    items: list[Swap] = strawberry.field(description="Best first.")
    at_fault: list[SwapPart] = strawberry.field(description="The ingredients in the way.")
    unreplaced: list[SwapPart] = strawberry.field(
        description="Those of them that nothing safe for you takes the place of."
    )
    reason: NoSwap | None = strawberry.field(description="Why there is none, if so.")
    catalogue_version: int


RelaxationsResult = Annotated[
    Relaxations | InvalidInput | NotSignedIn | ProfileUnclear | GraphAway,
    strawberry.union("RelaxationsResult"),
]
SwapResult = Annotated[
    Swaps | InvalidInput | NotSignedIn | DrinkNotFound | ProfileUnclear | GraphAway,
    strawberry.union("SwapResult"),
]


@strawberry.type
class ChoiceQueries:
    """What a person could choose."""

    @strawberry.field(
        description="What you could give up, each on its own, and how many more drinks that would "
        "open; most first. Traces are never a choice for a severe allergy. Nothing is changed."
    )
    @expected
    async def relaxations(
        self, info: Info[Any, Any], filter: DrinkFilterInput | None = None, first: int = 10
    ) -> RelaxationsResult:
        """Return what the person who asks could give up."""
        request = context_of(info)
        user_id, count = request.signed_in(), checked_first(first)
        wanted = await checked_conditions(request, filter)
        keeper = request.parts.keeper
        profile = await keeper.profile(user_id, fresh=True)
        snapshot = await keeper.refresh(await keeper.snapshot())
        if profile.unresolved:
            raise profile_unclear(profile)
        if not relaxing.declares_anything(profile):
            return _nothing_declared(snapshot)
        found, now = await relaxing.find_relaxations(
            snapshot, profile, wanted, request.parts.recommender.today
        )
        return Relaxations(
            items=await _shown(request, user_id, found[:count], snapshot.catalogue),
            declared=True,
            open_drinks=now,
            catalogue_version=snapshot.catalogue.version,
        )

    @strawberry.field(
        description="What to replace in a drink that is not safe for you, so that it becomes safe. "
        "The drink itself stays as it is."
    )
    @expected
    async def swap(
        self,
        info: Info[Any, Any],
        drink_id: strawberry.ID,
        first: Annotated[int, strawberry.argument(description="At most 10.")] = 3,
    ) -> SwapResult:
        """Return how to make a drink so that it is safe for the person who asks."""
        request = context_of(info)
        user_id = request.signed_in()
        if not 1 <= first <= MOST_SWAPS:
            raise invalid("first", f"first is {first}.", f"Ask for 1 to {MOST_SWAPS} swaps.")
        drink = await existing_drink(request, drink_id)
        _refuse_unclear(await request.parts.keeper.profile(user_id, fresh=True))
        found = await swapping.find_swaps(request.parts.graph, user_id, str(drink_id), first)
        if found.drink is None:
            raise drink_not_found(drink_id)
        return _swaps(drink, found, found.drink)


def _refuse_unclear(profile: Profile) -> None:
    if profile.unresolved:
        raise profile_unclear(profile)


def _nothing_declared(snapshot: Snapshot) -> Relaxations:
    return Relaxations(
        items=[],
        declared=False,
        open_drinks=len(snapshot.catalogue.drinks),
        catalogue_version=snapshot.catalogue.version,
    )


async def _shown(
    request: Context, user_id: str, found: list[relaxing.Relaxation], known: catalogue.Catalogue
) -> list[Relaxation]:
    drinks = sorted({drink.id for one in found for drink in one.drinks})
    answers = await ask_gate(request.parts.graph, user_id, drinks)
    return [
        Relaxation(
            kind=one.choice,
            about=one.about,
            condition=_FIELDS.get(one.condition, one.condition) if one.condition else None,
            gain=one.gain,
            text=_text(one, known),
            examples=_examples(one, answers),
        )
        for one in found
    ]


def _examples(one: relaxing.Relaxation, answers: dict[str, GateAnswer]) -> list[OpenedDrink]:
    """Show no drink as safe that the graph calls unsafe, and none as unsafe that it calls safe."""
    safe = one.choice is Choice.FILTER
    return [
        OpenedDrink(
            id=strawberry.ID(drink.id), name=drink.name, safety=Safety.of(answers[drink.id])
        )
        for drink in one.drinks
        if drink.id in answers and answers[drink.id].safe is safe
    ]


def _text(one: relaxing.Relaxation, known: catalogue.Catalogue) -> str:
    named = known.allergens.get(one.about) if one.choice is Choice.TRACES else None
    named = known.diets.get(one.about) if one.choice is Choice.DIET else named
    if one.choice is Choice.AVOIDED_INGREDIENT:
        named = known.ingredients.get(one.about)
    condition = _FIELDS.get(one.condition, one.condition) if one.condition else ""
    choice = _TEXTS[one.choice].format(name=named.name if named else one.about, condition=condition)
    return f"{one.gain} more {'drink' if one.gain == 1 else 'drinks'} {choice}"


def _swaps(drink: Drink, found: swapping.Swaps, answer: GateAnswer) -> Swaps:
    return Swaps(
        drink=drink,
        safety=Safety.of(answer),
        items=[
            Swap(
                replacements=[Replacement.of(change) for change in one.replacements],
                safety=Safety.of(one.safety),
            )
            for one in found.items
        ],
        at_fault=[_part(one) for one in found.at_fault],
        unreplaced=[_part(one) for one in found.unreplaced],
        reason=found.reason,
        catalogue_version=found.items[0].safety.catalogue_version
        if found.items
        else answer.catalogue_version,
    )


def _part(part: swapping.Part) -> SwapPart:
    return SwapPart(ingredient_id=strawberry.ID(part.id), ingredient=part.name)


def _reason(by: swapping.Substitute | None) -> str:
    if by is None:
        return "The recipe calls it optional."
    shared = f"both taste {' and '.join(by.flavors).lower()}" if by.flavors else ""
    known = f"Takes the place of {by.about}" if by.source else f"Both are of {by.about}"
    return f"{known}; {shared}." if shared else f"{known}."
