"""Who is asking: a signed token, from a key of our own or from an identity provider's key set."""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jwt

from graph.errors import TastegraphError
from graph.secret_files import kept_secret
from service.published_keys import PublishedKeys

LOCAL_ISSUER = "tastegraph"
TOKEN_SECONDS = 30 * 24 * 3600
LEEWAY_SECONDS = 10
MOST_USER_ID = 200
KEY_BYTES = 32
OPERATOR_SCOPE = "tastegraph:operator"
DEVELOPER_SCOPE = "tastegraph:developer"
_ASYMMETRIC = ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "EdDSA"]


class KeyUnusable(TastegraphError):
    """This installation's own key is damaged."""


class TokenRefused(TastegraphError):
    """The token is not one that this service accepts."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks, and until when their token counts, in seconds since 1970.

    Their token's `scope` says more: with `tastegraph:operator` they may change the catalogue, with
    `tastegraph:developer` ask what is dear, and what is on no list of trusted documents.
    """

    user_id: str
    until: float = math.inf
    operator: bool = False
    developer: bool = False


class Verifier(Protocol):
    """Tells who a token speaks for."""

    async def verify(self, token: str) -> Viewer:
        """Return the viewer, or raise TokenRefused saying why."""
        ...


class LocalKey:
    """Tokens signed with a random key that this installation made for itself."""

    def __init__(self, path: Path) -> None:
        self._key = kept_secret(path, lambda: secrets.token_hex(KEY_BYTES))
        if len(self._key) < KEY_BYTES:
            raise KeyUnusable(
                f"The key in {path} is too short to sign with.",
                "Remove the file: the next start makes a new key, and old tokens end.",
            )

    def issue(
        self,
        user_id: str,
        seconds: int = TOKEN_SECONDS,
        *,
        operator: bool = False,
        developer: bool = False,
    ) -> str:
        """Return a token for a person."""
        now = int(time.time())
        claims = {"sub": user_id, "iss": LOCAL_ISSUER, "iat": now, "exp": now + seconds}
        said = {OPERATOR_SCOPE: operator, DEVELOPER_SCOPE: developer}
        if any(said.values()):
            claims["scope"] = " ".join(scope for scope, has in said.items() if has)
        return jwt.encode(claims, self._key, algorithm="HS256")

    async def verify(self, token: str) -> Viewer:
        """Return the viewer, or raise TokenRefused saying why."""
        return _viewer(token, self._key, ["HS256"], issuer=LOCAL_ISSUER, audience=None)


class KeySet:
    """Tokens of an identity provider, checked with the keys that it publishes."""

    def __init__(self, url: str, issuer: str, audience: str) -> None:
        self._keys = PublishedKeys(url)
        self._issuer = issuer
        self._audience = audience

    async def verify(self, token: str) -> Viewer:
        """Return the viewer, or raise TokenRefused saying why; KeysAway if that cannot be told."""
        header = _header(token)
        if header.get("alg") not in _ASYMMETRIC:
            raise TokenRefused(f"The token is signed with {header.get('alg')}, which is not taken.")
        key = await self._keys.find(header.get("kid"))
        if key is None:
            raise TokenRefused("The token is signed with a key that its issuer does not publish.")
        return _viewer(
            token, key.key, _ASYMMETRIC, issuer=self._issuer or None, audience=self._audience
        )


def bearer_token(header: str) -> str:
    """Return the token of an Authorization header; raise TokenRefused if it has none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("The Authorization header is not 'Bearer TOKEN'.")
    return token.strip()


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise TokenRefused(f"The token cannot be read: {error}.", "Sign in again.") from error


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
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub"], "verify_aud": audience is not None},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise TokenRefused(f"The token is not accepted: {error}.", "Sign in again.") from error
    user_id = claims["sub"]
    if not isinstance(user_id, str) or not 1 <= len(user_id) <= MOST_USER_ID:
        raise TokenRefused(
            f"The token's subject is not a user id of 1 to {MOST_USER_ID} characters."
        )
    scope = claims.get("scope")
    scopes = scope.split() if isinstance(scope, str) else []
    return Viewer(
        user_id,
        claims["exp"] + LEEWAY_SECONDS,
        operator=OPERATOR_SCOPE in scopes,
        developer=DEVELOPER_SCOPE in scopes,
    )
