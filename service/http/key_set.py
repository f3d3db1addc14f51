"""A provider's key set: the keys whose signatures we accept, each with its own algorithms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import jwt
import orjson

MOST_KEYS = 100
RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256")
ALGORITHMS = (*RSA_ALGORITHMS, "ES256", "ES384", "EdDSA")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the algorithms its signatures may have."""

    public: Any
    algorithms: tuple[str, ...]


class NotAKeySet(ValueError):
    """The text is not a key set, or has no usable key."""


def read_key_set(body: bytes) -> Mapping[str | None, Key]:
    """Return the keys by their ids; raise NotAKeySet. A key that cannot be used is left out."""
    try:
        said: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAKeySet(f"it is not JSON: {error}") from error
    listed = cast(dict[str, object], said).get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise NotAKeySet("it has no list of keys")
    keys = dict(filter(None, map(_entry, cast(list[object], listed)[:MOST_KEYS])))
    if not keys:
        raise NotAKeySet("it has no key that can be used")
    return keys


def _entry(said: object) -> tuple[str | None, Key] | None:
    if not isinstance(said, dict):
        return None
    data = cast(dict[str, Any], said)
    key_id = data.get("kid")
    if data.get("use") not in ("sig", None) or not isinstance(key_id, str | None):
        return None
    try:
        key = jwt.PyJWK(data)
    except Exception:  # a stranger may put anything into the fields of a key
        return None
    algorithms = _algorithms(key, stated=data.get("alg") is not None)
    return (key_id, Key(key.key, algorithms)) if algorithms else None


def _algorithms(key: jwt.PyJWK, *, stated: bool) -> tuple[str, ...]:
    """Return the one that the key states, else those of its type."""
    if not stated and key.key_type == "RSA":
        return RSA_ALGORITHMS
    return (key.algorithm_name,) if key.algorithm_name in ALGORITHMS else ()
