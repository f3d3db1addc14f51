"""Keys of tink, and what they encrypt: the one module that knows the library.

AES-256-GCM with a random nonce, by tink's own template; a ciphertext begins with the id of its key.
"""

# tink has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, cached_property
from types import ModuleType
from typing import Any, Protocol, TypeVar, cast

Result = TypeVar("Result")


class DoesNotOpen(Exception):
    """It was not encrypted with this key for this purpose, or somebody has changed it."""


class Aead(Protocol):
    """Authenticated encryption; what is associated is not kept, and must be the same to decrypt.

    It is tink's own interface, which its clients of key management services have too.
    """

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Return the plaintext encrypted."""
        ...

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Return the plaintext."""
        ...


class Key:
    """A key, or several of which one encrypts: tink calls it a keyset."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    @cached_property
    def aead(self) -> Aead:
        """What the key does: made when it is first used, since that costs more than the key."""
        return cast(Aead, self._handle.primitive(_tink().aead.Aead))

    @classmethod
    def made(cls) -> Key:
        """Return a new key."""
        tink = _tink()
        return cls(tink.new_keyset_handle(tink.aead.aead_key_templates.AES256_GCM))

    @classmethod
    def read(cls, text: str) -> Key:
        """Read what `written` returned. Raises DoesNotOpen."""
        tink = _tink()
        parse = tink.json_proto_keyset_format.parse
        return cls(_opened(lambda: parse(text, tink.secret_key_access.TOKEN)))

    def written(self) -> str:
        """Return the key as tink's JSON, in the clear: keep it safe."""
        tink = _tink()
        return tink.json_proto_keyset_format.serialize(self._handle, tink.secret_key_access.TOKEN)

    @property
    def id(self) -> str:
        """The id of the key that encrypts."""
        return str(json.loads(self.written())["primaryKeyId"])

    def wrapped(self, master: Aead, associated: bytes) -> bytes:
        """Return the key encrypted with a master key."""
        serialize = _tink().proto_keyset_format.serialize_encrypted
        return serialize(self._handle, master, associated)

    @classmethod
    def unwrapped(cls, wrapped: bytes, master: Aead, associated: bytes) -> Key:
        """Return a key that was wrapped. Raises DoesNotOpen."""
        parse = _tink().proto_keyset_format.parse_encrypted
        return cls(_opened(lambda: parse(wrapped, master, associated)))


def decrypted(aead: Aead, ciphertext: bytes, associated: bytes) -> bytes:
    """Return what was encrypted. Raises DoesNotOpen."""
    return _opened(lambda: aead.decrypt(ciphertext, associated))


def _opened(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except (_tink().TinkError, ValueError) as error:
        raise DoesNotOpen from error


@cache
def _tink() -> ModuleType:
    """Return the library: loaded when the first key is, since most commands need none."""
    import tink
    import tink.secret_key_access  # pyright: ignore[reportUnusedImport]
    from tink import aead

    aead.register()
    return tink
