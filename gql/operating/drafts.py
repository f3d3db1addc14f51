"""Drafts of drinks: what the verdicts would be, while somebody still writes the recipe."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.catalogue_editing import DrinkInput
from gql.request.context import context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    expected,
    invalid,
)
from gql.request.freshness import current_catalogue
from gql.types.enums import EvidenceStatus, Verdict
from graph.editing.drafts import DraftPlan, plan_draft
from graph.errors import DrinkRefused
from recommend.safety import drafts


@described.object_type
class DraftVerdict:
    """What the verdict on an allergen would be."""

    allergen_id: strawberry.ID
    name: str
    verdict: Verdict


@described.object_type
class DraftVerdicts:
    """What would be known of a drink once it is saved; nothing is offered by this."""

    known: bool = strawberry.field(
        description="Whether its recipe is complete and every part reviewed."
    )
    verdicts: list[DraftVerdict] = strawberry.field(description="One for each allergen there is.")
    unrecognised: list[str] = strawberry.field(
        description="Texts of the recipe that name nothing known."
    )


DraftVerdictsResult = Annotated[
    DraftVerdicts | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("DraftVerdictsResult"),
]


@strawberry.type
class DraftQueries:
    """What whoever changes drinks can ask before they do."""

    @described.field
    @expected
    async def draft_verdicts(self, info: Info[Any, Any], drink: DrinkInput) -> DraftVerdictsResult:
        """What the verdicts of a drink would be, as it stands in a form; nothing is written. For
        food-safety officers and operators.
        """
        request = context_of(info)
        request.permitted(info)
        draft = drink.draft(request.dependencies.clock)
        catalogue = await current_catalogue(request)
        try:
            plan = await plan_draft(request.dependencies.graph, draft, catalogue, None)
        except DrinkRefused as refused:
            raise invalid(f"drink.{refused.argument}", refused.message, refused.advice) from refused
        found = await asyncio.to_thread(
            drafts.draft_verdicts,
            catalogue,
            plan.drink_id,
            list(plan.recipes.lines[plan.drink_id]),
            complete=bool(draft.drink.recipe_complete),
            contains=_stated(plan, EvidenceStatus.CONTAINS),
            may_contain=_stated(plan, EvidenceStatus.MAY_CONTAIN),
        )
        return DraftVerdicts(
            known=found.known,
            verdicts=[
                DraftVerdict(
                    allergen_id=strawberry.ID(allergen),
                    name=catalogue.allergens[allergen].name,
                    verdict=Verdict(verdict),
                )
                for allergen, verdict in found.verdicts.items()
            ],
            unrecognised=list(plan.created.values()),
        )


def _stated(plan: DraftPlan, status: EvidenceStatus) -> set[str]:
    return {
        key.allergen
        for key, stated in plan.said.items()
        if any(statement.status == status for statement in stated)
    }
