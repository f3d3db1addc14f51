"""What clients can change: only ever what the person who asks declared or did."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sized
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Action
from events.recording import Interaction
from gql import described
from gql.asking.polls import PollMutations
from gql.features.catalogue_editing import MenuMutations
from gql.features.consents import ConsentMutations
from gql.features.joining import JoiningMutations
from gql.features.privacy import PrivacyMutations
from gql.operating.administration import AdministrationMutations
from gql.operating.approvals import ApprovalMutations
from gql.operating.experiments import ExperimentMutations
from gql.operating.models import ModelMutations
from gql.operating.support import SupportMutations
from gql.request.context import Context, context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotSignedIn,
    Refusal,
    expected,
    invalid,
    refuse_unknown,
)
from gql.request.freshness import current_catalogue
from gql.types.enums import Severity
from gql.types.inputs import MOST_INTERACTIONS, AllergyInput, InteractionInput, PreferencesInput
from gql.types.people import Me, RecordedInteractions, RejectedInteraction
from gql.types.understood_names import Meant, allergens_meant, diets_meant, ingredients_meant
from graph.clock import iso_seconds
from graph.people import declarations
from graph.safety_rule import Allergy

MOST_DECLARED = 1_000

ProfileResult = Annotated[
    Me | InvalidInput | NotSignedIn | GraphAway, strawberry.union("ProfileResult")
]
RecordInteractionsResult = Annotated[
    RecordedInteractions | InvalidInput | NotSignedIn | GraphAway,
    strawberry.union("RecordInteractionsResult"),
]


@described.object_type
class Mutation(
    MenuMutations,
    PrivacyMutations,
    ConsentMutations,
    JoiningMutations,
    PollMutations,
    ExperimentMutations,
    SupportMutations,
    AdministrationMutations,
    ApprovalMutations,
    ModelMutations,
):
    """What clients can change."""

    @described.mutation
    @expected
    async def set_allergies(
        self,
        info: Info[Any, Any],
        allergies: list[AllergyInput],
        regulation: strawberry.ID | None = None,
    ) -> ProfileResult:
        """Declare all your allergies; an empty list says that you have none."""
        request = context_of(info)
        user_id = request.signed_in()
        catalogue = await current_catalogue(request)
        _refuse_many("allergies", allergies)
        texts = [str(allergy.allergen_id) for allergy in allergies]
        meant = allergens_meant("allergies", texts, catalogue)
        if len(set(meant.ids)) != len(meant.ids):
            raise invalid(
                "allergies", "The same allergen is named twice.", "Name each allergen once."
            )
        known_laws = {
            law for allergen in catalogue.allergens.values() for law in allergen.regulations
        }
        if regulation is not None:
            refuse_unknown("regulation", [regulation], known_laws, _looked_for("allergens"))
        await request.on_record(Action.DECLARE, "allergies")
        await declarations.declare_allergies(
            request.dependencies.graph,
            user_id,
            [
                Allergy(
                    allergen,
                    (allergy.severity or Severity.SEVERE).value,
                    allergy.accepts_traces,
                )
                for allergen, allergy in zip(meant.ids, allergies, strict=True)
            ],
            iso_seconds(request.dependencies.clock()),
            str(regulation) if regulation else None,
        )
        return await _changed(request, user_id, meant)

    @described.mutation
    @expected
    async def set_avoids(
        self,
        info: Info[Any, Any],
        ingredients: Annotated[
            list[strawberry.ID],
            strawberry.argument(
                description="Ids, or names that unambiguously mean one ingredient."
            ),
        ],
        max_abv: float | None = None,
        max_caffeine_mg_per_100ml: float | None = None,
    ) -> ProfileResult:
        """Set everything you avoid, and your limits; null means no limit."""
        request = context_of(info)
        user_id = request.signed_in()
        catalogue = await current_catalogue(request)
        texts = _each_once("ingredients", ingredients)
        meant = await ingredients_meant(request, "ingredients", texts, catalogue)
        ids = list(dict.fromkeys(meant.ids))
        for name, limit in (
            ("maxAbv", max_abv),
            ("maxCaffeineMgPer100ml", max_caffeine_mg_per_100ml),
        ):
            if limit is not None and not 0 <= limit < math.inf:
                raise invalid(name, f"{name} is {limit}.", "Give 0 or more.")
        await request.on_record(Action.DECLARE, "avoids", "limits")
        await declarations.declare_avoids(
            request.dependencies.graph, user_id, ids, max_abv, max_caffeine_mg_per_100ml
        )
        return await _changed(request, user_id, meant)

    @described.mutation
    @expected
    async def set_diets(
        self,
        info: Info[Any, Any],
        diets: Annotated[list[strawberry.ID], strawberry.argument(description="Ids or names.")],
    ) -> ProfileResult:
        """Set all the diets that you follow; an empty list says that you follow none."""
        request = context_of(info)
        user_id = request.signed_in()
        texts = _each_once("diets", diets)
        meant = diets_meant("diets", texts, await current_catalogue(request))
        ids = list(dict.fromkeys(meant.ids))
        await request.on_record(Action.DECLARE, "diets")
        await declarations.declare_diets(request.dependencies.graph, user_id, ids)
        return await _changed(request, user_id, meant)

    @described.mutation
    @expected
    async def set_preferences(
        self,
        info: Info[Any, Any],
        likes: PreferencesInput | None = None,
        dislikes: PreferencesInput | None = None,
    ) -> ProfileResult:
        """Set everything you like and dislike beyond single drinks."""
        request = context_of(info)
        user_id = request.signed_in()
        catalogue = await current_catalogue(request)
        wanted = [preferences.by_kind() if preferences else {} for preferences in (likes, dislikes)]
        known: Mapping[str, Iterable[str]] = {
            "flavor": catalogue.flavors,
            "ingredient": catalogue.ingredients,
            "style": catalogue.styles,
        }
        for argument, chosen in zip(("likes", "dislikes"), wanted, strict=True):
            for kind, ids in chosen.items():
                chosen[kind] = _each_once(f"{argument}.{kind}s", ids)
                refuse_unknown(f"{argument}.{kind}s", ids, known[kind], _looked_for(f"{kind}s"))
        await request.on_record(Action.DECLARE, "preferences")
        await declarations.declare_preferences(
            request.dependencies.graph, user_id, wanted[0], wanted[1]
        )
        return await _changed(request, user_id)

    @described.mutation
    @expected
    async def record_interactions(
        self, info: Info[Any, Any], interactions: list[InteractionInput]
    ) -> RecordInteractionsResult:
        """Record what you did, up to 1000 at a time; sent twice, it counts once."""
        request = context_of(info)
        user_id = request.signed_in()
        if len(interactions) > MOST_INTERACTIONS:
            raise invalid(
                "interactions",
                f"There are {len(interactions)} interactions.",
                f"Send up to {MOST_INTERACTIONS} at a time.",
            )
        now = request.dependencies.clock()
        result = await request.dependencies.record(
            user_id, [_interaction(interaction, now) for interaction in interactions]
        )
        request.dependencies.snapshots.forget(user_id)
        return RecordedInteractions(
            recorded=result.recorded,
            repeated=result.repeated,
            rejected=[
                RejectedInteraction(index=index, reason=reason)
                for index, reason in sorted(result.rejected.items())
            ],
        )


def _interaction(sent: InteractionInput, now: datetime) -> Interaction:
    fault, context = None, {}
    try:
        context = sent.context.moment().said() if sent.context else {}
    except Refusal as refusal:
        fault = str(refusal)  # one odd context must not take the others with it
    at = sent.at or now
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return Interaction(
        event_id=str(sent.event_id),
        drink_id=str(sent.drink_id),
        type=sent.type,
        value=sent.value,
        at=int(at.timestamp() * 1000),
        context={**context, **sent.where()},
        said=sent.said(),
        fault=fault,
    )


async def _changed(request: Context, user_id: str, meant: Meant | None = None) -> Me:
    profile = await request.dependencies.snapshots.profile(user_id, fresh=True)
    return Me.of(profile, meant.understood if meant else ())


def _each_once(argument: str, ids: Iterable[str]) -> list[str]:
    """Return ids without repetitions; refuse more than anybody can mean."""
    distinct = list(dict.fromkeys(str(id_) for id_ in ids))
    _refuse_many(argument, distinct)
    return distinct


def _refuse_many(argument: str, ids: Sized) -> None:
    if len(ids) > MOST_DECLARED:
        raise invalid(
            argument,
            f"There are {len(ids):,}, which is too many. Nothing was changed.",
            f"Send up to {MOST_DECLARED:,}.",
        )


def _looked_for(where: str) -> str:
    return f"Nothing was changed. Look for the ids in {where}."
