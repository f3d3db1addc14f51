"""Support: looking at one person, for a reason and a time, on record, where the person sees it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Any

import orjson
import strawberry
from strawberry.types import Info

from events.audit.entry import MOST_WHY, Action, Role
from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    Refusal,
    VisitEnded,
    expected,
    invalid,
)
from gql.types.people import Me
from graph.clock import iso_at, iso_seconds, milliseconds
from graph.errors import PersonMerged
from graph.people.profiles import MOST_USER_ID, Profile

KIND = "visit"
LEAST_REASON = 10


@described.object_type
class Visit:
    """The right to look at one person until a moment, on the record of acts."""

    visit: strawberry.ID = strawberry.field(description="For `person`; good for you alone.")
    until: str = strawberry.field(description="ISO 8601, UTC.")


@described.object_type
class VisitedPerson:
    """A person as support sees them: what they themselves see in `me`."""

    person: Me
    reason: str = strawberry.field(description="The reason that you gave; the person sees it.")
    until: str = strawberry.field(description="When the visit ends: ISO 8601, UTC.")


VisitPersonResult = Annotated[
    Visit | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("VisitPersonResult"),
]
PersonResult = Annotated[
    VisitedPerson | VisitEnded | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("PersonResult"),
]


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a visit says: about whom, why, and until when (ms)."""

    about: str
    reason: str
    until: int


@strawberry.type
class SupportQueries:
    """What support can ask."""

    @described.field
    @expected
    async def person(self, info: Info[Any, Any], visit: strawberry.ID) -> PersonResult:
        """The person whom a visit is about, while it lasts. Each look is on record, and the person
        sees it in `me { accessLog }`. For support.
        """
        request = context_of(info)
        request.permitted(info)
        grant = _granted(request, str(visit))
        await request.in_office(
            Role.SUPPORT, Action.LOOK, "profile", about=grant.about, why=grant.reason
        )
        return VisitedPerson(
            person=Me.of(await _profile(request, grant.about)),
            reason=grant.reason,
            until=iso_at(grant.until),
        )


@strawberry.type
class SupportMutations:
    """What support can do."""

    @described.mutation
    @expected
    async def visit_person(
        self,
        info: Info[Any, Any],
        user_id: strawberry.ID,
        reason: Annotated[
            str,
            strawberry.argument(
                description="Why, in 10 to 200 characters, such as the number of a ticket and what "
                "was asked. The person sees it: name nobody."
            ),
        ],
    ) -> VisitPersonResult:
        """Begin to look at a person, for a reason; it ends by itself. For support."""
        request = context_of(info)
        by, why, about = request.permitted(info), _reason(reason), _known_by(user_id)
        minutes = request.dependencies.support_minutes
        await request.in_office(
            Role.SUPPORT, Action.LOOK, f"visit of {minutes} minutes", about=about, why=why
        )
        if not (await _profile(request, about)).exists:
            raise invalid("userId", "Nobody has this id.", "Ask the person for it: `me { id }`.")
        until = request.dependencies.clock() + timedelta(minutes=minutes)
        raw = orjson.dumps(asdict(_Grant(about, why, milliseconds(until))))
        return Visit(
            visit=strawberry.ID(request.dependencies.cursors.cursor(raw, KIND, by)),
            until=iso_seconds(until),
        )


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not LEAST_REASON <= len(reason) <= MOST_WHY or not reason.isprintable():
        message = f"A reason has {LEAST_REASON} to {MOST_WHY} characters; this has {len(reason)}."
        raise invalid("reason", message, "Say why you look: without a reason nobody is shown.")
    return reason


def _known_by(user_id: strawberry.ID) -> str:
    if not 1 <= len(user_id) <= MOST_USER_ID or not user_id.isprintable():
        advice = f"It has 1 to {MOST_USER_ID} characters."
        raise invalid("userId", "This is no person's id.", advice)
    return str(user_id)


def _granted(request: Context, visit: str) -> _Grant:
    try:
        raw = request.dependencies.cursors.read(visit, KIND, request.user_id)
    except Refusal as refused:
        message, advice = "This is no visit of yours.", "Begin one with visitPerson."
        raise invalid("visit", message, advice) from refused
    grant = _Grant(**orjson.loads(raw))
    if milliseconds(request.dependencies.clock()) >= grant.until:
        ended = iso_at(grant.until)
        message, advice = f"The visit ended at {ended}.", "Begin another, with its own reason."
        raise Refusal(VisitEnded(message=message, advice=advice))
    return grant


async def _profile(request: Context, user_id: str) -> Profile:
    try:
        return await request.dependencies.snapshots.profile(user_id, fresh=True)
    except PersonMerged as merged:
        raise invalid("userId", merged.message, merged.advice) from merged
