"""Cursors: signed, and good only for the list and the person that they were given for."""

from __future__ import annotations

import base64
import binascii
import secrets
from hashlib import blake2b
from hmac import compare_digest

from gql.request.failures import Refusal, invalid

LONGEST_CURSOR = 4_000
SIGNATURE_BYTES = 16


class Cursors:
    """Makes cursors and reads them, with a key that never leaves the server."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = blake2b(key or secrets.token_bytes(32), person=b"cursors").digest()

    def cursor(self, raw: bytes, kind: str, user_id: str | None) -> str:
        """Return a cursor of a kind of list, for a person, or for nobody in particular."""
        return text_of(self._signature(raw, kind, user_id) + raw)

    def read(self, cursor: str, kind: str, user_id: str | None) -> bytes:
        """Return what a cursor holds; refuse one that was not given to this person, or changed."""
        decoded = _decoded(cursor)
        signature, raw = decoded[:SIGNATURE_BYTES], decoded[SIGNATURE_BYTES:]
        if not compare_digest(signature, self._signature(raw, kind, user_id)):
            raise no_cursor()
        return raw

    def _signature(self, raw: bytes, kind: str, user_id: str | None) -> bytes:
        signature = blake2b(key=self._key, digest_size=SIGNATURE_BYTES)
        who = b"" if user_id is None else b"=" + user_id.encode()
        for part in (kind.encode(), who, raw):
            signature.update(len(part).to_bytes(8, "big") + part)
        return signature.digest()


def text_of(raw: bytes) -> str:
    """Return bytes as a text that may stand in an address."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def no_cursor() -> Refusal:
    """Return the refusal of what is not a cursor, of another list, or for somebody else."""
    return invalid(
        "after",
        "This is not a cursor of this list for you.",
        "Use the endCursor of a page you were given, or start again without after.",
    )


def _decoded(cursor: str) -> bytes:
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise no_cursor()
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
    except binascii.Error as error:
        raise no_cursor() from error
