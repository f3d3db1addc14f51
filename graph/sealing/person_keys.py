"""The keys of people, unwrapped: from memory to open, from the store to seal."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping

from graph.errors import MasterKeyInvalid, ProfileSealed
from graph.lru_cache import LruCache
from graph.sealing.aeads import Aead, DoesNotOpen, Key
from graph.sealing.key_store import KeyStore, Wrapped, mark_of
from graph.sealing.master_keys import MasterKeys

MOST_IN_MEMORY = 20_000
TRIES = 5


class PersonKeys:
    """One key a person, made when something of theirs is first sealed."""

    def __init__(self, store: KeyStore, masters: MasterKeys, tenant: str) -> None:
        self.store, self.masters = store, masters
        self._tenant = tenant
        self._known: LruCache[str, tuple[bytes, Aead]] = LruCache(MOST_IN_MEMORY)

    def of(self, person: str, *, fresh: bool = False) -> Aead:
        """Return a person's key, from the store itself if `fresh`.

        Raises ProfileSealed if there is none, or the master key does not unwrap it.
        """
        known = None if fresh else self._known.get(person)
        if known:
            return known[1]
        try:
            return self._found(person)
        except MasterKeyInvalid:
            # it may have been wrapped anew, and the old master key removed, since it was read
            return self._found(person)

    def to_seal(self, people: Collection[str]) -> dict[str, Aead]:
        """Return the keys of people as they are in the store now; whoever has none gets one."""
        for _ in range(TRIES):
            found = self.store.find(people)
            missing = [person for person in people if person not in found]
            made = self._made(missing) if missing else {}
            if made and self.store.add({person: wrapped for person, (wrapped, _) in made.items()}):
                found |= self.store.find(missing)
                self._remember(made)
            if len(found) == len(people):
                return {person: self._unwrapped(person, found[person]) for person in people}
        raise ProfileSealed("the master key was replaced meanwhile, and no new key could be kept")

    def destroy(self, people: Iterable[str]) -> int:
        """Destroy the keys of people; return how many had one."""
        listed = list(people)
        self.forget(set(listed).__contains__)
        return self.store.destroy(listed)

    def forget(self, whose: Callable[[str], bool]) -> None:
        """Drop keys from memory."""
        self._known.drop(lambda person, _: whose(person))

    def _found(self, person: str) -> Aead:
        wrapped = self.store.find([person]).get(person)
        if wrapped is None:
            raise ProfileSealed("its key is not in the store of keys")
        return self._unwrapped(person, wrapped)

    def _made(self, people: Iterable[str]) -> dict[str, tuple[Wrapped, Key]]:
        master = self.masters.current
        wrapping = self.masters.aead(master)
        made: dict[str, tuple[Wrapped, Key]] = {}
        for person in people:
            key = Key.made()
            associated = associated_with_key(self._tenant, mark_of(person))
            made[person] = Wrapped(key.wrapped(wrapping, associated), master), key
        return made

    def _remember(self, made: Mapping[str, tuple[Wrapped, Key]]) -> None:
        """Keep new keys in memory, so that none is unwrapped again.

        Where another process was first, the store has another text, and that counts.
        """
        for person, (wrapped, key) in made.items():
            self._known.put(person, (wrapped.key, key.aead), 1)

    def _unwrapped(self, person: str, wrapped: Wrapped) -> Aead:
        known = self._known.get(person)
        if known and known[0] == wrapped.key:
            return known[1]
        associated = associated_with_key(self._tenant, mark_of(person))
        try:
            key = Key.unwrapped(wrapped.key, self.masters.aead(wrapped.master), associated)
        except DoesNotOpen as error:
            raise ProfileSealed("the master key does not open its key") from error
        self._known.put(person, (wrapped.key, key.aead), 1)
        return key.aead


def associated_with_key(tenant: str, mark: str) -> bytes:
    """Return what a wrapped key belongs to."""
    return json.dumps(["key", tenant, mark]).encode()
