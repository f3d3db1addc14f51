"""The features as jobs of Flink: the statements that start each, which run, how to start the rest.

A job writes to a topic for each feature, by key: what is written twice after a crash says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template

from streams.features import Feature
from streams.flink.gateway import FlinkRefused, Gateway

_ENDED = ("FINISHED", "FAILING", "FAILED", "CANCELLING", "CANCELED")


@dataclass(frozen=True)
class Topics:
    """Where events are: the topic, and how Flink connects to its Kafka (properties of a client).

    `since` is the moment (epoch ms) from which the topic is read by a job that starts.
    """

    events: str
    since: int
    kafka: Mapping[str, str] = field(repr=False)  # it may hold a password

    @property
    def connection(self) -> str:
        """Return the properties as options of a table."""
        return ",\n  ".join(
            f"'properties.{name}' = {_quoted(value)}" for name, value in self.kafka.items()
        )


@dataclass(frozen=True)
class Job:
    """A job as Flink lists it; `started` is the text that Flink gives."""

    id: str
    name: str
    state: str
    started: str

    @property
    def is_running(self) -> bool:
        """Whether it is at work, or will be without anybody's help."""
        return self.state not in _ENDED


@dataclass(frozen=True)
class Submission:
    """What became of one job: its name, and whether it was started now or ran already."""

    name: str
    is_new: bool


def results_topic(events: str, feature: Feature) -> str:
    """Return the topic that the results of a feature go to, beside the topic of the events."""
    return f"{events}.windows.{feature.name.replace('_', '-')}"


def jobs_of(chosen: Sequence[Feature]) -> list[list[Feature]]:
    """Return which features share a job: all but those that join, each of which has its own.

    Flink 2.2.1 ends the whole task manager if a join with small batches is cancelled as it starts
    (a null pointer in its `close`); without small batches the others would be slower.
    """
    together = [feature for feature in chosen if not _joins(feature)]
    apart = [[feature] for feature in chosen if _joins(feature)]
    return [together, *apart] if together else apart


def job_name(events: str, chosen: Sequence[Feature]) -> str:
    """Return the name of the job of some features: another when what it computes is another."""
    text = "".join([_behaviour(), *(feature.sql for feature in chosen)])
    version = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{_prefix(events)}{', '.join(feature.name for feature in chosen)} ({version})"


def statements(chosen: Sequence[Feature], topics: Topics) -> Iterator[str]:
    """Yield what starts one job for some features, in order: they share what reads the events."""
    name = job_name(topics.events, chosen)
    said = {
        "topic": topics.events,
        "kafka": topics.connection,
        "group": group_of(topics.events, chosen),
        "since": topics.since,
    }
    for setting, value in _settings(name, chosen).items():
        yield f"SET '{setting}' = '{value}'"
    for statement in _behaviour().split(";\n"):
        yield Template(statement.strip()).substitute(said)
    for feature in chosen:
        yield _sink(feature, topics)
    inserts = "".join(_insert(feature, topics) for feature in chosen)
    yield f"EXECUTE STATEMENT SET BEGIN\n{inserts}END"


def group_of(events: str, chosen: Sequence[Feature]) -> str:
    """Return the consumer group in which a job says, at each checkpoint, how far it has read."""
    return f"{events}.windows.{'.'.join(feature.name for feature in chosen)}"


def submit(
    address: str, chosen: Sequence[Feature], topics: Topics, *, replace: bool = False
) -> list[Submission]:
    """Start the jobs of some features at the gateway of this address, but for those that run.

    With `replace` what runs on this topic is stopped before. The topics of results must be there.
    Raises FlinkRefused, also if a job of another version runs and is not to be replaced.
    """
    names = {job_name(topics.events, together): together for together in jobs_of(chosen)}
    with Gateway(address) as gateway:
        running = [job for job in list_jobs(gateway, topics.events) if job.is_running]
        for job in running if replace else ():
            gateway.execute(f"STOP JOB '{job.id}'")
    known = set[str]() if replace else {job.name for job in running}
    if others := sorted(known - names.keys()):
        raise FlinkRefused(
            f"Flink runs '{others[0]}', which another version of Tastegraph started.",
            "Stop it and start this version's with --replace.",
        )
    for name, together in names.items():
        if name not in known:
            _start(address, together, topics)
    return [Submission(name, is_new=name not in known) for name in names]


def _start(address: str, chosen: Sequence[Feature], topics: Topics) -> None:
    """Start one job, in a session of its own: tables and settings last as long as that."""
    with Gateway(address) as gateway:
        for statement in statements(chosen, topics):
            gateway.execute(statement)


def list_jobs(gateway: Gateway, events: str) -> list[Job]:
    """Return the jobs on a topic of events, ended ones too, oldest first. Raises FlinkRefused."""
    jobs = [Job(*map(str, row[:4])) for row in gateway.execute("SHOW JOBS")]
    ours = [job for job in jobs if job.name.startswith(_prefix(events))]
    return sorted(ours, key=lambda job: job.started)


def _prefix(events: str) -> str:
    return f"windows of {events}: "


def _behaviour() -> str:
    return files("streams").joinpath("flink", "behaviour.sql").read_text(encoding="utf-8")


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


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _joins(feature: Feature) -> bool:
    return "\n  JOIN " in feature.sql


def _insert(feature: Feature, topics: Topics) -> str:
    """Return the statement that computes a feature, but for windows that began too early.

    Of those, some events were sent before `since`: what an earlier job wrote must stay.
    """
    whole = feature.first_whole(topics.since)
    return (
        f"INSERT INTO results_{feature.name}\n"
        f"SELECT * FROM (\n{feature.sql}\n) AS feature WHERE window_end > {whole};\n"
    )


def _sink(feature: Feature, topics: Topics) -> str:
    columns = ",\n  ".join(f"{column.name} {column.type}" for column in feature.columns)
    key = ", ".join(column.name for column in feature.key)
    return f"""CREATE TEMPORARY TABLE results_{feature.name} (
  {columns},
  PRIMARY KEY ({key}) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = '{results_topic(topics.events, feature)}',
  {topics.connection},
  'key.format' = 'json',
  'value.format' = 'json'
)"""
