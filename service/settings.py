"""Settings: a table of name, default and meaning, read from the environment once."""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from connectors.kafka.address import KafkaAddress
from gql.execution.limits import CostLimits, RateLimits
from graph.address import Address
from graph.crowds import SMALLEST_GROUP
from learning.policies.names import POLICIES
from service.kafka_settings import (
    KAFKA_SETTINGS,
    kafka_address,
    outgoing_topic,
    tells_people,
)
from service.kafka_settings import PARTITIONS as KAFKA_PARTITIONS
from service.setting import Setting, SettingInvalid

LONGEST_NAME = 200
Network = IPv4Network | IPv6Network


REMEMBER_DAYS = "TASTEGRAPH_REMEMBER_RECOMMENDATIONS_DAYS"
KEEP_MODELS = "TASTEGRAPH_KEEP_MODELS"
SHELF_LIFE = "TASTEGRAPH_DECLARATION_SHELF_LIFE"
LONGEST_SHELF_LIFE = 36_500

DOCUMENTS = "TASTEGRAPH_DOCUMENTS"
COST_LIMITS = "TASTEGRAPH_COST_LIMITS"
RATE_LIMITS = "TASTEGRAPH_RATE_LIMITS"
CONNECTIONS = "TASTEGRAPH_CONNECTIONS"
TRUSTED_PROXIES = "TASTEGRAPH_TRUSTED_PROXIES"
UVICORNS_PROXIES = "FORWARDED_ALLOW_IPS"
"""The setting's former name: still read if the new one is unset."""
CORS_ORIGINS = "TASTEGRAPH_CORS_ORIGINS"
WRITE_KEYS = "TASTEGRAPH_WRITE_KEYS"
KEEP_EVENTS = "TASTEGRAPH_KEEP_EVENTS_DAYS"
CONSUME = "TASTEGRAPH_CONSUME"
CHANGES = "TASTEGRAPH_CHANGES"
WINDOWS = "TASTEGRAPH_WINDOWS"
FLINK_GATEWAY = "FLINK_SQL_GATEWAY"
TREND_PEOPLE = "TASTEGRAPH_TREND_PEOPLE"
WEBHOOK_NETWORKS = "TASTEGRAPH_WEBHOOK_NETWORKS"
HOLDOUT = "TASTEGRAPH_HOLDOUT"
POLLS = "TASTEGRAPH_POLLS"
TRIGGERS = "TASTEGRAPH_TRIGGERS"
LARGEST_HOLDOUT = 0.5
POLICY = "TASTEGRAPH_POLICY"

