"""Windows by Flink: its jobs on the Kafka that the settings name, and their topics of results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors.kafka.address import KafkaAddress
from connectors.kafka.java import java_client
from graph.clock import Clock, milliseconds, utc_now
from service.settings import Settings
from service.settings.setting import SettingInvalid
from streams.features import Feature, features
from streams.flink.gateway import Gateway
from streams.flink.jobs import Job, Submission, Topics, list_jobs, results_topic, submit

SHADED = "org.apache.flink.kafka.shaded."
"""Where Flink's connector keeps the classes of Kafka's client."""
DAY_MS = 86_400_000
PERSONAL_DAYS = 2


def kafka_of(settings: Settings) -> KafkaAddress:
    """Return where Kafka is. Raises SettingInvalid if the settings name none."""
    if settings.kafka is None:
        raise SettingInvalid(
            "KAFKA_BOOTSTRAP_SERVERS is not set.", "Flink reads the events from a topic of Kafka."
        )
    return settings.kafka


def submit_windows(
    settings: Settings,
    gateway: str,
    since: int | None = None,
    *,
    replacing: bool = False,
    clock: Clock = utc_now,
) -> list[Submission]:
    """Start the jobs that do not run yet, with their topics; events count from `since` on.

    By default that is as far back as the windows of now need. Raises FlinkRefused, LogUnavailable
    or SettingInvalid.
    """
    kafka, chosen = kafka_of(settings), features()
    if since is None:
        since = milliseconds(clock()) - max(feature.needed for feature in chosen)
    topics = Topics(kafka.topic, since, java_client(kafka, SHADED))
    _make_topics(settings, kafka, chosen)
    return submit(gateway, chosen, topics, replace=replacing)


def _make_topics(settings: Settings, kafka: KafkaAddress, chosen: Sequence[Feature]) -> None:
    """Make the topics that are not there; results about people are soon gone."""
    # nothing is to load the client where there is no broker
    from connectors.kafka.topic import find_or_make_topic, make_topic, results_settings

    find_or_make_topic(kafka, settings.keep_events_days, settings.kafka_partitions)
    for feature in chosen:
        keep = PERSONAL_DAYS * DAY_MS if feature.is_personal else feature.kept + DAY_MS
        topic = replace(kafka, topic=results_topic(kafka.topic, feature))
        make_topic(topic, results_settings(keep), partitions=1)


def window_jobs(settings: Settings, gateway: str) -> list[Job]:
    """Return the jobs on the topic of the settings. Raises FlinkRefused or SettingInvalid."""
    kafka = kafka_of(settings)
    with Gateway(gateway) as session:
        return list_jobs(session, kafka.topic)
