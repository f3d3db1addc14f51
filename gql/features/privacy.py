"""A person's own data: handed out, and erased."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON
from strawberry.types import Info

from events.audit.entry import MOST_ACTS, Action, act_shown
from gql import described
from gql.request.context import context_of
from gql.request.failures import GraphAway, InvalidInput, NotSignedIn, expected, invalid
from graph.clock import iso_seconds
from graph.people import privacy
from graph.people.data_export import personal_document


@described.object_type
class MyData:
    """Everything kept about you."""

    user_id: strawberry.ID
    exported_at: str = strawberry.field(description="When this was read, ISO 8601, UTC.")
    known: bool = strawberry.field(description="Whether anything is kept.")
    data: JSON = strawberry.field(
        description="By subject: profile, consents, decisions, guardians, declarations, "
        "preferences, interactions, events, recommended, experiments, catalogueChanges, accessLog, "
        "merges, merged, other. Times are ISO 8601, UTC."
    )


@described.object_type
class Erased:
    """You were erased. Your token stays valid; using it would start you afresh."""

    user_id: strawberry.ID
    known: bool = strawberry.field(description="Whether there was anything to erase.")
    relationships: int = strawberry.field(
        description="How many declarations, preferences, interactions and recommendations were "
        "erased."
    )
    changes_kept: int = strawberry.field(
        description="Changes of the catalogue that you made as an operator: they stay."
    )


MyDataResult = Annotated[MyData | NotSignedIn | GraphAway, strawberry.union("MyDataResult")]
EraseMeResult = Annotated[
    Erased | InvalidInput | NotSignedIn | GraphAway, strawberry.union("EraseMeResult")
]


@strawberry.type
class PrivacyQueries:
    """Questions of people about themselves."""

    @described.field
    @expected
    async def my_data(self, info: Info[Any, Any]) -> MyDataResult:
        """Everything kept about you, to read and take with you."""
        request = context_of(info)
        user_id = request.signed_in()
        await request.on_record(Action.EXPORT, "everything")
        record = await privacy.personal_record(request.dependencies.graph, user_id)
        waiting = request.dependencies.impressions.waiting(user_id)
        logged = await request.dependencies.logged(record.people)
        entries = await request.dependencies.audit.about(user_id, MOST_ACTS)
        document = personal_document(record, waiting, logged, list(map(act_shown, entries)))
        return MyData(
            user_id=strawberry.ID(user_id),
            exported_at=iso_seconds(request.dependencies.clock()),
            known=document["known"],
            data=JSON(document),
        )


@strawberry.type
class PrivacyMutations:
    """What people decide about their own data."""

    @described.mutation
    @expected
    async def erase_me(
        self,
        info: Info[Any, Any],
        confirm: Annotated[
            strawberry.ID,
            strawberry.argument(description="Your own id, so that this cannot happen by accident."),
        ],
    ) -> EraseMeResult:
        """Erase you and everything kept about you, at once and for good."""
        request = context_of(info)
        user_id = request.signed_in()
        if str(confirm) != user_id:
            raise invalid(
                "confirm", "That is not your id.", "Nothing was erased. Send the id from `me`."
            )
        await request.on_record(Action.ERASE, "everything")
        done = await request.dependencies.eraser.erase(user_id)
        return Erased(
            user_id=strawberry.ID(user_id),
            known=done.known,
            relationships=done.relationships,
            changes_kept=done.changes_kept,
        )