SETTINGS = (
    Setting(
        "TASTEGRAPH_HOME", ".data", "The folder for everything that is kept: graph, models, keys."
    ),
    Setting("HOST", "127.0.0.1", "The address to serve on."),
    Setting("PORT", "8000", "The port to serve on."),
    Setting("NEO4J_URI", "", "The graph server; unset means the embedded engine."),
    Setting("NEO4J_USER", "neo4j", "The user of the graph server.", secret=True),
    Setting("NEO4J_PASSWORD", "", "The password of the graph server.", secret=True),
    Setting("NEO4J_DATABASE", "neo4j", "The database on the graph server."),
    Setting("TASTEGRAPH_GRAPH_HEAP", "1g", "The memory of the embedded engine."),
    Setting("TASTEGRAPH_DEADLINE", "5", "Seconds a query of a request may take."),
    Setting("TASTEGRAPH_JWKS_URL", "", "Where the keys of your identity provider are."),
    Setting("TASTEGRAPH_JWT_ISSUER", "", "The issuer that a token must name."),
    Setting("TASTEGRAPH_JWT_AUDIENCE", "", "The audience that a token must name."),
    Setting(
        REMEMBER_DAYS,
        "30",
        "Days to remember what each person was recommended; 0: not at all.",
    ),
    Setting(
        KEEP_MODELS,
        "10",
        "Models whose files are kept, newest first; the active one and the previous one stay.",
    ),
    Setting("TASTEGRAPH_DEMO", "auto", "Show a demo user with a token: auto (loopback), off."),
    Setting("TASTEGRAPH_OPERATOR", "", "Who changes the catalogue, for its history."),
    Setting(
        SHELF_LIFE,
        "",
        "Days after which a declaration of absence or a review no longer counts; unset: never.",
    ),
    Setting(
        COST_LIMITS,
        "5000,25000,100000",
        "What one operation may cost: signed out, a person, a developer.",
    ),
    Setting(
        RATE_LIMITS,
        "50,50,500",
        "Requests a second: an address that is signed out, a person, a developer; 0: unlimited.",
    ),
    Setting(CONNECTIONS, "4000,100", "Connections open at once: of all clients, of one address."),
    Setting(
        TRUSTED_PROXIES,
        "",
        "Addresses or networks whose X-Forwarded-For is trusted, separated by commas.",
    ),
    Setting(CORS_ORIGINS, "", "Other origins whose pages may use the API, separated by commas."),
    Setting(
        WRITE_KEYS,
        "",
        "Keys with which a page may send events about nobody in particular, separated by commas.",
    ),
    Setting(KEEP_EVENTS, "365", "Days to keep events in the log; 0: for good."),
    Setting(
        CONSUME,
        "auto",
        "Let the server write events from the log to the graph: on, off, auto (without Kafka).",
    ),
    Setting(CHANGES, "", "The mapping by which changes of a shop's own database are followed."),
    *KAFKA_SETTINGS,
    Setting(
        WINDOWS,
        "on",
        "Who computes what is trending, from the log: on (this server), flink (with Kafka), off.",
    ),
    Setting(
        FLINK_GATEWAY,
        "http://127.0.0.1:8083",
        "Where Flink's SQL gateway is, for tastegraph stream windows submit and jobs.",
    ),
    Setting(
        TREND_PEOPLE, "5", "How many people must have wanted a drink for it to trend; 5 or more."
    ),
    Setting(
        WEBHOOK_NETWORKS,
        "",
        "Networks of your own that webhooks may reach, without TLS too, separated by commas.",
    ),
    Setting(HOLDOUT, "0", "The share of people whom no experiment touches."),
    Setting(POLLS, "", "The file of the questions to people; unset: those that come along."),
    Setting(
        POLICY,
        "none",
        "What draws lists from the best drinks: none, epsilon, thompson, linucb, new-drinks.",
    ),
    Setting(TRIGGERS, "", "The file of the rules that act when something happens; unset: none."),
    Setting(DOCUMENTS, "", "The file of trusted documents; if set, people can run nothing else."),
)


class Windows(StrEnum):
    """Who computes the windowed features: this program, Flink, or nobody."""

    ON = "on"
    FLINK = "flink"
    OFF = "off"


