"""Why a drink is not offered, by paths in the graph."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import drink_not_found, existing_drink
from gql.request.context import context_of
from gql.request.failures import DrinkNotFound, GraphAway, NotSignedIn, expected
from gql.types.drinks import Drink
from gql.types.evidence import (
    MEASURED_BY,
    PROTEIN,
    SAYS_WHO,
    SEEN_WHEN,
    UNREVIEWED_SINCE,
    VOID_BECAUSE,
    VoidReason,
)
from gql.types.paths import PathStep, Replay
from gql.types.safety import Safety
from graph.catalogue.entities import Catalogue
from graph.verdicts import obstacles
from graph.verdicts.gate import ask_gate


@described.object_type
class Obstacle:
    """One path in the graph that rules a drink out for you."""

    kind: str = strawberry.field(
        description="CONTAINS, MAY_CONTAIN, UNREVIEWED, RECIPE_INCOMPLETE, DECLARATION_VOID, "
        "AVOIDED, LIMIT, DIET_AVOIDED, DIET_UNREVIEWED, DIET_LIMIT or UNRESOLVED."
    )
    path: list[PathStep] = strawberry.field(description="From the drink to the cause.")
    declared: strawberry.ID | None = strawberry.field(
        description="What you declared: an allergen, an ingredient, a limit or a diet."
    )
    allergen_id: strawberry.ID | None = strawberry.field(description="What the evidence is about.")
    source: str | None = strawberry.field(description=SAYS_WHO)
    observed_at: str | None = strawberry.field(description=SEEN_WHEN)
    protein_mg_per_serving: float | None = strawberry.field(description=PROTEIN)
    dose_source: str | None = strawberry.field(description=MEASURED_BY)
    voided_at: str | None = strawberry.field(
        description="For DECLARATION_VOID, the day since which the statement of absence no longer "
        "counts; " + UNREVIEWED_SINCE
    )
    because: VoidReason | None = strawberry.field(description=VOID_BECAUSE)
    detail: str | None = strawberry.field(
        description="For a limit, what the drink has; for UNRESOLVED, what was not understood."
    )


@described.object_type
class WhyNot:
    """Why a drink is not offered to you; no obstacles if it is safe."""

    drink: Drink
    safety: Safety
    obstacles: list[Obstacle]
    replay: list[Replay] = strawberry.field(description="Empty for a drink that is safe.")


WhyNotResult = Annotated[
    WhyNot | NotSignedIn | DrinkNotFound | GraphAway, strawberry.union("WhyNotResult")
]


@strawberry.type
class WhyNotQueries:
    """Why a drink is not offered."""

    @described.field
    @expected
    async def why_not(self, info: Info[Any, Any], drink_id: strawberry.ID) -> WhyNotResult:
        """Why a drink is not offered to you, by paths in the graph."""
        request = context_of(info)
        user_id = request.signed_in()
        drink = await existing_drink(request, drink_id)
        answer = (await ask_gate(request.dependencies.graph, user_id, [str(drink_id)])).get(
            str(drink_id)
        )
        if answer is None:
            raise drink_not_found(drink_id)
        explanation = await obstacles.find_obstacles(request.dependencies.graph, user_id, answer)
        catalogue = (await request.dependencies.snapshots.snapshot()).catalogue
        return WhyNot(
            drink=drink,
            safety=Safety.of(answer),
            obstacles=[_obstacle(obstacle, catalogue) for obstacle in explanation.obstacles],
            replay=[Replay.of(replay) for replay in explanation.replay],
        )


def _obstacle(obstacle: obstacles.Obstacle, catalogue: Catalogue) -> Obstacle:
    def name(id_: str) -> str:
        row = catalogue.row_of.get(id_)
        if row is not None and id_ == obstacle.path[0]:
            return catalogue.drinks[row].name
        ingredient = catalogue.ingredients.get(id_)
        return ingredient.name if ingredient else id_

    return Obstacle(
        kind=obstacle.kind,
        path=[PathStep(id=strawberry.ID(id_), name=name(id_)) for id_ in obstacle.path],
        declared=strawberry.ID(obstacle.stated) if obstacle.stated else None,
        allergen_id=strawberry.ID(obstacle.allergen) if obstacle.allergen else None,
        source=obstacle.source,
        observed_at=obstacle.observed_at,
        protein_mg_per_serving=obstacle.protein_mg,
        dose_source=obstacle.dose_source,
        voided_at=obstacle.voided_at,
        because=VoidReason(obstacle.because) if obstacle.because else None,
        detail=obstacle.detail,
    )
