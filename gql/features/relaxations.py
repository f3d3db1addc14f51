"""What a person could give up, and what each choice would open."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import refuse_unclear
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, InvalidInput, NotSignedIn, ProfileUnclear, expected
from gql.types.filter_checks import checked_conditions
from gql.types.inputs import DrinkFilterInput, checked_first
from gql.types.safety import Safety
from graph.catalogue import entities as catalogue
from graph.verdicts.gate import GateAnswer, ask_gate
from recommend.explain import relaxations as relaxing
from recommend.explain.relaxations import Choice
from recommend.state.snapshot import Snapshot

strawberry.enum(
    Choice,
    name="RelaxationKind",
    description="What you could give up: traces of an allergen, something you avoid, a diet, a "
    "limit, or a condition of the filter.",
)

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


@described.object_type
class OpenedDrink:
    """A drink that a choice would open up. It is not an offer: see its safety."""

    id: strawberry.ID
    name: str
    safety: Safety = strawberry.field(
        description="What the graph says about it for you as things stand."
    )


@described.object_type
class Relaxation:
    """One choice, tried on its own, and the drinks it would open up."""

    kind: Choice
    about: str = strawberry.field(
        description="The id of the allergen, ingredient or diet; otherwise the value given up."
    )
    condition: str | None = strawberry.field(description="The field of the filter.")
    gain: int = strawberry.field(description="How many more drinks it would open up.")
    text: str = strawberry.field(description="The choice in words.")
    examples: list[OpenedDrink] = strawberry.field(
        description="Up to three, the most popular first; only for FILTER are they safe for you "
        "now."
    )


@described.object_type
class Relaxations:
    """What you could give up, and how many more drinks each would open up."""

    items: list[Relaxation]
    declared: bool = strawberry.field(
        description="False: you have declared nothing, so there is nothing to give up."
    )
    open_drinks: int = strawberry.field(description="How many drinks are open to you now.")
    catalogue_version: int


RelaxationsResult = Annotated[
    Relaxations | InvalidInput | NotSignedIn | ProfileUnclear | GraphAway,
    strawberry.union("RelaxationsResult"),
]


@strawberry.type
class RelaxationQueries:
    """What a person could give up."""

    @described.field
    @expected
    async def relaxations(
        self, info: Info[Any, Any], filter: DrinkFilterInput | None = None, first: int = 10
    ) -> RelaxationsResult:
        """What you could give up, each on its own, and how many more drinks that would open up;
        most first. Traces are never a choice for a severe allergy. Nothing is changed.
        """
        request = context_of(info)
        user_id, count = request.signed_in(), checked_first(first)
        wanted = await checked_conditions(request, filter)
        snapshots = request.dependencies.snapshots
        profile = await snapshots.profile(user_id, fresh=True)
        snapshot = await snapshots.refresh(await snapshots.snapshot())
        refuse_unclear(profile)
        if not relaxing.declares_anything(profile):
            return _nothing_declared(snapshot)
        ranked, now = await relaxing.find_relaxations(
            snapshot, profile, wanted, request.dependencies.recommender.today
        )
        return Relaxations(
            items=await _shown(request, user_id, ranked[:count], snapshot.catalogue),
            declared=True,
            open_drinks=now,
            catalogue_version=snapshot.catalogue.version,
        )


def _nothing_declared(snapshot: Snapshot) -> Relaxations:
    return Relaxations(
        items=[],
        declared=False,
        open_drinks=len(snapshot.catalogue.drinks),
        catalogue_version=snapshot.catalogue.version,
    )


async def _shown(
    request: Context, user_id: str, ranked: list[relaxing.Relaxation], known: catalogue.Catalogue
) -> list[Relaxation]:
    drinks = sorted({drink.id for relaxation in ranked for drink in relaxation.drinks})
    answers = await ask_gate(request.dependencies.graph, user_id, drinks)
    return [
        Relaxation(
            kind=relaxation.choice,
            about=relaxation.about,
            condition=_FIELDS.get(relaxation.condition, relaxation.condition)
            if relaxation.condition
            else None,
            gain=relaxation.gain,
            text=_text(relaxation, known),
            examples=_examples(relaxation, answers),
        )
        for relaxation in ranked
    ]


def _examples(relaxation: relaxing.Relaxation, answers: dict[str, GateAnswer]) -> list[OpenedDrink]:
    """Show no drink as safe that the graph calls unsafe, and none as unsafe that it calls safe."""
    safe = relaxation.choice is Choice.FILTER
    return [
        OpenedDrink(
            id=strawberry.ID(drink.id), name=drink.name, safety=Safety.of(answers[drink.id])
        )
        for drink in relaxation.drinks
        if drink.id in answers and answers[drink.id].safe is safe
    ]


def _text(relaxation: relaxing.Relaxation, known: catalogue.Catalogue) -> str:
    named = known.allergens.get(relaxation.about) if relaxation.choice is Choice.TRACES else None
    named = known.diets.get(relaxation.about) if relaxation.choice is Choice.DIET else named
    if relaxation.choice is Choice.AVOIDED_INGREDIENT:
        named = known.ingredients.get(relaxation.about)
    condition = (
        _FIELDS.get(relaxation.condition, relaxation.condition) if relaxation.condition else ""
    )
    choice = _TEXTS[relaxation.choice].format(
        name=named.name if named else relaxation.about, condition=condition
    )
    return f"{relaxation.gain} more {'drink' if relaxation.gain == 1 else 'drinks'} {choice}"
