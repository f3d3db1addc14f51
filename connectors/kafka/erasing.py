"""What an erasure does to each topic of ours, and what it cannot do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum

import orjson

from connectors.kafka.address import KafkaAddress
from connectors.kafka.dead_letters import KafkaDeadLetters
from connectors.kafka.keyed import Keyed, KeyedReader
from connectors.kafka.publisher import Outgoing, Publisher
from connectors.kafka.topic import TopicMissing, find_topic, kept_for
from events.log import hash_of
from graph.clock import Clock, milliseconds, rfc3339, utc_now


class Done(StrEnum):
    """What was done to a topic."""

    REMOVED = "removed"
    """What was there of the person has no value any more; brokers let go of it in hours."""
    EXPIRES = "expires"
    """Kafka removes no single message: nobody of ours reads it, and it goes with the retention."""
    NOBODY = "names nobody"
    """No message there says whom it is about."""
    STAYS = "stays"
    """The topic keeps its messages for good, or deletes none: somebody set it so."""


@dataclass(frozen=True)
class TopicErasure:
    """What became of a person in a topic: how many messages were removed, when the last is gone."""

    topic: str
    done: Done
    removed: int = 0
    gone_by: str | None = None


class KafkaErasure:
    """Erases people from the topics of this Kafka; a topic that is not there is left out.

    `address` names the topic of the events, `sessions` that of the results about people, `outgoing`
    that of what others are told, `with_people` if it says whom of.
    """

    def __init__(
        self,
        address: KafkaAddress,
        letters: KafkaDeadLetters,
        *,
        sessions: str,
        outgoing: str | None = None,
        with_people: bool = False,
        clock: Clock = utc_now,
    ) -> None:
        self._address = address
        self._letters = letters
        self._sessions = replace(address, topic=sessions)
        self._outgoing = replace(address, topic=outgoing) if outgoing else None
        self._with_people = with_people
        self._clock = clock

    async def erase(self, people: Mapping[str, int]) -> None:
        """Remove all that can be removed of people, by hash, up to a moment each (epoch ms).

        Raises LogUnavailable.
        """
        if people:
            await self._letters.erase(people)
            await self._erase_sessions(people)

    async def told(self, people: Mapping[str, int]) -> list[TopicErasure]:
        """Erase people, and return what that did to each topic. Raises LogUnavailable."""
        until = max(people.values())
        letters = TopicErasure(self._letters.topic, Done.REMOVED, await self._letters.erase(people))
        found = [await self._expiring(self._address, until), letters]
        sessions = await self._erase_sessions(people)
        if sessions is not None:
            found.append(TopicErasure(self._sessions.topic, Done.REMOVED, sessions))
        if self._outgoing and self._with_people:
            found.append(await self._expiring(self._outgoing, until))
        elif self._outgoing:
            found.append(TopicErasure(self._outgoing.topic, Done.NOBODY))
        return [each for each in found if each]

    async def settle(self) -> None:
        """Let brokers compact what was removed. Raises LogUnavailable."""
        await self._letters.settle()

    async def _expiring(self, address: KafkaAddress, until: int) -> TopicErasure | None:
        try:
            kept = await asyncio.to_thread(kept_for, address)
        except TopicMissing:
            return None
        if kept is None:
            return TopicErasure(address.topic, Done.STAYS)
        return TopicErasure(address.topic, Done.EXPIRES, gone_by=rfc3339(until + kept))

    async def _erase_sessions(self, people: Mapping[str, int]) -> int | None:
        """Remove results about people who were there before; None if there is no such topic."""
        keys = await asyncio.to_thread(_session_keys, self._sessions, people)
        if not keys:
            return None if keys is None else 0
        publisher = Publisher(self._sessions)
        try:
            now = milliseconds(self._clock())
            await publisher.publish([Outgoing(0, key, None, now) for key in keys])
        finally:
            await asyncio.to_thread(publisher.close)
        return len(keys)


def _session_keys(address: KafkaAddress, people: Mapping[str, int]) -> list[bytes] | None:
    """Return the keys of results that have something from before an erasure."""
    try:
        find_topic(address)
    except TopicMissing:
        return None
    newest: dict[bytes, Keyed] = {}
    with closing(KeyedReader(address)) as reader:
        for message in reader.read():
            newest[message.key] = message
    return [key for key, message in newest.items() if _is_of(people, message)]


def _is_of(people: Mapping[str, int], message: Keyed) -> bool:
    if message.value is None:
        return False
    try:
        person = orjson.loads(message.key)["user_id"]
        began = orjson.loads(message.value)["began"]
    except (ValueError, KeyError, TypeError):
        return False  # not ours, and no result
    return people.get(hash_of(person).hex(), -1) >= began
