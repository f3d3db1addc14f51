"""An event as a message of Kafka: keyed by the hash of its person, as it was sent."""

from __future__ import annotations

from confluent_kafka import Message

from events.log import NewRecord, Record

NOBODY = b""


def key_of(record: NewRecord) -> bytes:
    """Return the key: the hash of a person in hexadecimal digits, that a terminal can show."""
    return record.person_hash.hex().encode()


def decoded(message: Message) -> Record:
    """Return the record in a message; one that others wrote may be of nobody, and say anything."""
    _, received = message.timestamp()
    return Record(
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        received=received,
        person_hash=_person_hash(message.key()),
        body=message.value() or b"",
    )


def _person_hash(key: bytes | None) -> bytes:
    try:
        return bytes.fromhex((key or NOBODY).decode())
    except ValueError:
        return NOBODY
