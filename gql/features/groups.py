"""Drinks for several people at one table: safe for each of them, fair to all."""

from __future__ import annotations

import math
from collections.abc import Sequence, Sized
from dataclasses import replace
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import refuse_unclear
from gql.features.list_requests import checked_request
from gql.request.context import Context, context_of
from gql.request.failures import (
    AllergiesUndeclared,
    GraphAway,
    InvalidInput,
    ProfileUnclear,
    Refusal,
    expected,
    invalid,
    refuse_unknown,
)
from gql.request.freshness import current_catalogue
from gql.types.drinks import Drink
from gql.types.enums import Severity
from gql.types.inputs import (
    AllergyInput,
    DrinkFilterInput,
    PreferencesInput,
)
from gql.types.ordering import Diversity
from gql.types.people import Understood
from gql.types.safety import Safety
from gql.types.understood_names import allergens_meant, diets_meant, ingredients_meant
from graph.catalogue.entities import Catalogue
from graph.people.profiles import Preference, Profile
from graph.safety_rule import Allergy
from recommend.ranking.group_aggregation import relevance
from recommend.ranking.pipeline import RecommendationItem, RecommendationList

MOST_GUESTS = 12
MOST_DECLARED = 50
LONGEST_NAME = 40
YOU = "you"


@described.input_type()
class GuestInput:
    """Somebody at the table, for this request only: nothing about them is kept."""

    name: str = strawberry.field(description="What the answer should call them.")
    allergies: list[AllergyInput] | None = strawberry.field(
        default=None,
        description="All of them; an empty list says none. If left out, nothing is safe for the "
        "group.",
    )
    avoids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Ingredients, or groups of them: ids, or names that unambiguously mean one.",
    )
    diets: list[strawberry.ID] = strawberry.field(default_factory=list, description="Ids or names.")
    max_abv: float | None = None
    max_caffeine_mg_per_100ml: float | None = None
    likes: PreferencesInput | None = None
    dislikes: PreferencesInput | None = None


@described.object_type
class GroupMember:
    """What a drink is to one person at the table."""

    name: str = strawberry.field(description="As the request has it; 'you' for the person asking.")
    relevance: float = strawberry.field(
        description="How many standard deviations it is above this person's mean."
    )
    safety: Safety


@described.object_type
class GroupRecommendation:
    """A drink that passed both safety checks for everybody at the table."""

    rank: int
    score: float = strawberry.field(
        description="Half the mean of everyone's relevance plus half the lowest."
    )
    drink: Drink
    people: list[GroupMember] = strawberry.field(description="You first, if you are signed in.")


@described.object_type
class GroupRecommendations:
    """Drinks for everybody at the table, best first."""

    items: list[GroupRecommendation]
    model_version: str
    catalogue_version: int
    recommendation_id: strawberry.ID
    understood: list[Understood] = strawberry.field(
        description="Names that guests' declarations used in place of ids, and what each was "
        "taken to mean."
    )


GroupRecommendationsResult = Annotated[
    GroupRecommendations | InvalidInput | AllergiesUndeclared | ProfileUnclear | GraphAway,
    strawberry.union("GroupRecommendationsResult"),
]


@strawberry.type
class GroupQueries:
    """Questions of a group of people."""

    @described.field
    @expected
    async def group_recommendations(
        self,
        info: Info[Any, Any],
        guests: list[GuestInput],
        first: int = 10,
        filter: DrinkFilterInput | None = None,
        exclude: list[strawberry.ID] | None = None,
        diversity: Diversity = 0.0,
    ) -> GroupRecommendationsResult:
        """Drinks for you and your guests: each is safe for every one of you. The order weighs what
        everyone likes against what the least keen likes. Without a token, for the guests alone.
        """
        request = context_of(info)
        people, understood = await _checked_guests(request, guests)
        await _refuse_undeclared(request, guests)
        asked = await checked_request(
            request, first, filter, exclude=exclude, guests=people, diversity=diversity
        )
        recommended = await request.dependencies.recommender.recommend_group(asked)
        if request.user_id and not recommended.declared:
            raise _undeclared([YOU])
        return _group(request, recommended, [guest.name for guest in guests], people, understood)


async def _checked_guests(
    request: Context, guests: Sequence[GuestInput]
) -> tuple[list[Profile], list[Understood]]:
    if not len(guests) <= MOST_GUESTS or not (guests or request.user_id):
        advice = f"Describe 1 to {MOST_GUESTS} guests; none only with a token."
        raise invalid("guests", f"There are {len(guests)} guests.", advice)
    catalogue = await current_catalogue(request)
    checked = [await _checked_guest(request, guest, catalogue) for guest in guests]
    return [profile for profile, _ in checked], [name for _, names in checked for name in names]


