"""Who is asking: a signed token, from a key of our own or from an identity provider's key set."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jwt

from graph.errors import TastegraphError

LOCAL_ISSUER = "tastegraph"
TOKEN_SECONDS = 30 * 24 * 3600
_ASYMMETRIC = ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "EdDSA"]


class TokenRefused(TastegraphError):
    """The token is not one that this service accepts."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks."""

    user_id: str


class Verifier(Protocol):
    """Tells who a token speaks for."""

    async def verify(self, token: str) -> Viewer:
        """Return the viewer, or raise TokenRefused saying why."""
        ...


class LocalKey:
    """Tokens signed with a random key that this installation made for itself."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="utf-8")
        self._key = path.read_text(encoding="utf-8").strip()

    def issue(self, user_id: str, seconds: int = TOKEN_SECONDS) -> str:
        """Return a token for a person."""
        now = int(time.time())
        claims = {"sub": user_id, "iss": LOCAL_ISSUER, "iat": now, "exp": now + seconds}
        return jwt.encode(claims, self._key, algorithm="HS256")

    async def verify(self, token: str) -> Viewer:
        """Return the viewer, or raise TokenRefused saying why."""
        return _viewer(token, self._key, ["HS256"], issuer=LOCAL_ISSUER, audience=None)


class KeySet:
    """Tokens of an identity provider, checked with the keys that it publishes."""

    def __init__(self, url: str, issuer: str, audience: str) -> None:
        self._client = jwt.PyJWKClient(url, cache_keys=True, lifespan=600, timeout=5)
        self._issuer = issuer
        self._audience = audience

    async def verify(self, token: str) -> Viewer:
        """Return the viewer, or raise TokenRefused saying why."""
        try:
            key = await asyncio.to_thread(self._client.get_signing_key_from_jwt, token)
        except jwt.PyJWTError as error:
            raise TokenRefused(f"The token's key cannot be found: {error}.") from error
        return _viewer(
            token, key.key, _ASYMMETRIC, issuer=self._issuer or None, audience=self._audience
        )


def _viewer(
    token: str, key: Any, algorithms: list[str], *, issuer: str | None, audience: str | None
) -> Viewer:
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            issuer=issuer,
            audience=audience,
            options={"require": ["exp", "sub"], "verify_aud": audience is not None},
        )
    except jwt.PyJWTError as error:
        raise TokenRefused(f"The token is not accepted: {error}.", "Sign in again.") from error
    user_id = claims["sub"]
    if not isinstance(user_id, str) or not 1 <= len(user_id) <= 200:
        raise TokenRefused("The token's subject is not a user id of 1 to 200 characters.")
    return Viewer(user_id)
