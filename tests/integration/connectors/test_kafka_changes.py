"""A shop's database followed through a topic of a real Kafka, however its reader ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from confluent_kafka import Producer

from connectors.kafka.changes import KafkaChanges
from events.log import LogUnavailable
from graph.capture.mapping import read_capture
from graph.connection import Graph
from graph.event_offsets import OffsetMoved
from service.background.change_rounds import ChangeNotTaken
from service.background.change_topic import ChangeTopic, ReadUpTo, read_up_to, skip
from service.doctor import change_checks
from service.doctor.change_checks import check_changes
from service.doctor.finding import State
from service.metrics import ServiceMetrics
from service.settings import Settings, read_settings
from tests.integration.graph.capture.support import ALMOND, DRINK, INGREDIENT, LINE, applier
from tests.integration.graph.importing.support import Importer
from tests.servers.kafka import KafkaServer
from tests.support.brokers import own_topic
from tests.support.emptying import ask
from tests.support.shop_database import MAPPING

RECORDED = Path(__file__).parents[2] / "unit" / "connectors" / "recorded" / "kafka_connect.jsonl"
END = orjson.dumps({"status": "END", "id": "1:99", "event_count": 4})
NAMES = "MATCH (d:Drink) RETURN d.name AS name, d.recipeComplete AS complete ORDER BY name"


class Topic:
    """A topic to write to, and what follows it."""

    def __init__(self, kafka: KafkaServer, graph: Graph, partitions: int = 1) -> None:
        address = own_topic(kafka)
        self.address = replace(address, topic=f"{address.topic}-changes")
        kafka.create_topic(self.address.topic, partitions)
        self._producer = Producer({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
        self.graph = graph
        self.metrics = ServiceMetrics()

    def send(self, *bodies: bytes | None, key: bytes | None = None) -> None:
        for body in bodies:
            self._producer.produce(self.address.topic, body, key, partition=0)
        self._producer.flush(30)

    def follower(self, source: KafkaChanges) -> ChangeTopic:
        mapping = read_capture(MAPPING, "shop.toml")
        return ChangeTopic(self.graph, mapping, source, applier(self.graph), self.metrics)

    def settings(self) -> Settings:
        named = {"kafka": self.address, "changes_topic": self.address.topic}
        return replace(read_settings({}), changes=Path("shop.toml"), **named)

    def gauge(self, name: str) -> float:
        return getattr(self.metrics, f"changes_{name}")._value.get()

    def counted(self, outcome: str) -> float:
        return self.metrics.changes_captured.labels(outcome)._value.get()


@pytest.fixture
async def topic(embedded_graph: Graph, kafka: KafkaServer, tmp_path: Path) -> AsyncIterator[Topic]:
    await Importer(embedded_graph, tmp_path).knowledge()
    yield Topic(kafka, embedded_graph)


def change(lsn: int, op: str, table: str, row: dict[str, Any]) -> bytes:
    source = {"connector": "postgresql", "name": "shop", "schema": "public", "table": table}
    before, after = (row, None) if op == "d" else (None, row)
    said = {"op": op, "source": source | {"lsn": lsn}, "before": before, "after": after}
    return orjson.dumps(said | {"transaction": {"id": f"1:{lsn}"}})


SOUR = (
    change(10, "c", "ingredients", INGREDIENT),
    change(11, "c", "ingredient_allergens", ALMOND),
    change(12, "c", "drinks", DRINK),
    change(13, "c", "recipe_lines", LINE),
    END,
)


async def test_it_goes_on_where_the_graph_says_and_what_comes_again_changes_nothing(
    topic: Topic,
) -> None:
    topic.send(*SOUR)
    with closing(KafkaChanges(topic.address)) as source:
        assert await topic.follower(source).round() == 5
        assert await ask(topic.graph, NAMES) == [{"name": "Sour", "complete": True}]
    topic.send(change(20, "u", "drinks", DRINK | {"name": "Sour 2"}), None, END)
    with closing(KafkaChanges(topic.address)) as source:
        following = topic.follower(source)
        assert await following.round() == 3
        assert (topic.counted("applied"), topic.counted("repeated")) == (5, 0)
        assert await read_up_to(topic.graph, source) == ReadUpTo(8, 8)
        # as after a crash between the effect and the offset
        await ask(topic.graph, "MATCH (o:EventOffset) SET o.next = 0 RETURN 1 AS one")
        assert await following.round() == 8
        assert (topic.counted("applied"), topic.counted("refused")) == (5, 1)
        assert await ask(topic.graph, NAMES) == [{"name": "Sour 2", "complete": True}]
        assert await following.round() == 0


async def test_a_message_that_is_no_change_stops_the_reading_until_it_is_skipped(
    topic: Topic,
) -> None:
    topic.send(*SOUR, b"not JSON", change(20, "d", "drinks", DRINK), END)
    with closing(KafkaChanges(topic.address)) as source:
        following = topic.follower(source)
        assert await following.round() == 5
        for _ in range(2):
            with pytest.raises(ChangeNotTaken, match="offset 5 is no change") as refused:
                await following.round()
        assert "tastegraph changes skip 5" in str(refused.value)
        assert topic.metrics.changes_stopped._value.get() == 1
        assert await ask(topic.graph, NAMES) == [{"name": "Sour", "complete": True}]
        with pytest.raises(OffsetMoved):
            await skip(topic.graph, source, 6)
        await following.measure()
        assert (topic.gauge("behind"), topic.gauge("available")) == (3, 1)
        assert topic.gauge("waiting") > 0
        await skip(topic.graph, source, 5)
        assert await following.round() == 2
        await following.measure()
        assert (topic.gauge("behind"), topic.gauge("waiting")) == (0, 0)
        assert topic.metrics.changes_stopped._value.get() == 0
        assert await ask(topic.graph, NAMES) == [{"name": "Sour", "complete": False}]


async def test_what_debezium_wrote_to_a_topic_by_kafka_connect_is_applied(topic: Topic) -> None:
    """Recorded from a PostgreSQL 15, by Debezium 3.6.1 in a Kafka Connect 4.3.1."""
    for line in RECORDED.read_bytes().splitlines():
        said = orjson.loads(line)
        key, value = (orjson.dumps(said[name]) if said[name] else None for name in said)
        topic.send(value, key=key)
    with closing(KafkaChanges(topic.address)) as source:
        following = topic.follower(source)
        while await following.round():
            pass
        assert await read_up_to(topic.graph, source) == ReadUpTo(18, 18)
    assert topic.counted("troubled") == 0
    found = await ask(
        topic.graph,
        "MATCH (part:Ingredient {id: 'shop-i1'})-[said:HAS_ALLERGEN]->(allergen:Allergen) "
        "RETURN allergen.id AS allergen, said.observedAt AS seen",
    )
    assert found == [{"allergen": "almond", "seen": "2026-11-30"}]
    gone = "MATCH (row:SourceRow {deleted: true}) RETURN count(row) AS gone"
    assert await ask(topic.graph, gone) == [{"gone": 2}]


async def test_a_topic_of_two_partitions_is_refused(
    kafka: KafkaServer, embedded_graph: Graph
) -> None:
    two = Topic(kafka, embedded_graph, partitions=2)
    with closing(KafkaChanges(two.address)) as source:
        assert not await source.is_assigned()
        with pytest.raises(LogUnavailable, match="has 2 partitions"):
            await source.ready()
        following = two.follower(source)
        assert two.gauge("available") == 1
        await following.measure()
        assert two.gauge("available") == 0
    [finding] = await check_changes(embedded_graph, two.settings())
    assert finding.state is State.PROBLEM and "has 2 partitions" in finding.message


async def test_the_doctor_sees_what_waits_and_that_there_is_no_topic(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.send(*SOUR)
    [finding] = await check_changes(topic.graph, topic.settings())
    assert finding.state is State.OK and "5 messages" in finding.message
    monkeypatch.setattr(change_checks, "STALLED_SECONDS", 0.0)
    [finding] = await check_changes(topic.graph, topic.settings())
    assert finding.state is State.PROBLEM and "offset 0" in finding.advice
    [finding] = await check_changes(topic.graph, replace(topic.settings(), changes=None))
    assert finding.state is State.WARNING and "TASTEGRAPH_CHANGES" in finding.advice
    [finding] = await check_changes(
        topic.graph, replace(topic.settings(), changes_topic="no-such-topic")
    )
    assert finding.state is State.PROBLEM and "no topic no-such-topic" in finding.message