@dataclass(frozen=True)
class Settings:
    """The settings of one process."""

    home: Path
    host: str
    port: int
    graph_heap: str
    deadline: float
    neo4j: Address | None
    jwks_url: str
    jwt_issuer: str
    jwt_audience: str
    demo: bool
    operator: str
    remember_days: float = 30.0
    keep_models: int = 10
    shelf_life: int | None = None
    cost_limits: CostLimits = field(default_factory=CostLimits)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    documents: Path | None = None
    connections: tuple[int, int] = (4000, 100)
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ()
    write_keys: tuple[str, ...] = ()
    keep_events_days: float = 365.0
    consume: bool = True
    changes: Path | None = None
    kafka: KafkaAddress | None = None
    kafka_partitions: int = 4
    outgoing_topic: str | None = None
    outgoing_people: bool = False
    windows: Windows = Windows.ON
    flink_gateway: str = ""
    trend_people: int = SMALLEST_GROUP
    webhook_networks: tuple[Network, ...] = ()
    holdout: float = 0.0
    polls: Path | None = None
    triggers: Path | None = None
    policy: str = "none"

    @property
    def models(self) -> Path:
        """The folder of the models."""
        return self.home / "models"

    @property
    def events(self) -> Path:
        """The folder of the log of events."""
        return self.home / "events"

    @property
    def features(self) -> Path:
        """The folder of the windowed features."""
        return self.home / "windows"

    @property
    def webhook_secrets(self) -> Path:
        """The folder of the secrets of webhooks."""
        return self.home / "keys" / "webhooks"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings; raise SettingInvalid naming the setting and what to do."""
    values = {setting.name: _value(setting, environment) for setting in SETTINGS}
    host, demo = values["HOST"], values["TASTEGRAPH_DEMO"]
    if demo not in ("auto", "off"):
        raise SettingInvalid(f"TASTEGRAPH_DEMO is '{demo}'.", "Use auto or off.")
    _check_key_set(values["TASTEGRAPH_JWKS_URL"], values["TASTEGRAPH_JWT_AUDIENCE"])
    kafka = kafka_address(values)
    return Settings(
        home=Path(values["TASTEGRAPH_HOME"]).expanduser().resolve(),
        host=host,
        port=_port(values["PORT"]),
        graph_heap=_heap(values["TASTEGRAPH_GRAPH_HEAP"]),
        deadline=_number("TASTEGRAPH_DEADLINE", values["TASTEGRAPH_DEADLINE"], 0.1, 600),
        neo4j=_neo4j(values),
        jwks_url=values["TASTEGRAPH_JWKS_URL"],
        jwt_issuer=values["TASTEGRAPH_JWT_ISSUER"],
        jwt_audience=values["TASTEGRAPH_JWT_AUDIENCE"],
        demo=demo == "auto" and is_loopback(host) and not values["TASTEGRAPH_JWKS_URL"],
        operator=_operator(values["TASTEGRAPH_OPERATOR"]),
        remember_days=_number(REMEMBER_DAYS, values[REMEMBER_DAYS], 0, 3650),
        keep_models=int(_number(KEEP_MODELS, values[KEEP_MODELS], 1, 10_000)),
        shelf_life=_shelf_life(values[SHELF_LIFE]),
        cost_limits=CostLimits(*map(int, _by_role(COST_LIMITS, values[COST_LIMITS], 1, 10**9))),
        polls=Path(values[POLLS]).expanduser() if values[POLLS] else None,
        triggers=Path(values[TRIGGERS]).expanduser() if values[TRIGGERS] else None,
        documents=Path(values[DOCUMENTS]).expanduser() if values[DOCUMENTS] else None,
        rate_limits=RateLimits(*_by_role(RATE_LIMITS, values[RATE_LIMITS], 0, 10**6)),
        connections=_connections(values[CONNECTIONS]),
        trusted_proxies=_proxies(values[TRUSTED_PROXIES] or environment.get(UVICORNS_PROXIES, "")),
        cors_origins=tuple(map(_origin, _listed(values[CORS_ORIGINS]))),
        write_keys=tuple(map(_write_key, _listed(values[WRITE_KEYS]))),
        keep_events_days=_number(KEEP_EVENTS, values[KEEP_EVENTS], 0, 36500),
        consume=_consumes(values[CONSUME], kafka),
        changes=Path(values[CHANGES]).expanduser() if values[CHANGES] else None,
        kafka=kafka,
        kafka_partitions=int(_number(KAFKA_PARTITIONS, values[KAFKA_PARTITIONS], 1, 100)),
        outgoing_topic=outgoing_topic(values),
        outgoing_people=tells_people(values),
        windows=_windows(values[WINDOWS], kafka),
        flink_gateway=_gateway(values[FLINK_GATEWAY]),
        trend_people=int(_number(TREND_PEOPLE, values[TREND_PEOPLE], SMALLEST_GROUP, 1_000_000)),
        webhook_networks=_networks(WEBHOOK_NETWORKS, values[WEBHOOK_NETWORKS]),
        holdout=_number(HOLDOUT, values[HOLDOUT], 0, LARGEST_HOLDOUT),
        policy=_policy(values[POLICY]),
    )


def _policy(text: str) -> str:
    if text not in POLICIES:
        raise SettingInvalid(f"{POLICY} is '{text}'.", f"Use one of {', '.join(POLICIES)}.")
    return text


def _operator(text: str) -> str:
    name = text.strip() or _login_name()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise SettingInvalid(
            f"TASTEGRAPH_OPERATOR has {len(name)} characters, or some that cannot be printed.",
            f"Use a printable name of up to {LONGEST_NAME} characters.",
        )
    return name


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run as a user without a name
        from graph.catalogue.changes import UNKNOWN  # the driver with it, so only here

        return UNKNOWN


def _check_key_set(url: str, audience: str) -> None:
    if url and not url.startswith(("https://", "http://")):
        raise SettingInvalid(
            f"TASTEGRAPH_JWKS_URL is '{url}'.",
            "It must begin with https:// (or http:// inside your own network).",
        )
    if url and not audience:
        raise SettingInvalid(
            "TASTEGRAPH_JWKS_URL is set, but TASTEGRAPH_JWT_AUDIENCE is not.",
            "Without an audience, a token for any other application would be accepted.",
        )


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _neo4j(values: Mapping[str, str]) -> Address | None:
    if not values["NEO4J_URI"]:
        return None
    if not values["NEO4J_PASSWORD"]:
        raise SettingInvalid(
            "NEO4J_URI is set, but NEO4J_PASSWORD is not.",
            "Set NEO4J_PASSWORD, or NEO4J_PASSWORD_FILE to a file that holds it.",
        )
    return Address(
        values["NEO4J_URI"],
        values["NEO4J_USER"],
        values["NEO4J_PASSWORD"],
        values["NEO4J_DATABASE"],
    )


def _value(setting: Setting, environment: Mapping[str, str]) -> str:
    path = environment.get(f"{setting.name}_FILE") if setting.secret else None
    if not path:
        return environment.get(setting.name) or setting.default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingInvalid(
            f"{setting.name}_FILE is '{path}', which cannot be read: {error.strerror}."
        ) from error
    except UnicodeDecodeError as error:
        raise SettingInvalid(f"{setting.name}_FILE is '{path}', which is not text.") from error


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise SettingInvalid(f"PORT is '{text}'.", "It must be a whole number from 0 to 65535.")
    return int(text)


def _heap(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[mgMG]", text):
        raise SettingInvalid(
            f"TASTEGRAPH_GRAPH_HEAP is '{text}'.", "It must be a size such as 512m or 2g."
        )
    return text


def _shelf_life(text: str) -> int | None:
    if not text:
        return None
    days = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
    if not 1 <= days <= LONGEST_SHELF_LIFE:
        raise SettingInvalid(
            f"{SHELF_LIFE} is '{text}'.",
            f"It must be a whole number of days from 1 to {LONGEST_SHELF_LIFE}, or unset.",
        )
    return days


def _by_role(name: str, text: str, least: float, most: float) -> list[float]:
    """Three numbers: signed out, a person, a developer."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 3 or not all(least <= value <= most for value in values):
        raise SettingInvalid(
            f"{name} is '{text}'.",
            f"It must be three numbers from {least:g} to {most:g}, separated by commas: signed "
            "out, a person, a developer.",
        )
    return values


