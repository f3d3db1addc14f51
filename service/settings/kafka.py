"""The settings of Kafka: together they must make a connection that keeps its secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from connectors.kafka.address import PROTOCOLS, SASL_MECHANISMS, KafkaAddress
from service.settings.setting import Setting, SettingInvalid

SERVERS = "KAFKA_BOOTSTRAP_SERVERS"
TOPIC = "KAFKA_TOPIC"
PARTITIONS = "KAFKA_PARTITIONS"
GROUP = "KAFKA_GROUP"
OUTGOING_TOPIC = "KAFKA_OUTGOING_TOPIC"
OUTGOING_PEOPLE = "KAFKA_OUTGOING_PEOPLE"
CHANGES_TOPIC = "KAFKA_CHANGES_TOPIC"
PROTOCOL = "KAFKA_SECURITY_PROTOCOL"
MECHANISM = "KAFKA_SASL_MECHANISM"
USERNAME = "KAFKA_SASL_USERNAME"
PASSWORD = "KAFKA_SASL_PASSWORD"  # noqa: S105 - the name of a setting
CA = "KAFKA_SSL_CA"
CERTIFICATE = "KAFKA_SSL_CERTIFICATE"
KEY = "KAFKA_SSL_KEY"

KAFKA_SETTINGS = (
    Setting(SERVERS, "", "Brokers, separated by commas; unset means the log of the home."),
    Setting(TOPIC, "tastegraph.events", "The topic of the events; made if there is none."),
    Setting(PARTITIONS, "4", "Partitions of the topic, if it is made here."),
    Setting(GROUP, "tastegraph", "The group of those who consume the topic."),
    Setting(OUTGOING_TOPIC, "", "The topic of what others are told; made if there is none."),
    Setting(OUTGOING_PEOPLE, "off", "Say there whom an event is about: on, off."),
    Setting(CHANGES_TOPIC, "", "The topic of changes of a shop's own database; unset: by HTTP."),
    Setting(PROTOCOL, "PLAINTEXT", "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."),
    Setting(MECHANISM, "", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."),
    Setting(USERNAME, "", "The user of the brokers.", secret=True),
    Setting(PASSWORD, "", "The password of the brokers.", secret=True),
    Setting(CA, "", "The file of the authority that signed the brokers' certificates (PEM)."),
    Setting(CERTIFICATE, "", "The file of a certificate of our own (PEM)."),
    Setting(KEY, "", "The file of its key (PEM)."),
)


def kafka_address(values: Mapping[str, str]) -> KafkaAddress | None:
    """Return where Kafka is, or None if there is none. Raises SettingInvalid."""
    if not values[SERVERS]:
        return None
    _check(values)
    return KafkaAddress(
        bootstrap_servers=_servers(values[SERVERS]),
        topic=_name(TOPIC, values[TOPIC]),
        group=_name(GROUP, values[GROUP]),
        security_protocol=values[PROTOCOL],
        sasl_mechanism=values[MECHANISM],
        sasl_username=values[USERNAME],
        sasl_password=values[PASSWORD],
        ca=_file(CA, values[CA]),
        certificate=_file(CERTIFICATE, values[CERTIFICATE]),
        key=_file(KEY, values[KEY]),
    )


def outgoing_topic(values: Mapping[str, str]) -> str | None:
    """Return the topic of what others are told; None if there is none. Raises SettingInvalid."""
    topic = values[OUTGOING_TOPIC]
    if not topic or not values[SERVERS]:
        return None
    if topic == values[TOPIC]:
        message = f"{OUTGOING_TOPIC} is '{topic}', which is {TOPIC}."
        raise SettingInvalid(message, "Name another topic: in that one are events to be written.")
    return _name(OUTGOING_TOPIC, topic)


def changes_topic(values: Mapping[str, str]) -> str | None:
    """Return the topic of a shop's changes; None if there is none. Raises SettingInvalid."""
    topic = values[CHANGES_TOPIC]
    if not topic:
        return None
    if not values[SERVERS]:
        raise SettingInvalid(f"{CHANGES_TOPIC} is set, but {SERVERS} is not.", "Set both.")
    for other in (TOPIC, OUTGOING_TOPIC):
        if topic == values[other]:
            message = f"{CHANGES_TOPIC} is '{topic}', which is {other}."
            raise SettingInvalid(message, "Name the topic that Debezium writes to.")
    return _name(CHANGES_TOPIC, topic)


def tells_people(values: Mapping[str, str]) -> bool:
    """Return whether that topic says whom an event is about. Raises SettingInvalid."""
    if values[OUTGOING_PEOPLE] not in ("on", "off"):
        message = f"{OUTGOING_PEOPLE} is '{values[OUTGOING_PEOPLE]}'."
        raise SettingInvalid(message, "Use on or off.")
    return values[OUTGOING_PEOPLE] == "on"


def _check(values: Mapping[str, str]) -> None:
    """Refuse what would be ignored: a password that nobody asks for, a key that nothing shows."""
    protocol = values[PROTOCOL]
    if protocol not in PROTOCOLS:
        raise SettingInvalid(f"{PROTOCOL} is '{protocol}'.", f"Use one of {', '.join(PROTOCOLS)}.")
    if values[MECHANISM] and values[MECHANISM] not in SASL_MECHANISMS:
        message = f"{MECHANISM} is '{values[MECHANISM]}'."
        raise SettingInvalid(message, f"Use one of {', '.join(SASL_MECHANISMS)}.")
    if protocol.startswith("SASL_"):
        _need(values, protocol, MECHANISM, USERNAME, PASSWORD)
    else:
        _refuse(values, protocol, MECHANISM, USERNAME, PASSWORD)
    if not protocol.endswith("SSL"):
        _refuse(values, protocol, CA, CERTIFICATE, KEY)
    if bool(values[CERTIFICATE]) != bool(values[KEY]):
        raise SettingInvalid(f"Of {CERTIFICATE} and {KEY} one is set.", "Set both, or neither.")


def _need(values: Mapping[str, str], protocol: str, *names: str) -> None:
    for name in names:
        if not values[name]:
            message = f"{PROTOCOL} is {protocol}, but {name} is not set."
            file = "" if name == MECHANISM else f", or {name}_FILE to a file that holds it"
            raise SettingInvalid(message, f"Set {name}{file}.")


def _refuse(values: Mapping[str, str], protocol: str, *names: str) -> None:
    for name in names:
        if values[name]:
            raise SettingInvalid(
                f"{name} is set, but {PROTOCOL} is {protocol}, which does not use it.",
                f"Use SASL_SSL for a user and a password, SSL for a certificate; or unset {name}.",
            )


def _servers(text: str) -> str:
    servers = [server.strip() for server in text.split(",")]
    if not all(
        re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}", each) for each in servers
    ):
        raise SettingInvalid(
            f"{SERVERS} is '{text}'.", "Write host:port, separated by commas, without a scheme."
        )
    return ",".join(servers)


def _name(setting: str, text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", text) or text in (".", ".."):
        message = "It must be 1 to 200 letters, digits, dots, - and _."
        raise SettingInvalid(f"{setting} is '{text}'.", message)
    return text


def _file(setting: str, text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser()
    try:
        path.open("rb").close()
    except OSError as error:
        message = f"{setting} is '{text}', which cannot be read: {error.strerror}."
        raise SettingInvalid(message) from error
    return path
