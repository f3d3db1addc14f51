"""The keys that an identity provider publishes, fetched again when they change."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Mapping

from graph.errors import TastegraphError
from service.http.key_set import Key, NotAKeySet, read_key_set
from service.http.key_set_fetch import MOST_BYTES

FRESH_SECONDS = 300.0
USABLE_SECONDS = 3600.0
RETRY_PAUSE = 5.0
FETCH_SECONDS = 5.0
"""From the first byte asked for to the last one read, however the provider spreads them."""

log = logging.getLogger("tastegraph.keys")


class KeysAway(TastegraphError):
    """The identity provider's keys cannot be fetched, so no token can be checked."""


class PublishedKeys:
    """A key set at a URL.

    Fetched again when it is old or a token names an unknown key, but at most every
    RETRY_PAUSE seconds, whatever is in the tokens that strangers send. A key of the last hour
    answers at once, while newer ones are fetched behind it; only a token of a key that is not
    there waits, FETCH_SECONDS at most.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Mapping[str | None, Key] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> Key | None:
        """Return a key by its id; None if the provider has no such key.

        Without an id, return the only key. Raises KeysAway if there is no key set.
        """
        known = self._known(key_id) if self._is_usable() else None
        if known is None or self._age(self._fetched_at) >= FRESH_SECONDS:
            self._fetch_behind()
        if known is None and self._fetching:
            await asyncio.wait([self._fetching])
        if not self._is_usable():
            raise KeysAway(
                "The identity provider's keys cannot be fetched right now.", "Try again soon."
            )
        return known or self._known(key_id)

    async def close(self) -> None:
        """Stop fetching."""
        if self._fetching:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _known(self, key_id: str | None) -> Key | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _is_usable(self) -> bool:
        return self._age(self._fetched_at) <= USABLE_SECONDS

    def _age(self, moment: float) -> float:
        return time.monotonic() - moment

    def _fetch_behind(self) -> None:
        if self._fetching is None and self._age(self._tried_at) > RETRY_PAUSE:
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)

    def _fetched(self, _: asyncio.Task[None]) -> None:
        self._fetching = None
        self._tried_at = time.monotonic()

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                body = await _download(self._url)
            self._keys = read_key_set(body)
            self._fetched_at = time.monotonic()
        except (NotAKeySet, OSError, TimeoutError) as error:
            log.warning("the identity provider's key set was not accepted: %s", error or "too slow")


async def _download(url: str) -> bytes:
    """Fetch a URL; raise NotAKeySet if there is no answer or it is too long."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service.http.key_set_fetch",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        body, said = await child.communicate(f"{url}\n".encode())
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise NotAKeySet(said.decode(errors="replace").strip().rpartition("\n")[2][:200])
    if len(body) > MOST_BYTES:
        raise NotAKeySet(f"it is over {MOST_BYTES} bytes")
    return body