async def _checked_guest(
    request: Context, guest: GuestInput, catalogue: Catalogue
) -> tuple[Profile, list[Understood]]:
    if not 1 <= len(guest.name) <= LONGEST_NAME:
        raise invalid(
            "guests",
            "A guest's name is empty or too long.",
            f"Send 1 to {LONGEST_NAME} characters.",
        )
    likes, dislikes = (
        _preferences(preferences, catalogue) for preferences in (guest.likes, guest.dislikes)
    )
    said = guest.allergies or []
    for what, texts in (("allergies", said), ("avoids", guest.avoids), ("diets", guest.diets)):
        _refuse_many(what, texts)
    allergies = allergens_meant("guests", (str(allergy.allergen_id) for allergy in said), catalogue)
    avoids = await ingredients_meant(request, "guests", map(str, guest.avoids), catalogue)
    diets = diets_meant("guests", map(str, guest.diets), catalogue)
    for limit in (guest.max_abv, guest.max_caffeine_mg_per_100ml):
        if limit is not None and not 0 <= limit < math.inf:
            raise invalid("guests", f"A limit is {limit:g}.", "Give 0 or more.")
    profile = Profile(
        "",
        allergies_declared_at=None if guest.allergies is None else "now",
        allergies=tuple(
            Allergy(
                allergen,
                (allergy.severity or Severity.SEVERE).value,
                allergy.accepts_traces,
            )
            for allergen, allergy in zip(allergies.ids, said, strict=True)
        ),
        avoids=tuple(avoids.ids),
        diets=tuple(diets.ids),
        max_abv=guest.max_abv,
        max_caffeine=guest.max_caffeine_mg_per_100ml,
        likes=likes,
        dislikes=dislikes,
    )
    names = [*allergies.understood, *avoids.understood, *diets.understood]
    return profile, [replace(name, guest=guest.name) for name in names]


def _preferences(said: PreferencesInput | None, catalogue: Catalogue) -> tuple[Preference, ...]:
    by_kind = said.by_kind() if said else {}
    known = {
        "flavor": catalogue.flavors,
        "ingredient": catalogue.ingredients,
        "style": catalogue.styles,
    }
    for kind, ids in by_kind.items():
        what = f"{kind}s"
        _refuse_many(what, list(ids))
        refuse_unknown("guests", ids, known[kind], f"Send ids of {what}.")
    return tuple(Preference(kind, id_) for kind, ids in by_kind.items() for id_ in ids)


def _refuse_many(what: str, asked: Sized) -> None:
    if len(asked) > MOST_DECLARED:
        raise invalid("guests", f"{what} has {len(asked)} ids.", f"Send up to {MOST_DECLARED}.")


async def _refuse_undeclared(request: Context, guests: Sequence[GuestInput]) -> None:
    """What somebody at the table has not said is not known, and so nothing is safe for all."""
    names = [guest.name for guest in guests if guest.allergies is None]
    if request.user_id:
        profile = await request.dependencies.snapshots.profile(request.user_id, fresh=True)
        refuse_unclear(profile)
        names = names if profile.declared else [YOU, *names]
    if names:
        raise _undeclared(names)


def _undeclared(names: list[str]) -> Refusal:
    return Refusal(
        AllergiesUndeclared(
            message=f"What {', '.join(names)} must not have is not known: nothing is safe for all.",
            advice="Send allergies for everybody, [] for none; for yourself use setAllergies.",
            names=names,
        )
    )


def _group(
    request: Context,
    recommended: RecommendationList,
    names: Sequence[str],
    guests: Sequence[Profile],
    understood: list[Understood],
) -> GroupRecommendations:
    snapshot = recommended.basis.snapshot
    people = [recommended.basis.profile, *guests] if request.user_id else list(guests)
    suits = relevance(snapshot, people)
    labels = [YOU, *names] if request.user_id else list(names)

    def members(item: RecommendationItem) -> list[GroupMember]:
        answers = [Safety.of(item.safety)] if request.user_id else []
        answers += [
            Safety.of(answer, guest) for answer, guest in zip(item.guests, guests, strict=True)
        ]
        row = snapshot.catalogue.row_of[item.drink.id]
        return [
            GroupMember(name=name, relevance=round(float(how[row]), 4), safety=safety)
            for name, how, safety in zip(labels, suits, answers, strict=True)
        ]

    return GroupRecommendations(
        items=[
            GroupRecommendation(
                rank=item.rank, score=item.score, drink=Drink.of(item.drink), people=members(item)
            )
            for item in recommended.items
        ],
        model_version=recommended.model_version,
        catalogue_version=recommended.catalogue_version,
        recommendation_id=strawberry.ID(recommended.id),
        understood=understood,
    )
