"""Who is asking: a signed token, from a key of our own or from an identity provider's key set."""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jwt

from gql.request.policy import SCOPES, Role, roles_in
from gql.request.role_claims import RoleClaim, scopes_by_claims
from graph.clock import utc_now
from graph.errors import TastegraphError
from graph.people.profiles import MOST_USER_ID
from graph.secret_files import kept_secret
from service.http.kept_tokens import KeptTokens
from service.http.key_set import ALGORITHMS
from service.http.published_keys import PublishedKeys

LOCAL_ISSUER = "tastegraph"
TOKEN_SECONDS = 30 * 24 * 3600
LEEWAY_SECONDS = 10
KEY_BYTES = 32
DEVELOPER_SCOPE = "tastegraph:developer"
GUEST_SCOPE = "tastegraph:guest"
COLLECTOR_SCOPE = "tastegraph:events"
FOLLOWER_SCOPE = "tastegraph:changes"
MOST_TOKEN_CHARACTERS = 16_000
FARTHEST = 253_402_300_799.0
"""The last second of the year 9999: no clock can wait for a time beyond it."""


ALONE = frozenset({Role.PERSON})
"""Asking about themselves alone."""


class KeyUnusable(TastegraphError):
    """This installation's own key is damaged."""


class TokenRefused(TastegraphError):
    """The token is not one that this service accepts."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The person asking, and until when their token is valid, in seconds since 1970.

    Their token's `scope` says more: in which `roles` they ask (`gql.request.policy`); with
    `tastegraph:developer` they may send costly queries, and any besides trusted documents;
    `tastegraph:guest` is for people who have not signed in, who share one allowance per address;
    `tastegraph:events` is for tills and the like, which send what others did;
    `tastegraph:changes` is for what sends the changes of a shop's own database.
    """

    user_id: str
    until: float = math.inf
    roles: frozenset[Role] = ALONE
    developer: bool = False
    guest: bool = False
    collector: bool = False
    follower: bool = False

    @property
    def operator(self) -> bool:
        """Whether they run this service."""
        return Role.OPERATOR in self.roles


class Verifier(Protocol):
    """Says who a token is for."""

    async def verify(self, token: str) -> Claims:
        """Check signature, issuer and expiry; raises TokenRefused, which says why."""
        ...

    async def close(self) -> None:
        """Leave nothing running."""
        ...


class LocalKey:
    """Tokens signed with a random key that this installation made for itself."""

    def __init__(self, path: Path) -> None:
        self._key = kept_secret(path, lambda: secrets.token_hex(KEY_BYTES))
        self._kept: KeptTokens[Claims] = KeptTokens()
        if len(self._key) < KEY_BYTES:
            raise KeyUnusable(
                f"The key in {path} is too short to sign with.",
                "Remove the file: the next start makes a new key, and old tokens stop working.",
            )

    def issue(
        self,
        user_id: str,
        seconds: int = TOKEN_SECONDS,
        *,
        operator: bool = False,
        roles: Collection[Role] = (),
        developer: bool = False,
        guest: bool = False,
        collector: bool = False,
        follower: bool = False,
    ) -> str:
        """Return a token for a person."""
        now = int(utc_now().timestamp())
        claims = {"sub": user_id, "iss": LOCAL_ISSUER, "iat": now, "exp": now + seconds}
        roles = {*roles, Role.OPERATOR} if operator else roles
        said = {
            **{scope: role in roles for role, scope in SCOPES.items()},
            DEVELOPER_SCOPE: developer,
            GUEST_SCOPE: guest,
            COLLECTOR_SCOPE: collector,
            FOLLOWER_SCOPE: follower,
        }
        if any(said.values()):
            claims["scope"] = " ".join(scope for scope, has in said.items() if has)
        return jwt.encode(claims, self._key, algorithm="HS256")

    async def verify(self, token: str) -> Claims:
        """Check signature, issuer and expiry; raises TokenRefused, which says why."""
        if kept := self._kept.get(token):
            return kept.said
        claims = _viewer(token, self._key, ["HS256"], issuer=LOCAL_ISSUER, audience=None)
        return self._kept.put(token, claims, self._key)

    async def close(self) -> None:
        """Do nothing: nothing is running."""


