"""Keys of programs, verified beside the tokens of people.

All keys are in memory, read from the graph every second: one that is added or revoked anywhere is
so everywhere within that. While the graph is away, those that were known hold until they end.
"""

from __future__ import annotations

import hmac
import logging

from gql.request.policy import roles_in
from graph.access.api_keys import ApiKey, api_keys, hash_of, note_used, parts_of_key
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from service.http.auth import (
    COLLECTOR_SCOPE,
    DEVELOPER_SCOPE,
    FOLLOWER_SCOPE,
    Claims,
    TokenRefused,
    Verifier,
)

PAUSE = 1.0
USES_PAUSE = 60.0

log = logging.getLogger("tastegraph.access")


class KeyRing:
    """Verifies keys; what has not the form of one is for another verifier."""

    def __init__(self, graph: Graph, others: Verifier, clock: Clock = utc_now) -> None:
        self._graph, self._others, self._clock = graph, others, clock
        self._keys: dict[str, ApiKey] = {}
        self._used: dict[str, int] = {}

    async def verify(self, token: str) -> Claims:
        """Return who a key or a token is for. Raises TokenRefused, saying why."""
        said = parts_of_key(token)
        if said is None:
            return await self._others.verify(token)
        key_id, secret = said
        key, now = self._keys.get(key_id), milliseconds(self._clock())
        # the same is done for an id that is not there: how long it takes tells nothing
        right = hmac.compare_digest(key.hash if key else "", hash_of(secret))
        if key is None or not right:
            raise TokenRefused("There is no such key.", "Ask the operator for a new one.")
        if not key.works_at(now):
            ended = "was revoked" if key.revoked_at is not None else "has ended"
            raise TokenRefused(f"The key {key_id} {ended}.", "Ask the operator for a new one.")
        self._used[key_id] = now
        return _claims(key)

    async def catch_up(self) -> None:
        """Read which keys there are now. Raises a GraphError."""
        self._keys = {key.id: key for key in await api_keys(self._graph)}

    async def note_used(self) -> None:
        """Write when keys were last used. Raises a GraphError; then it is written next time."""
        used, self._used = self._used, {}
        try:
            await note_used(self._graph, used)
        except BaseException:
            self._used = used | self._used
            raise

    async def close(self) -> None:
        """Write what is not written yet, and close the other verifier."""
        try:
            await self.note_used()
        except GraphError as error:
            log.warning("when keys were last used was not written: %s", error)
        await self._others.close()


def _claims(key: ApiKey) -> Claims:
    return Claims(
        f"key:{key.id}",
        key.until / 1000,
        roles_in(key.scopes),
        developer=DEVELOPER_SCOPE in key.scopes,
        collector=COLLECTOR_SCOPE in key.scopes,
        follower=FOLLOWER_SCOPE in key.scopes,
    )
