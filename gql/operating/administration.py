"""Administration: keys of programs, and the settings as they are; nothing about people."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Action, Role
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
from gql.request.shown_setting import ShownSetting
from graph.access import api_keys as programs
from graph.clock import iso_at, iso_if_at, milliseconds
from graph.errors import ApiKeyUnknown


@described.enum
class KeyScope(Enum):
    """What an admin may let a program do: nothing that shows a person to somebody else."""

    EVENTS = "tastegraph:events"
    CHANGES = "tastegraph:changes"
    ANALYST = "tastegraph:analyst"
    DEVELOPER = "tastegraph:developer"


@described.object_type
class ApiKey:
    """A key of a program; the key itself is kept by nobody but the program."""

    id: strawberry.ID
    name: str
    scopes: list[str]
    state: str = strawberry.field(description="works, ended or revoked.")
    added_at: str
    by: str
    until: str = strawberry.field(description="ISO 8601, UTC.")
    used_at: str | None = strawberry.field(description="When it was last used, to the minute.")
    revoked_at: str | None

    @staticmethod
    def of(key: programs.ApiKey, now: int) -> ApiKey:
        """Return a key as the API shows it at a moment (ms)."""
        return ApiKey(
            id=strawberry.ID(key.id),
            name=key.name,
            scopes=sorted(key.scopes),
            state=key.state_at(now),
            added_at=iso_at(key.added_at),
            by=key.by,
            until=iso_at(key.until),
            used_at=iso_if_at(key.used_at),
            revoked_at=iso_if_at(key.revoked_at),
        )


@described.object_type
class ApiKeys:
    """All keys, the oldest first."""

    items: list[ApiKey]


@described.object_type
class AddedApiKey:
    """A new key, told this once."""

    id: strawberry.ID
    key: str = strawberry.field(description="What the program sends as `Bearer`.")


@described.object_type
class RevokedApiKey:
    """A key that no server accepts any more, within a second."""

    id: strawberry.ID
    revoked_at: str = strawberry.field(description="Since when: ISO 8601, UTC.")


@described.object_type
class Setting:
    """A setting of the server asked."""

    name: str
    value: str | None = strawberry.field(description="Null for a secret, and where none is set.")
    default: str
    meaning: str
    is_set: bool
    secret: bool = strawberry.field(description="Whether its value is never shown.")

    @staticmethod
    def of(shown: ShownSetting) -> Setting:
        """Return a setting as the API shows it."""
        return Setting(
            name=shown.name,
            value=shown.value,
            default=shown.default,
            meaning=shown.meaning,
            is_set=shown.is_set,
            secret=shown.secret,
        )


@described.object_type
class Settings:
    """All settings of the server asked."""

    items: list[Setting]


ApiKeysResult = Annotated[
    ApiKeys | NotSignedIn | NotAllowed | GraphAway, strawberry.union("ApiKeysResult")
]
AddApiKeyResult = Annotated[
    AddedApiKey | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("AddApiKeyResult"),
]
RevokeApiKeyResult = Annotated[
    RevokedApiKey | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("RevokeApiKeyResult"),
]
SettingsResult = Annotated[
    Settings | NotSignedIn | NotAllowed | GraphAway, strawberry.union("SettingsResult")
]


@strawberry.type
class AdministrationQueries:
    """What admins can ask."""

    @described.field
    @expected
    async def api_keys(self, info: Info[Any, Any]) -> ApiKeysResult:
        """The keys of programs: what each may do, until when, when it was last used. For admins."""
        request = context_of(info)
        request.permitted(info)
        now = milliseconds(request.dependencies.clock())
        found = await programs.api_keys(request.dependencies.graph)
        return ApiKeys(items=[ApiKey.of(key, now) for key in found])

    @described.field
    @expected
    async def settings(self, info: Info[Any, Any]) -> SettingsResult:
        """The settings that the server asked was started with; no secret. For admins."""
        request = context_of(info)
        request.permitted(info)
        return Settings(items=list(map(Setting.of, request.dependencies.settings)))


@strawberry.type
class AdministrationMutations:
    """What admins can do."""

    @described.mutation
    @expected
    async def add_api_key(
        self,
        info: Info[Any, Any],
        name: Annotated[str, strawberry.argument(description="Which program it is for.")],
        scopes: list[KeyScope],
        days: Annotated[
            int, strawberry.argument(description=f"How long, 1 to {programs.MOST_DAYS}.")
        ] = 365,
    ) -> AddApiKeyResult:
        """Add a key for a program, such as a till. For admins."""
        request = context_of(info)
        by, named = request.permitted(info), name.strip()
        if not 1 <= len(named) <= programs.LONGEST_NAME or not named.isprintable():
            message = f"A name has 1 to {programs.LONGEST_NAME} characters, on one line."
            raise invalid("name", message, "Say which program it is for.")
        if not scopes:
            raise invalid("scopes", "The key could do nothing.", "Name at least one scope.")
        if not 1 <= days <= programs.MOST_DAYS:
            raise invalid(
                "days", f"{days} is not between 1 and {programs.MOST_DAYS}.", "Send another."
            )
        said = sorted({scope.value for scope in scopes})
        await request.in_office(Role.ADMIN, Action.ACCESS, "add key", named, *said, why=None)
        parts = request.dependencies
        key_id, key = await programs.add_api_key(
            parts.graph, named, said, timedelta(days=days), by=by, clock=parts.clock
        )
        return AddedApiKey(id=strawberry.ID(key_id), key=key)

    @described.mutation
    @expected
    async def revoke_api_key(self, info: Info[Any, Any], id: strawberry.ID) -> RevokeApiKeyResult:
        """Take a key back: within a second no server accepts it. For admins."""
        request = context_of(info)
        request.permitted(info)
        await request.in_office(Role.ADMIN, Action.ACCESS, "revoke key", str(id), why=None)
        parts = request.dependencies
        try:
            since = await programs.revoke_api_key(parts.graph, str(id), parts.clock)
        except ApiKeyUnknown as unknown:
            raise invalid("id", unknown.message, "See apiKeys.") from unknown
        return RevokedApiKey(id=id, revoked_at=iso_at(since))
