"""The keys that an identity provider publishes, asked for again when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import jwt

from graph.errors import TastegraphError

FRESH_SECONDS = 300.0
USABLE_SECONDS = 3600.0
RETRY_PAUSE = 5.0


class KeysAway(TastegraphError):
    """The identity provider's keys cannot be fetched, so nobody can be told from anybody."""


class PublishedKeys:
    """A key set at a URL.

    Asked for again when it is old or names a key that is not there, but at most every
    RETRY_PAUSE seconds, whatever is in the tokens that strangers send. While the provider is away
    the keys of the last hour stay good.
    """

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=5)
        self._keys: Mapping[str | None, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        """Return a key by its id; None if the provider has no such key.

        Without an id, return the only key. Raises KeysAway if there is no key set.
        """
        if not self._is_good(key_id):
            async with self._lock:
                if not self._is_good(key_id) and self._age(self._tried_at) > RETRY_PAUSE:
                    await self._fetch()
        if self._age(self._fetched_at) > USABLE_SECONDS:
            raise KeysAway("The identity provider's keys cannot be fetched now.", "Try again soon.")
        return self._known(key_id)

    def _known(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _is_good(self, key_id: str | None) -> bool:
        return self._age(self._fetched_at) < FRESH_SECONDS and self._known(key_id) is not None

    def _age(self, moment: float) -> float:
        return time.monotonic() - moment

    async def _fetch(self) -> None:
        try:
            found = await asyncio.to_thread(self._client.get_jwk_set, refresh=True)
        except (jwt.PyJWTError, ValueError, OSError):
            return
        finally:
            self._tried_at = time.monotonic()
        self._keys = {key.key_id: key for key in found.keys if key.public_key_use in ("sig", None)}
        self._fetched_at = time.monotonic()