class KeySet:
    """Tokens of an identity provider, checked with the keys that it publishes."""

    def __init__(
        self, url: str, issuer: str, audience: str, mapped: Sequence[RoleClaim] = ()
    ) -> None:
        self._mapped = tuple(mapped)
        self._keys = PublishedKeys(url)
        self._issuer = issuer
        self._audience = audience
        self._kept: KeptTokens[Claims] = KeptTokens()

    async def verify(self, token: str) -> Claims:
        """Return the viewer, or raise TokenRefused saying why; KeysAway if there are no keys."""
        kept = self._kept.get(token)
        if kept and await self._keys.find(kept.key_id) is kept.key:
            return kept.said
        header = _header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise TokenRefused(f"The token is not signed with one of {', '.join(ALGORITHMS)}.")
        key_id = header.get("kid")
        key = await self._keys.find(key_id)
        if key is None:
            raise TokenRefused("The token is signed with a key that its issuer does not publish.")
        if algorithm not in key.algorithms:
            raise TokenRefused("The token's algorithm is not that of the key it names.")
        claims = _viewer(
            token,
            key.public,
            [algorithm],
            issuer=self._issuer or None,
            audience=self._audience,
            mapped=self._mapped,
        )
        return self._kept.put(token, claims, key, key_id)

    async def close(self) -> None:
        """Stop asking the provider."""
        await self._keys.close()


def bearer_token(header: str) -> str:
    """Return the token of an Authorization header; raise TokenRefused if it has none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("The Authorization header does not read 'Bearer TOKEN'.")
    return token.strip()


async def guest_of(verifier: Verifier, token: str) -> str | None:
    """Return the id of the guest whose token it is; None if it is refused or not a guest's.

    Raises KeysAway if the keys cannot be fetched now.
    """
    try:
        claims = await verifier.verify(token)
    except TokenRefused:
        return None
    return claims.user_id if claims.guest else None


def _header(token: str) -> dict[str, Any]:
    _check_length(token)
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable(error) from error


def _check_length(token: str) -> None:
    if len(token) > MOST_TOKEN_CHARACTERS:
        raise TokenRefused(f"The token has over {MOST_TOKEN_CHARACTERS} characters.")


def _unreadable(error: Exception) -> TokenRefused:
    # the reason may quote the token, and what a stranger wrote may not even be text
    reason = str(error).encode("ascii", "backslashreplace").decode()[:200]
    return TokenRefused(f"The token is not accepted: {reason}.", "Sign in again.")


def _viewer(
    token: str,
    key: Any,
    algorithms: list[str],
    *,
    issuer: str | None,
    audience: str | None,
    mapped: Sequence[RoleClaim] = (),
) -> Claims:
    _check_length(token)
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
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _unreadable(error) from error
    until = _end(claims["exp"])
    user_id = _user_id(claims["sub"])
    if claims.get("client_id") == user_id:
        # a machine that asks for itself (RFC 9068): never taken for a person of the same id
        user_id = f"client:{user_id}"
    scope = claims.get("scope")
    scopes = set(scope.split()) if isinstance(scope, str) else set[str]()
    scopes |= scopes_by_claims(mapped, claims)
    return Claims(
        user_id,
        until,
        roles_in(scopes),
        developer=DEVELOPER_SCOPE in scopes,
        guest=GUEST_SCOPE in scopes,
        collector=COLLECTOR_SCOPE in scopes,
        follower=FOLLOWER_SCOPE in scopes,
    )


def _end(said: object) -> float:
    """Return when a token ends: PyJWT accepts a text as a number, and a number of any size."""
    if isinstance(said, bool) or not isinstance(said, int | float) or math.isnan(said):
        raise TokenRefused("The token's exp is not a number of seconds.", "Sign in again.")
    return float(min(said, FARTHEST)) + LEEWAY_SECONDS


def _user_id(said: object) -> str:
    if not isinstance(said, str) or not 1 <= len(said) <= MOST_USER_ID or not _is_text(said):
        raise TokenRefused(
            f"The token's subject is not a user id of 1 to {MOST_USER_ID} characters."
        )
    return said


def _is_text(said: str) -> bool:
    """Return whether it can be stored: half of a surrogate pair cannot, nor can NUL in a graph."""
    return "\0" not in said and not any("\ud800" <= character <= "\udfff" for character in said)
