"""A guest's history joins the account that the guest signs in to."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Action
from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, InvalidInput, NotSignedIn, Refusal, expected, invalid
from gql.types.people import Me
from graph.editing.merging_people import PeopleMerge, merge_people
from graph.errors import MergeRefused, PersonMerged, PersonUnknown, TastegraphError
from graph.people.interactions import add_people

ARGUMENT = "guestToken"


@described.object_type
class JoinedHistory:
    """The guest's history counts for you, and what either of you declared holds for you."""

    events: int = strawberry.field(description="How many things that the guest did are yours now.")
    apart: int = strawberry.field(
        description="How many stay with the guest: you have events of the same ids already."
    )
    me: Me = strawberry.field(
        description="You as you are now: as strict as both. Ask for allergies again if they are "
        "no longer declared: one of the two had not declared any."
    )


JoinHistoryResult = Annotated[
    JoinedHistory | InvalidInput | NotSignedIn | GraphAway, strawberry.union("JoinHistoryResult")
]


@strawberry.type
class JoiningMutations:
    """What people do who were guests before."""

    @described.mutation
    @expected
    async def join_history(
        self,
        info: Info[Any, Any],
        guest_token: Annotated[
            str, strawberry.argument(description="The token that you had as a guest.")
        ],
    ) -> JoinHistoryResult:
        """Take over what you did and declared as a guest.

        The guest's token stays good for what it may see, but declares nothing any more; what is
        recorded with it counts for you.
        """
        request = context_of(info)
        user_id = request.signed_in()
        guest = await _guest(request, guest_token)
        merge = await _merged(request, guest, user_id)
        snapshots = request.dependencies.snapshots
        snapshots.forget(guest)
        profile = await snapshots.profile(user_id, fresh=True)
        if not profile.remembering:
            await request.dependencies.impressions.refuse(user_id)
        return JoinedHistory(events=merge.events, apart=len(merge.apart), me=Me.of(profile))


async def _guest(request: Context, token: str) -> str:
    """Return whose token it is; refuse any that is not a guest's, or cannot be checked."""
    try:
        guest = await request.dependencies.guest_of(token)
    except TastegraphError as error:
        raise invalid(ARGUMENT, "The token cannot be checked now.", "Try again soon.") from error
    if guest is None:
        raise invalid(
            ARGUMENT,
            "This is not the token of a guest, or it has expired.",
            "Nothing was changed. Send the one that the guest was given.",
        )
    return guest


async def _merged(request: Context, guest: str, user_id: str) -> PeopleMerge:
    graph, clock = request.dependencies.graph, request.dependencies.clock
    await request.on_record(Action.JOIN, "everything", about=[guest])
    await add_people(graph, [user_id])
    try:
        return await merge_people(graph, guest, user_id, by=user_id, apply=True, clock=clock)
    except PersonUnknown as error:
        raise _refused("Nothing is kept about this guest.", "There is nothing to join.") from error
    except PersonMerged as error:
        if error.user_id == user_id:
            raise PersonMerged from error
        raise _refused("This guest has already joined an account.", "Join once.") from error
    except MergeRefused as error:
        raise _refused(error.message, error.advice) from error


def _refused(message: str, advice: str) -> Refusal:
    return invalid(ARGUMENT, message, advice)
