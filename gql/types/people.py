"""People on the wire: what they declared, what they did, what they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Entry
from gql import described
from gql.request.context import context_of
from gql.request.failures import answering
from gql.types.consents import PurposeConsent
from gql.types.enums import Severity
from graph.people.consents import consents_of
from graph.people.profiles import Event, Preference, Profile


@described.object_type
class Allergy:
    """An allergy that you declared."""

    allergen_id: strawberry.ID
    severity: Severity | None
    accepts_traces: bool


@described.object_type
class PreferenceOf:
    """Something that you like or dislike."""

    kind: str = strawberry.field(description="flavor, ingredient or style.")
    id: strawberry.ID

    @staticmethod
    def of(preference: Preference) -> PreferenceOf:
        """Return a preference as the API shows it."""
        return PreferenceOf(kind=preference.kind, id=strawberry.ID(preference.id))


@described.object_type
class Interaction:
    """Something that you did with a drink."""

    drink_id: strawberry.ID
    type: str
    value: float | None
    at: float | None = strawberry.field(description="Milliseconds since 1970, UTC.")

    @staticmethod
    def of(event: Event) -> Interaction:
        """Return an event as the API shows it."""
        return Interaction(
            drink_id=strawberry.ID(event.drink_id), type=event.type, value=event.value, at=event.at
        )


@described.object_type
class Consents:
    """What you agree to."""

    user_id: strawberry.Private[str]
    personalisation: bool = strawberry.field(
        description="Lists may be ranked by what you did and like; otherwise they are ranked by "
        "popularity."
    )
    remembering: bool = strawberry.field(
        description="What you were recommended may be remembered, for alerts."
    )

    @described.field
    @answering
    async def purposes(self, info: Info[Any, Any]) -> list[PurposeConsent]:
        """Each use of your data, apart from all others."""
        parts = context_of(info).dependencies
        found = await consents_of(parts.graph, self.user_id)
        return [PurposeConsent.of(each, parts.ask_first) for each in found.standings]

    @described.field
    @answering
    async def child(self, info: Info[Any, Any]) -> bool:
        """Whether a guardian has to agree for you; you may refuse yourself."""
        return (await consents_of(context_of(info).dependencies.graph, self.user_id)).child


@described.object_type
class Understood:
    """A name that was sent in place of an id, and what it was taken to mean."""

    text: str = strawberry.field(description="The text as sent.")
    id: strawberry.ID
    name: str = strawberry.field(description="What it is called in the catalogue.")
    guest: str | None = strawberry.field(default=None, description="The guest it is about.")


@described.object_type
class Access:
    """An act on your data, put on record before it was done: it may have failed afterwards."""

    at: str = strawberry.field(description="ISO 8601, UTC.")
    action: str = strawberry.field(
        description="declare, consent, join, export, erase, merge or look; what it did to your "
        "data."
    )
    role: str = strawberry.field(
        description="person: somebody with your token, or with that of a guest or account that you "
        "joined; support, operator, food-safety officer or command: the people who run this "
        "service."
    )
    by_you: bool = strawberry.field(description="Whether it was done with your own token.")
    what: list[str] = strawberry.field(description="The parts of your data that it was about.")
    surface: str = strawberry.field(description="graphql, or command.")
    why: str | None = strawberry.field(description="The reason given, if one was.")

    @staticmethod
    def of(entry: Entry) -> Access:
        """Return an entry as the API shows it: no operator by name."""
        return Access(
            at=entry.at,
            action=entry.action,
            role=entry.role,
            by_you=entry.actor == entry.about,
            what=entry.what,
            surface=entry.surface,
            why=entry.why or None,
        )


@described.object_type
class Me:
    """What the graph knows about you."""

    profile: strawberry.Private[Profile]
    id: strawberry.ID
    allergies_declared_at: str | None
    regulation: strawberry.ID | None
    allergies: list[Allergy]
    avoids: list[strawberry.ID]
    diets: list[strawberry.ID]
    max_abv: float | None
    max_caffeine_mg_per_100ml: float | None
    likes: list[PreferenceOf]
    dislikes: list[PreferenceOf]
    unresolved: list[str] = strawberry.field(
        description="What you declared that was not understood: until that is put right, no drink "
        "counts as safe."
    )
    simulated: bool = strawberry.field(description="Whether this person is simulated.")
    consents: Consents
    understood: list[Understood] = strawberry.field(
        default_factory=list,
        description="After a declaration: the names it used in place of ids, and what each was "
        "taken to mean.",
    )

    @staticmethod
    def of(profile: Profile, understood: Sequence[Understood] = ()) -> Me:
        """Return a profile as the API shows it, after names that were understood."""
        return Me(
            profile=profile,
            understood=list(understood),
            id=strawberry.ID(profile.user_id),
            allergies_declared_at=profile.allergies_declared_at,
            regulation=strawberry.ID(profile.regulation) if profile.regulation else None,
            allergies=[
                Allergy(
                    allergen_id=strawberry.ID(allergy.allergen),
                    severity=Severity(allergy.severity)
                    if allergy.severity in list(Severity)
                    else None,
                    accepts_traces=allergy.accepts_traces,
                )
                for allergy in profile.allergies
            ],
            avoids=[strawberry.ID(avoided) for avoided in profile.avoids],
            diets=[strawberry.ID(diet) for diet in profile.diets],
            max_abv=profile.max_abv,
            max_caffeine_mg_per_100ml=profile.max_caffeine,
            likes=[PreferenceOf.of(liking) for liking in profile.likes],
            dislikes=[PreferenceOf.of(dislike) for dislike in profile.dislikes],
            unresolved=list(profile.unresolved),
            simulated=profile.simulated,
            consents=Consents(
                user_id=profile.user_id,
                personalisation=profile.personalisation,
                remembering=profile.remembering,
            ),
        )

    @described.field
    def history(
        self, first: Annotated[int, strawberry.argument(description="At most 100.")] = 20
    ) -> list[Interaction]:
        """What you did, newest first."""
        return [Interaction.of(event) for event in self.profile.history[: max(0, min(first, 100))]]

    @described.field
    @answering
    async def access_log(
        self,
        info: Info[Any, Any],
        first: Annotated[int, strawberry.argument(description="At most 100.")] = 20,
    ) -> list[Access]:
        """Who changed or took a copy of your data, newest first."""
        audit = context_of(info).dependencies.audit
        entries = await audit.about(self.profile.user_id, max(0, min(first, 100)))
        return [Access.of(entry) for entry in entries]


@described.object_type
class RejectedInteraction:
    """An interaction that was not recorded."""

    index: int = strawberry.field(description="Its position in the list, from 0.")
    reason: str


@described.object_type
class RecordedInteractions:
    """What happened to the interactions."""

    recorded: int
    repeated: int = strawberry.field(description="Recorded before, by event id: nothing changed.")
    rejected: list[RejectedInteraction]
