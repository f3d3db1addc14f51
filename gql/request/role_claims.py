"""What claims of an identity provider's tokens mean here: its roles and scopes in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

LONGEST_PATH = 8


@dataclass(frozen=True, slots=True)
class RoleClaim:
    """A claim that gives a scope of ours to every token that has a value in it."""

    claim: str
    value: str
    scope: str


def scopes_by_claims(mapped: Sequence[RoleClaim], claims: Mapping[str, Any]) -> set[str]:
    """Return the scopes that a verified token's claims stand for."""
    return {each.scope for each in mapped if each.value in set(_texts(_found(claims, each.claim)))}


def _found(claims: Mapping[str, Any], name: str) -> object:
    """Return a claim by its whole name, or else by the names on the way to it."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split(".", LONGEST_PATH):
        if not isinstance(found, dict):
            return None
        found = cast(dict[str, object], found).get(part)
    return found


def _texts(said: object) -> Iterator[str]:
    """Yield the values of a claim: a list's, or the words of a text, as in `scope`."""
    if isinstance(said, str):
        yield from said.split()
    elif isinstance(said, list):
        yield from (one for one in cast(list[object], said) if isinstance(one, str))
