"""The topic of the events: found, or made where there is none."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (
    AdminClient,
    ConfigResource,  # pyright: ignore[reportPrivateImportUsage]
)
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.address import KafkaAddress
from connectors.kafka.failures import unavailable

PARTITIONS = 4
FIND_SECONDS = 5.0
MAKE_SECONDS = 15.0
# What is deleted leaves with its whole segment, a day later at most: within the 30 days for which
# the graph remembers erasures, so that no replay brings back what somebody had erased.
SEGMENT_DAYS = 1
MOST_DAYS = 30
HOUR = 3600 * 1000
DAY = 24 * HOUR


@dataclass(frozen=True)
class Topic:
    """A topic; one made again under the same name has another `id`."""

    cluster: str
    id: str
    partitions: int


class TopicMissing(Exception):
    """There is no such topic."""


def find_topic(address: KafkaAddress) -> Topic:
    """Return the topic; waits. Raises TopicMissing or LogUnavailable."""
    topics = TopicCollection([address.topic])
    try:
        client: Any = AdminClient(address.client())
        cluster = client.describe_cluster(request_timeout=FIND_SECONDS).result(FIND_SECONDS + 1)
        described = client.describe_topics(topics, request_timeout=FIND_SECONDS)
        found = described[address.topic].result(FIND_SECONDS + 1)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise TopicMissing from None
        raise unavailable(error) from error
    except TimeoutError:
        raise unavailable("no broker answers") from None
    return Topic(str(cluster.cluster_id), str(found.topic_id), len(found.partitions))


def find_or_make_topic(address: KafkaAddress, keep_days: float, partitions: int) -> Topic:
    """Return the topic, made if there is none; waits. Raises LogUnavailable."""
    return find_or_make(address, topic_settings(keep_days), partitions)


def find_or_make(address: KafkaAddress, settings: Mapping[str, str], partitions: int) -> Topic:
    """Return the topic, made with these settings if there is none. Raises LogUnavailable."""
    try:
        return find_topic(address)
    except TopicMissing:
        make_topic(address, settings, partitions)
    deadline = time.monotonic() + FIND_SECONDS
    while True:  # not every broker has heard of it at once
        try:
            return find_topic(address)
        except TopicMissing:
            if time.monotonic() > deadline:
                raise unavailable(f"the topic {address.topic} is being made") from None
            time.sleep(0.1)


def topic_settings(keep_days: float) -> dict[str, str]:
    """Return the settings of a topic that keeps events for so many days, 29 at most."""
    days = min(keep_days or MOST_DAYS, MOST_DAYS - SEGMENT_DAYS)
    return {
        "retention.ms": str(int(days * DAY)),
        "retention.bytes": "-1",
        "segment.ms": str(SEGMENT_DAYS * DAY),
        "cleanup.policy": "delete",
        "message.timestamp.type": "CreateTime",  # the moment of receipt, as the sender says it
        "unclean.leader.election.enable": "false",
    }


def results_settings(keep_ms: int) -> dict[str, str]:
    """Return the settings of a topic of results: the newest of each key, for so long."""
    return {
        "cleanup.policy": "compact,delete",
        "retention.ms": str(keep_ms),
        "segment.ms": str(SEGMENT_DAYS * DAY),
    }


def letters_settings() -> dict[str, str]:
    """Return the settings of a topic that keeps each key until it is removed, then soon forgets it.

    Brokers forget what has been removed for an hour, once its segment is closed.
    """
    return {
        "cleanup.policy": "compact",
        "segment.ms": str(HOUR),
        "max.compaction.lag.ms": str(HOUR),
        "min.cleanable.dirty.ratio": "0.01",
    }


def kept_for(address: KafkaAddress) -> int | None:
    """Return for how long (ms) a topic keeps a message at most, None if for good; waits.

    Raises TopicMissing or LogUnavailable.
    """
    find_topic(address)
    client: Any = AdminClient(address.client())
    asked = ConfigResource(ConfigResource.Type.TOPIC, address.topic)
    try:
        found = client.describe_configs([asked], request_timeout=FIND_SECONDS)
        said = found[asked].result(FIND_SECONDS + 1)
    except KafkaException as error:
        raise unavailable(error) from error
    except TimeoutError:
        raise unavailable("no broker answers") from None
    kept, closed = (int(said[name].value) for name in ("retention.ms", "segment.ms"))
    return None if kept < 0 or "delete" not in said["cleanup.policy"].value else kept + closed


def make_topic(address: KafkaAddress, settings: Mapping[str, str], partitions: int) -> None:
    """Make the topic if there is none; waits. Raises LogUnavailable."""
    client: Any = AdminClient(address.client())
    # without a replication factor: the cluster's own
    wanted = NewTopic(address.topic, num_partitions=partitions, config=dict(settings))
    try:
        client.create_topics([wanted])[address.topic].result(MAKE_SECONDS)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise unavailable(error) from error
    except TimeoutError:
        raise unavailable("no broker answers") from None
