"""Dead letters in a topic beside that of the events, so that all who consume share them.

The topic is compacted: of each event that could not be written its newest message stays, and
nothing once that has no value. Keys name the event's place in its log; the event is in the value.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson

from connectors.kafka.address import KafkaAddress
from connectors.kafka.keyed import Keyed, KeyedReader
from connectors.kafka.publisher import Outgoing, Publisher
from connectors.kafka.topic import TopicMissing, find_or_make, find_topic, letters_settings
from events.dead_letters import DeadLetter
from events.log import Log, Record, hash_of, readable
from graph.clock import Clock, milliseconds, utc_now

SUFFIX = ".dead-letters"
MARK = b"mark"
"""The key of a message that says nothing: with it the segment of what was removed is closed."""
CLOSED_AFTER = 2 * 3600 * 1000

T = TypeVar("T")


@dataclass(frozen=True)
class _Found:
    """A message about an event: where that was, and the letter, None if it was dropped."""

    key: bytes
    log: str
    person: bytes
    received: int
    place: tuple[int, int]
    letter: DeadLetter | None


class KafkaDeadLetters:
    """Dead letters of a log in a topic; nothing is connected before it is needed."""

    def __init__(
        self, address: KafkaAddress, of: Log, clock: Clock = utc_now, *, make_topic: bool = True
    ) -> None:
        """Keep the letters of a log; `address` names the topic of the events."""
        self._make_topic = make_topic
        self._address = replace(address, topic=f"{address.topic}{SUFFIX}")
        self._of = of
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "kafka-dead-letters")
        self._lock = asyncio.Lock()
        self._reader: KeyedReader | None = None
        self._publisher: Publisher | None = None
        self._known = set[bytes]()
        self._next = 0

    @property
    def topic(self) -> str:
        """The name of the topic."""
        return self._address.topic

    def of(self, log: Log) -> KafkaDeadLetters:
        """Return the letters of another log in the same topic."""
        topic = self._address.topic.removesuffix(SUFFIX)
        return KafkaDeadLetters(replace(self._address, topic=topic), log, self._clock)

    async def put(self, letters: Sequence[tuple[Record, str]]) -> int:
        """Keep events with their reasons, durably, and return how many were not there already.

        Raises LogUnavailable.
        """
        if not letters:
            return 0
        async with self._lock:
            await self._in_thread(self._catch_up)
            at = milliseconds(self._clock())
            new = {self._key(record): (record, reason) for record, reason in letters}
            new = {key: value for key, value in new.items() if key not in self._known}
            await self._write({key: self._value(*said, at) for key, said in new.items()})
            return len(new)

    async def waiting(self) -> list[DeadLetter]:
        """Return those that nobody has decided about, oldest first. Raises LogUnavailable."""
        letters = [found.letter for found in (await self._all()).values()]
        return sorted((letter for letter in letters if letter), key=lambda letter: letter.id)

    async def positions(self) -> set[tuple[int, int]]:
        """Return partition and offset of all that were not written, dropped ones too."""
        found = await self._all()
        return {each.place for each in found.values() if each.log == self._of.name}

    async def remove(self, ids: Sequence[int]) -> None:
        """Remove those that were written after all."""
        await self._write(dict.fromkeys(await self._keys(ids)))

    async def drop(self, ids: Sequence[int]) -> None:
        """Forget what they say, for good; that they were dropped is kept, for a replay."""
        keys = await self._keys(ids)
        await self._write({key: orjson.dumps(_place_of(key)) for key in keys})

    async def erase(self, people: Mapping[str, int]) -> int:
        """Remove what came from people, by hash, up to a moment each (epoch ms); return how many.

        The brokers let go of it an hour or two later.
        """
        gone = [
            key
            for key, each in (await self._all()).items()
            if each.person and people.get(each.person.hex(), -1) >= each.received
        ]
        await self._write(dict.fromkeys(gone))
        return len(gone)

    async def of_people(self, people: Iterable[str]) -> dict[str, list[Any]]:
        """Return the events of some people as they were sent, oldest first."""
        letters = await self.waiting()
        found = {
            person: [
                readable(letter.record.body)
                for letter in letters
                if letter.record.person_hash == hash_of(person)
            ]
            for person in people
        }
        return {person: events for person, events in found.items() if events}

    async def settle(self) -> None:
        """Write a mark if what was removed may be in a segment that is still open.

        Brokers compact closed segments only, and close one when something is written to it.
        """
        others, marks = 0, 0
        for message in await self._in_thread(lambda: list(self._read(0))):
            if message.key == MARK:
                marks = max(marks, message.received)
            else:
                others = max(others, message.received)
        if others and marks < others + CLOSED_AFTER:
            await self._write({MARK: b"{}"})

    async def _keys(self, ids: Sequence[int]) -> list[bytes]:
        wanted = set(ids)
        found = await self._all()
        return [key for key, each in found.items() if each.letter and each.letter.id in wanted]

    async def _all(self) -> dict[bytes, _Found]:
        """Return what there is of each event."""
        found: dict[bytes, _Found] = {}
        for message in await self._in_thread(lambda: list(self._read(0))):
            if message.value is None:
                found.pop(message.key, None)
            elif message.key != MARK:
                found[message.key] = _found(message)
        return found

    async def _write(self, values: Mapping[bytes, bytes | None]) -> None:
        if not values:
            return
        if self._publisher is None:
            self._publisher = Publisher(self._address)
        now = milliseconds(self._clock())
        await self._publisher.publish(
            [Outgoing(0, key, value, now) for key, value in values.items()]
        )

    def _catch_up(self) -> None:
        for message in self._read(self._next):
            self._next = message.offset + 1
            if message.value is None:
                self._known.discard(message.key)
            else:
                self._known.add(message.key)

    def _read(self, offset: int) -> Iterable[Keyed]:
        if self._reader is None:
            try:
                find_topic(self._address)
            except TopicMissing:
                if not self._make_topic:
                    return ()
                find_or_make(self._address, letters_settings(), partitions=1)
            self._reader = KeyedReader(self._address)
        return self._reader.read(offset)

    def _key(self, record: Record) -> bytes:
        place = {"log": self._of.name, "partition": record.partition, "offset": record.offset}
        return orjson.dumps(place)

    def _value(self, record: Record, reason: str, at: int) -> bytes:
        said = {"received": record.received, "person": record.person_hash.hex()}
        body = base64.b64encode(record.body).decode()
        return orjson.dumps({**said, "reason": reason, "at": at, "body": body})

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Wait for what is on its way, and end the connections."""
        self._thread.shutdown()
        if self._publisher:
            self._publisher.close()
        if self._reader:
            self._reader.close()


def _place_of(key: bytes) -> dict[str, Any]:
    return orjson.loads(key)


def _found(message: Keyed) -> _Found:
    place, said = _place_of(message.key), orjson.loads(message.value or b"{}")
    at = place["partition"], place["offset"]
    if "body" not in said:  # dropped: its key is all that is left
        return _Found(message.key, place["log"], b"", 0, at, None)
    person, body = bytes.fromhex(said["person"]), base64.b64decode(said["body"])
    record = Record(*at, said["received"], person, body)
    letter = DeadLetter(message.offset, record, said["reason"], said["at"])
    return _Found(message.key, place["log"], person, said["received"], at, letter)
