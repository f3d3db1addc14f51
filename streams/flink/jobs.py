"""The features as jobs of Flink: the statements that start each, and how to send them.

A job writes to a topic of its own, by key: what is written twice after a crash says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from streams.features import Feature
from streams.flink.gateway import FlinkRefused, Gateway

PREFIX = "tastegraph-windows-"
RESULTS = "tastegraph.windows."
_SAFE = re.compile(r"[A-Za-z0-9._:,\[\]-]+")


@dataclass(frozen=True)
class Topics:
    """Where events are: brokers as host:port, separated by commas, and the topic of the events.

    `since` is the moment (epoch ms) from which the topic is read by a job that starts.
    """

    brokers: str
    events: str
    since: int

    def __post_init__(self) -> None:
        """Refuse what would not stay within its quotes. Raises FlinkRefused."""
        for text in (self.brokers, self.events):
            if not _SAFE.fullmatch(text):
                raise FlinkRefused(f"'{text}' is no address or topic.")


def results_topic(feature: Feature) -> str:
    """Return the topic that the results of a feature go to."""
    return f"{RESULTS}{feature.name.replace('_', '-')}"


def statements(chosen: Sequence[Feature], topics: Topics) -> Iterator[str]:
    """Yield what starts one job for some features, in order: they share what reads the events."""
    text = files("streams").joinpath("flink", "behaviour.sql").read_text(encoding="utf-8")
    name = job_name(chosen)
    source = Template(text).substitute(
        topic=topics.events, brokers=topics.brokers, group=name, since=topics.since
    )
    for setting, value in _settings(name, chosen).items():
        yield f"SET '{setting}' = '{value}'"
    yield from (statement.strip() for statement in source.split(";\n"))
    for feature in chosen:
        yield _sink(feature, topics)
    inserts = "".join(f"INSERT INTO results_{feature.name}\n{feature.sql};\n" for feature in chosen)
    yield f"EXECUTE STATEMENT SET BEGIN\n{inserts}END"


def jobs_of(chosen: Sequence[Feature]) -> list[list[Feature]]:
    """Return which features share a job: all but those that join, each of which has its own.

    Flink 2.2.1 ends the whole task manager if a join with small batches is cancelled as it starts
    (a null pointer in its `close`); without small batches the others would be slower.
    """
    together = [feature for feature in chosen if not _joins(feature)]
    apart = [[feature] for feature in chosen if _joins(feature)]
    return [together, *apart] if together else apart


def job_name(chosen: Sequence[Feature]) -> str:
    """Return the name of the job of some features."""
    return PREFIX + "-".join(feature.name for feature in chosen)


def submit(address: str, chosen: Sequence[Feature], topics: Topics) -> None:
    """Start one job for some features, in a session of its own at the gateway of this address.

    Their topics of results must be there. Raises FlinkRefused.
    """
    with Gateway(address) as gateway:
        for statement in statements(chosen, topics):
            gateway.execute(statement)


def job_states(gateway: Gateway) -> dict[str, str]:
    """Return the status of our jobs by their names, of the newest of each. Raises FlinkRefused."""
    rows = gateway.execute("SHOW JOBS")
    ours = [row for row in rows if row[1].startswith(PREFIX)]
    return {row[1]: row[2] for row in sorted(ours, key=lambda row: row[3])}


def _settings(name: str, chosen: Sequence[Feature]) -> dict[str, str]:
    joins = any(_joins(feature) for feature in chosen)
    return {
        "pipeline.name": name,
        # what no window needs any more is dropped; by the wall clock, so an outage counts too
        "table.exec.state.ttl": f"{max(feature.reach + feature.hop for feature in chosen)} ms",
        "table.exec.mini-batch.enabled": str(not joins).lower(),
        "table.exec.mini-batch.allow-latency": "500 ms",
        "table.exec.mini-batch.size": "5000",
    }


def _joins(feature: Feature) -> bool:
    return "\n  JOIN " in feature.sql


def _sink(feature: Feature, topics: Topics) -> str:
    columns = ",\n  ".join(f"{column.name} {column.type}" for column in feature.columns)
    key = ", ".join(column.name for column in feature.key)
    return f"""CREATE TEMPORARY TABLE results_{feature.name} (
  {columns},
  PRIMARY KEY ({key}) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '{results_topic(feature)}',
  'properties.bootstrap.servers' = '{topics.brokers}',
  'key.format' = 'json',
  'value.format' = 'json'
)"""
