"""Rotation of the master key, while everybody works: the keys of people are wrapped anew.

What was sealed stays as it is. Each step can be done again, so whoever is interrupted begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.errors import MasterKeyInvalid
from graph.sealing.aeads import DoesNotOpen, Key
from graph.sealing.key_store import AT_ONCE, KeyStore, Wrapped
from graph.sealing.master_keys import KeysOfFile
from graph.sealing.person_keys import associated_with_key
from graph.sealing.sealing import TENANT


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the master key from now on, and how many keys it wrapped anew."""

    master: str
    rewrapped: int


def rotate(
    store: KeyStore,
    masters: KeysOfFile,
    tenant: str = TENANT,
    progress: Callable[[int], None] = lambda _: None,
) -> Rotated:
    """Replace the master key by a new one, or finish an earlier try.

    The new key is in the file before anything is wrapped with it; then nothing is wrapped with the
    old one any more, in any process; and it leaves the file only once it wraps nothing. Raises
    MasterKeyInvalid or KeyStoreFailed.
    """
    current = masters.add() if len(masters.ids) == 1 else masters.current
    store.retire(masters.ids - {current})
    rewrapped = 0
    while some := store.wrapped_otherwise(current, AT_ONCE):
        store.rewrap(
            [(mark, was, _rewrapped(masters, mark, was, current, tenant)) for mark, was in some]
        )
        rewrapped += len(some)
        progress(rewrapped)
    masters.keep_current()
    return Rotated(current, rewrapped)


def _rewrapped(masters: KeysOfFile, mark: str, was: Wrapped, current: str, tenant: str) -> Wrapped:
    associated = associated_with_key(tenant, mark)
    try:
        key = Key.unwrapped(was.key, masters.aead(was.master), associated)
    except DoesNotOpen as error:
        raise MasterKeyInvalid(
            f"The master key {was.master} does not open a key of the store.",
            "Nothing is lost: put back the master key with which it was sealed, and run it again.",
        ) from error
    return Wrapped(key.wrapped(masters.aead(current), associated), current)
