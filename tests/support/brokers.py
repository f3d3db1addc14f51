"""Topics of a test's own on the broker that all tests share."""

from __future__ import annotations

import itertools
from typing import Any

from connectors.kafka.address import KafkaAddress
from tests.servers.kafka import KafkaServer

_numbers = itertools.count(1)


def own_topic(server: KafkaServer, **settings: Any) -> KafkaAddress:
    """Return an address with a topic and a group that no other test uses; neither is there yet."""
    name = f"events-{next(_numbers)}"
    return KafkaAddress(server.bootstrap, topic=name, group=f"{name}-consumers", **settings)
