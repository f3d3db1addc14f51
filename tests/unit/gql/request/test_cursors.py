"""Cursors are read by those whom they were given to, and by nobody who changed them."""

import base64

import pytest

from gql.request.cursors import Cursors
from gql.request.failures import Refusal

RAW = b"a place in a list"


def test_a_cursor_is_read_by_its_person_for_its_list_with_its_key() -> None:
    cursors = Cursors(b"key")
    for user in ("ann", "", None):
        given = cursors.cursor(RAW, "list", user)
        assert Cursors(b"key").read(given, "list", user) == RAW
        for other in {"ann", "", None, "ben"} - {user}:
            with pytest.raises(Refusal):
                cursors.read(given, "list", other)
        with pytest.raises(Refusal):
            cursors.read(given, "by name", user)
        for key in (b"other", None):
            with pytest.raises(Refusal):
                Cursors(key).read(given, "list", user)


def test_a_cursor_with_any_bit_changed_is_refused() -> None:
    cursors = Cursors(b"key")
    raw = base64.urlsafe_b64decode(cursors.cursor(RAW, "list", "ann") + "==")
    for place in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(Refusal):
            cursors.read(base64.urlsafe_b64encode(changed).decode(), "list", "ann")
    for none in ("", "A", "é", "A" * 5_000, "!!!!", "A" * 32):
        with pytest.raises(Refusal):
            cursors.read(none, "list", "ann")
