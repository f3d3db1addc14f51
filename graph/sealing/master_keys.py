"""Master keys: what wraps the keys of people. A file, a secret of the environment, or a service.

The document of a file or a secret is `{"current": ID, "keys": {ID: keyset of tink}}`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from graph.errors import MasterKeyInvalid
from graph.sealing.aeads import Aead, DoesNotOpen, Key
from graph.secret_files import kept_secret, write_private


class MasterKeys(Protocol):
    """The keys that wrap others, each by its id; a client of a key management service can be one.

    Each call may ask again which there are.
    """

    @property
    def current(self) -> str:
        """The id of the key that wraps what is new."""
        ...

    def aead(self, key_id: str) -> Aead:
        """Return the key with this id. Raises MasterKeyInvalid if there is none."""
        ...


class KeysOfText:
    """Master keys in a text, such as a secret of the environment."""

    def __init__(self, text: str, where: str) -> None:
        """`where` says in errors where the text is from. Raises MasterKeyInvalid."""
        self.where = where
        self.current, self.keys = _read(text, where)

    def aead(self, key_id: str) -> Aead:
        """Return the key with this id. Raises MasterKeyInvalid if there is none."""
        if key_id not in self.keys:
            raise MasterKeyInvalid(
                f"The master key {key_id} is not in {self.where}.",
                "Put back the master key with which the profiles here were sealed.",
            )
        return self.keys[key_id].aead


class KeysOfFile:
    """Master keys in a file, read again when it has changed: another process may have rotated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: KeysOfText | None = None
        self._stamp: tuple[int, int, int] | None = None

    @classmethod
    def kept(cls, path: Path) -> KeysOfFile:
        """Return the keys of a file, which is made, for its owner alone, if there is none."""
        kept_secret(path, lambda: document(Key.made()))
        return cls(path)

    @property
    def current(self) -> str:
        """The id of the key that wraps what is new. Raises MasterKeyInvalid."""
        return self._newest().current

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys. Raises MasterKeyInvalid."""
        return frozenset(self._newest().keys)

    def aead(self, key_id: str) -> Aead:
        """Return the key with this id. Raises MasterKeyInvalid if there is none."""
        return self._newest().aead(key_id)

    def add(self) -> str:
        """Make a new key, current from now on; return its id."""
        key = Key.made()
        write_private(self.path, _written(key.id, {**self._newest().keys, key.id: key}))
        return key.id

    def keep_current(self) -> None:
        """Remove all keys but the current one."""
        newest = self._newest()
        current = {newest.current: newest.keys[newest.current]}
        write_private(self.path, _written(newest.current, current))

    def _newest(self) -> KeysOfText:
        try:
            found = os.stat(self.path)
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
            if self._read is None or stamp != self._stamp:
                text = self.path.read_text(encoding="utf-8")
                self._read, self._stamp = KeysOfText(text, f"the file {self.path}"), stamp
        except (OSError, UnicodeDecodeError) as error:
            raise MasterKeyInvalid(
                f"The file of the master key, {self.path}, cannot be read: {error}.",
                "Put it back: what people declared cannot be read without it.",
            ) from error
        return self._read


def document(key: Key) -> str:
    """Return the document of one key."""
    return _written(key.id, {key.id: key})


def _written(current: str, keys: Mapping[str, Key]) -> str:
    written = {id_: json.loads(key.written()) for id_, key in keys.items()}
    return f"{json.dumps({'current': current, 'keys': written}, indent=1)}\n"


def _read(text: str, where: str) -> tuple[str, dict[str, Key]]:
    try:
        document: dict[str, Any] = json.loads(text)
        keys = {id_: Key.read(json.dumps(keyset)) for id_, keyset in dict(document["keys"]).items()}
        current = str(document["current"])
    except (ValueError, KeyError, TypeError, DoesNotOpen) as error:
        raise MasterKeyInvalid(
            f"What is in {where} is not a master key.",
            "It must be as `tastegraph privacy master-key` writes it.",
        ) from error
    if current not in keys:
        raise MasterKeyInvalid(f"{where} names the key {current}, which is not in it.")
    return current, keys
