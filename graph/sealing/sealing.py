"""Sealing the fields of a person's profile, and opening them."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import ProfileSealed
from graph.sealing.aeads import Aead, DoesNotOpen, decrypted
from graph.sealing.person_keys import PersonKeys

FIELDS = ("allergies", "avoids", "diets", "limits", "unresolved", "declared")
"""What is sealed of a profile, each for itself, in the order in which the graph has them."""
TENANT = "default"
FORM = 1
MARK = "sealed"
"""What the graph says of a sealed person's declarations in the clear: not understood. So whoever
reads them there and does not open them, an older version too, offers the person nothing."""
NO_KEYS = "this process has no keys"
"""Why nothing that is sealed can be opened where sealing is off."""
PADDING = 128
"""Plaintexts are as long as a multiple of this: how much somebody declares is not to be seen."""
_TEXT = "sealed:"

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PersonSeal:
    """Seals what is about one person."""

    key: Aead
    tenant: str
    person: str

    def fields(self, values: Values) -> list[str]:
        """Return the fields of a profile, sealed, of their values by field."""
        about = _about(self.tenant, self.person)
        return [self._sealed(about, field, orjson.dumps(values[field])) for field in FIELDS]

    def text(self, field: str, text: str) -> str:
        """Return another text about the person, sealed."""
        return _TEXT + self._sealed(_about(self.tenant, self.person), field, text.encode())

    def _sealed(self, about: bytes, field: str, plain: bytes) -> str:
        plain += b" " * (-len(plain) % PADDING)
        return b64encode(self.key.encrypt(plain, _associated(about, field))).decode()


class Sealing:
    """Seals and opens for one installation. Nothing is opened in part: all fields, or an error."""

    def __init__(self, keys: PersonKeys, tenant: str = TENANT) -> None:
        self.keys = keys
        self._tenant = tenant

    def seals(self, people: Collection[str]) -> dict[str, PersonSeal]:
        """Return what seals for each of these people; whoever has no key gets one.

        Raises ProfileSealed, MasterKeyInvalid or KeyStoreFailed.
        """
        keys = self.keys.to_seal(people)
        return {person: PersonSeal(key, self._tenant, person) for person, key in keys.items()}

    def open(self, person: str, sealed: Sequence[str]) -> dict[str, Any]:
        """Return the values by field.

        Raises ProfileSealed if any is missing, somebody else's, another's place or changed, or has
        no key; MasterKeyInvalid or KeyStoreFailed.
        """
        if len(sealed) != len(FIELDS):
            raise ProfileSealed("it has not as many fields as were sealed")
        texts = self._opened(person, list(zip(FIELDS, sealed, strict=True)))
        return {field: orjson.loads(text) for field, text in zip(FIELDS, texts, strict=True)}

    def open_text(self, person: str, field: str, text: str) -> str:
        """Return a text about a person, opened if it is sealed. Raises what `open` does."""
        if not is_sealed(text):
            return text
        return self._opened(person, [(field, text.removeprefix(_TEXT))])[0].rstrip()

    def destroy(self, people: Iterable[str]) -> int:
        """Destroy what opens all that was ever sealed of these people; return how many had keys.

        Raises KeyStoreFailed.
        """
        return self.keys.destroy(people)

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop the keys of erased people from memory."""
        self.keys.forget(erased)

    def _opened(self, person: str, sealed: Sequence[tuple[str, str]]) -> list[str]:
        try:
            return self._decrypted(self.keys.of(person), person, sealed)
        except DoesNotOpen:
            # another process may have erased the person and made them a new key
            try:
                return self._decrypted(self.keys.of(person, fresh=True), person, sealed)
            except DoesNotOpen as error:
                raise ProfileSealed("it was changed, or is not this person's") from error

    def _decrypted(self, key: Aead, person: str, sealed: Sequence[tuple[str, str]]) -> list[str]:
        about = _about(self._tenant, person)
        return [
            decrypted(key, _bytes(text), _associated(about, field)).decode()
            for field, text in sealed
        ]


def is_sealed(text: str) -> bool:
    """Return whether a text about a person is sealed."""
    return text.startswith(_TEXT)


def _about(tenant: str, person: str) -> bytes:
    """Return the beginning of what is associated with everything of one person."""
    return json.dumps([FORM, tenant, person])[:-1].encode()


def _associated(about: bytes, field: str) -> bytes:
    return b'%s, "%s"]' % (about, field.encode())


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise DoesNotOpen from error
