"""Keys of programs for the API, as the graph has them: never the secret, only its hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import ApiKeyUnknown
from graph.query_files import load

API_KEYS = load("access/api_keys")
PUT_API_KEY = load("access/put_api_key")
REVOKE_API_KEY = load("access/revoke_api_key")
NOTE_API_KEYS_USED = load("access/note_api_keys_used")

PREFIX = "tgk_"
"""What every key begins with: so that scanners find one that was published by mistake."""
LONGEST_NAME, MOST_DAYS = 200, 3660
_ID_BYTES, _SECRET_BYTES = 6, 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; times are milliseconds since 1970."""

    id: str
    name: str
    hash: str
    scopes: frozenset[str]
    added_at: int
    by: str
    until: int
    used_at: int | None
    revoked_at: int | None

    def works_at(self, now: int) -> bool:
        """Return whether it is accepted at a moment."""
        return self.revoked_at is None and now < self.until

    def state_at(self, now: int) -> str:
        """Return whether it works, has ended, or was revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "works" if self.works_at(now) else "ended"


async def api_keys(graph: Graph) -> list[ApiKey]:
    """Return all keys, the oldest first, those that have ended too. Raises a GraphError."""
    return [
        ApiKey(
            id=row["id"],
            name=row["name"],
            hash=row["hash"],
            scopes=frozenset(row["scopes"]),
            added_at=row["addedAt"],
            by=row["by"],
            until=row["until"],
            used_at=row["usedAt"],
            revoked_at=row["revokedAt"],
        )
        for row in await graph.run(API_KEYS)
    ]


async def add_api_key(
    graph: Graph,
    name: str,
    scopes: Collection[str],
    lasts: timedelta,
    *,
    by: str,
    clock: Clock = utc_now,
) -> tuple[str, str]:
    """Add a key; return its id, and the key itself, which nobody can tell afterwards.

    Raises a GraphError.
    """
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    now = clock()
    await graph.run(
        PUT_API_KEY,
        id=key_id,
        name=name,
        hash=hash_of(secret),
        scopes=sorted(scopes),
        addedAt=milliseconds(now),
        by=by,
        until=milliseconds(now + lasts),
    )
    return key_id, f"{PREFIX}{key_id}_{secret}"


async def revoke_api_key(graph: Graph, key_id: str, clock: Clock = utc_now) -> int:
    """Revoke a key; return since when it is (ms). Raises ApiKeyUnknown, or another GraphError."""
    rows = await graph.run(REVOKE_API_KEY, id=key_id, at=milliseconds(clock()))
    if not rows:
        raise ApiKeyUnknown(f"There is no key '{key_id}'.", "See tastegraph keys list.")
    return rows[0]["revokedAt"]


async def note_used(graph: Graph, used: Mapping[str, int]) -> None:
    """Note when keys were last accepted (ms), by their ids. Raises a GraphError."""
    if used:
        rows = [{"id": key_id, "at": at} for key_id, at in used.items()]
        await graph.run(NOTE_API_KEYS_USED, rows=rows)


def parts_of_key(text: str) -> tuple[str, str] | None:
    """Return the id and the secret of a text that has the form of a key; None of any other."""
    key_id, mark, secret = text.removeprefix(PREFIX).partition("_")
    return (key_id, secret) if text.startswith(PREFIX) and mark and secret else None


def hash_of(secret: str) -> str:
    """Return the hash of a secret: it is random and long, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
