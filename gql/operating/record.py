"""The record of acts for an auditor: every entry, people by pseudonym, and what proves it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Action, Entry, Role
from events.audit.reading import newest
from gql import described
from gql.request.context import context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    expected,
    invalid,
)

MOST_AT_ONCE = 100


@described.object_type
class ActOnRecord:
    """An act that was put on record before it was done."""

    number: int = strawberry.field(description="Its place in the record, from 0.")
    at: str = strawberry.field(description="ISO 8601, UTC.")
    action: str
    role: str = strawberry.field(description="In which role, or command.")
    actor: str = strawberry.field(description="A person by pseudonym; anybody else by name.")
    about: str | None = strawberry.field(description="The person it was about, by pseudonym.")
    what: list[str] = strawberry.field(description="The fields that it was about, no value.")
    surface: str = strawberry.field(description="graphql, or command.")
    why: str | None = strawberry.field(description="The reason given, if one was.")

    @staticmethod
    def of(number: int, entry: Entry) -> ActOnRecord:
        """Return an entry as the API shows it."""
        return ActOnRecord(
            number=number,
            at=entry.at,
            action=entry.action,
            role=entry.role,
            actor=entry.actor,
            about=entry.about or None,
            what=entry.what,
            surface=entry.surface,
            why=entry.why or None,
        )


@described.object_type
class ActsOnRecord:
    """Some of the record of acts, newest first."""

    items: list[ActOnRecord]
    checkpoint: str = strawberry.field(
        description="The signed checkpoint over all entries, to keep elsewhere."
    )
    verifier_key: str = strawberry.field(description="The key that its signature is checked with.")


ActsOnRecordResult = Annotated[
    ActsOnRecord | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("ActsOnRecordResult"),
]


@strawberry.type
class RecordQueries:
    """What auditors can ask."""

    @described.field
    @expected
    async def acts_on_record(
        self,
        info: Info[Any, Any],
        first: Annotated[int, strawberry.argument(description="How many, from 1 to 100.")] = 50,
        before: Annotated[
            int | None, strawberry.argument(description="Only those with a smaller number.")
        ] = None,
    ) -> ActsOnRecordResult:
        """Who did what to whose data, newest first. Asking is on record too. For auditors."""
        request = context_of(info)
        request.permitted(info)
        if not 1 <= first <= MOST_AT_ONCE:
            raise invalid("first", f"{first} is not between 1 and {MOST_AT_ONCE}.", "Send another.")
        await request.in_office(Role.AUDITOR, Action.LOOK, "record of acts", why=None)
        log = request.dependencies.audit
        found = await asyncio.to_thread(newest, log, first, before)
        return ActsOnRecord(
            items=[ActOnRecord.of(number, entry) for number, entry in found],
            checkpoint=await asyncio.to_thread(log.note),
            verifier_key=log.signer.verifier_key,
        )
