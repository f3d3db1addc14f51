"""Opening the keys of an installation, and looking whether they belong together."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import MasterKeyInvalid
from graph.sealing.key_store import KeyStore
from graph.sealing.master_keys import MasterKeys
from graph.sealing.person_keys import PersonKeys
from graph.sealing.sealing import TENANT, Sealing


@contextmanager
def open_sealing(path: Path, masters: MasterKeys, tenant: str = TENANT) -> Generator[Sealing]:
    """Yield what seals and opens, with the keys of people in a file.

    Raises KeyStoreFailed, and MasterKeyInvalid if the master keys are not those of the store.
    """
    store = KeyStore(path)
    try:
        check(store, masters)
        yield Sealing(PersonKeys(store, masters, tenant), tenant)
    finally:
        store.close()


def check(store: KeyStore, masters: MasterKeys) -> None:
    """Raise MasterKeyInvalid unless every key of the store has its master key here."""
    for master, keys in store.masters().items():
        try:
            masters.aead(master)
        except MasterKeyInvalid as error:
            raise MasterKeyInvalid(
                f"{keys} keys of people in {store.path} need a master key that is not here. "
                f"{error.message}",
                error.advice,
            ) from error
    masters.aead(masters.current)