def _connections(text: str) -> tuple[int, int]:
    parts = [part.strip() for part in text.split(",")]
    numbers = [int(part) for part in parts if re.fullmatch(r"[1-9][0-9]{0,5}", part)]
    if len(parts) != 2 or len(numbers) != 2:
        raise SettingInvalid(
            f"{CONNECTIONS} is '{text}'.",
            "It must be two whole numbers from 1 to 999999, separated by a comma: of all clients, "
            "of one address.",
        )
    return numbers[0], numbers[1]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _proxies(text: str) -> tuple[Network, ...]:
    no_wildcard = "; there is no wildcard, since it would let anybody pose as anybody"
    return _networks(f"{TRUSTED_PROXIES} (or {UVICORNS_PROXIES})", text, no_wildcard)


def _networks(name: str, text: str, more: str = "") -> tuple[Network, ...]:
    try:
        return tuple(ip_network(network) for network in _listed(text))
    except ValueError as error:
        advice = (
            "List addresses such as 10.0.0.7 or networks such as 10.0.0.0/8, separated by commas"
        )
        raise SettingInvalid(f"{name} is '{text}': {error}.", f"{advice}{more}.") from error


def _origin(text: str) -> str:
    """Return an origin as browsers write it."""
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", text):
        raise SettingInvalid(
            f"{CORS_ORIGINS} names '{text}'.",
            "Write each origin as browsers do, in lower case without a path, such as "
            "https://shop.example or http://localhost:3000; there is no wildcard.",
        )
    return text


def _write_key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,100}", text):
        raise SettingInvalid(
            f"{WRITE_KEYS} has a key that cannot be used.",
            "A key is 16 to 100 letters, digits, - and _: make one at random.",
        )
    return text


def _windows(text: str, kafka: KafkaAddress | None) -> Windows:
    if text not in tuple(Windows):
        raise SettingInvalid(f"{WINDOWS} is '{text}'.", "Use on, flink or off.")
    if text == Windows.FLINK and kafka is None:
        raise SettingInvalid(
            f"{WINDOWS} is flink, but KAFKA_BOOTSTRAP_SERVERS is not set.",
            "Flink reads events from Kafka, and writes its results there.",
        )
    return Windows(text)


def _gateway(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#@\s]+/?", text):
        raise SettingInvalid(
            f"{FLINK_GATEWAY} is '{text}'.",
            "Write http://host:port or https://host:port, without a path or a password.",
        )
    return text.rstrip("/")


def _consumes(text: str, kafka: KafkaAddress | None) -> bool:
    if text not in ("on", "off", "auto"):
        raise SettingInvalid(f"{CONSUME} is '{text}'.", "Use on, off or auto.")
    return text == "on" or (text == "auto" and kafka is None)


def _number(name: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise SettingInvalid(f"{name} is '{text}'.", "It must be a number.") from None
    if not least <= value <= most:
        raise SettingInvalid(f"{name} is {text}.", f"It must be from {least:g} to {most:g}.")
    return value
