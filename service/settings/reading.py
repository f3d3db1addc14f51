"""The settings of one process, read from the environment once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.kafka.address import KafkaAddress
from events.audit.guarded import Guarded
from gql.execution.limits import CostLimits, RateLimits
from gql.request.role_claims import RoleClaim
from gql.request.shown_setting import ShownSetting
from graph.address import Address
from graph.crowds import SMALLEST_GROUP
from graph.people.purposes import ASKED_FIRST, Ground, Purpose
from service.settings import values as read
from service.settings.kafka import PARTITIONS as KAFKA_PARTITIONS
from service.settings.kafka import changes_topic, kafka_address, outgoing_topic, tells_people
from service.settings.names import (
    AGE_OF_CONSENT,
    ASK_FIRST,
    AT_ONCE,
    CHANGES,
    CONDENSE_EVENTS,
    CONNECTIONS,
    CONSUME,
    CORS_ORIGINS,
    COST_LIMITS,
    DOCUMENTS,
    FLINK_GATEWAY,
    FOUR_EYES,
    FOUR_EYES_HOURS,
    GROUNDS,
    HOLDOUT,
    KEEP_EVENTS,
    KEEP_MODELS,
    KEPT_ANSWERS,
    MASTER_KEY,
    POLICY,
    POLLS,
    RATE_LIMITS,
    REMEMBER_DAYS,
    ROLE_CLAIMS,
    SEALED,
    SETTINGS,
    SHELF_LIFE,
    SUPPORT_MINUTES,
    TREND_PEOPLE,
    TRIGGERS,
    TRUSTED_PROXIES,
    UVICORNS_PROXIES,
    WEBHOOK_NETWORKS,
    WINDOWS,
    WRITE_KEYS,
)
from service.settings.setting import Setting, SettingInvalid
from service.settings.shown import shown_settings
from service.settings.values import LARGEST_HOLDOUT, Network, Sealed, Windows


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
    at_once: tuple[int, float] = (32, 0.25)
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ()
    write_keys: tuple[str, ...] = field(default=(), repr=False)
    keep_events_days: float = 365.0
    condense_events_days: float = 0.0
    consume: bool = True
    changes: Path | None = None
    kafka: KafkaAddress | None = None
    kafka_partitions: int = 4
    outgoing_topic: str | None = None
    outgoing_people: bool = False
    changes_topic: str | None = None
    windows: Windows = Windows.ON
    flink_gateway: str = ""
    trend_people: int = SMALLEST_GROUP
    webhook_networks: tuple[Network, ...] = ()
    holdout: float = 0.0
    polls: Path | None = None
    triggers: Path | None = None
    policy: str = "none"
    kept_answers: int = 100_000
    grounds: Mapping[Purpose, Ground] | None = None
    ask_first: tuple[Purpose, ...] = ASKED_FIRST
    age_of_consent: int = 16
    sealed: Sealed = Sealed.AUTO
    master_key: str = field(default="", repr=False)
    master_key_path: Path | None = None
    role_claims: tuple[RoleClaim, ...] = ()
    support_minutes: int = 15
    four_eyes: tuple[Guarded, ...] = ()
    four_eyes_hours: float = 24.0
    shown: tuple[ShownSetting, ...] = field(default=(), repr=False)

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
    def consent_texts(self) -> Path:
        """The folder of the operator's texts of consents."""
        return self.home / "consents"

    @property
    def master_key_file(self) -> Path:
        """The file of the master key, unless it is given in the environment."""
        return self.master_key_path or self.home / "keys" / "master.key"

    @property
    def people_keys(self) -> Path:
        """The file of the keys of people whose profiles are sealed."""
        return self.home / "keys" / "people.db"

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
    read.check_key_set(values["TASTEGRAPH_JWKS_URL"], values["TASTEGRAPH_JWT_AUDIENCE"])
    kafka = kafka_address(values)
    return Settings(
        home=Path(values["TASTEGRAPH_HOME"]).expanduser().resolve(),
        host=host,
        port=read.port(values["PORT"]),
        graph_heap=read.heap(values["TASTEGRAPH_GRAPH_HEAP"]),
        deadline=read.number("TASTEGRAPH_DEADLINE", values["TASTEGRAPH_DEADLINE"], 0.1, 600),
        neo4j=read.neo4j(values),
        jwks_url=values["TASTEGRAPH_JWKS_URL"],
        jwt_issuer=values["TASTEGRAPH_JWT_ISSUER"],
        jwt_audience=values["TASTEGRAPH_JWT_AUDIENCE"],
        demo=demo == "auto" and read.is_loopback(host) and not values["TASTEGRAPH_JWKS_URL"],
        operator=read.operator(values["TASTEGRAPH_OPERATOR"]),
        remember_days=read.number(REMEMBER_DAYS, values[REMEMBER_DAYS], 0, 3650),
        keep_models=int(read.number(KEEP_MODELS, values[KEEP_MODELS], 1, 10_000)),
        shelf_life=read.shelf_life(values[SHELF_LIFE]),
        cost_limits=CostLimits(*map(int, read.by_role(COST_LIMITS, values[COST_LIMITS], 1, 10**9))),
        polls=Path(values[POLLS]).expanduser() if values[POLLS] else None,
        triggers=Path(values[TRIGGERS]).expanduser() if values[TRIGGERS] else None,
        documents=Path(values[DOCUMENTS]).expanduser() if values[DOCUMENTS] else None,
        rate_limits=RateLimits(*read.by_role(RATE_LIMITS, values[RATE_LIMITS], 0, 10**6)),
        connections=read.connections(values[CONNECTIONS]),
        at_once=read.at_once(values[AT_ONCE]),
        trusted_proxies=read.proxies(
            values[TRUSTED_PROXIES] or environment.get(UVICORNS_PROXIES, "")
        ),
        cors_origins=tuple(map(read.origin, read.listed(values[CORS_ORIGINS]))),
        write_keys=tuple(map(read.write_key, read.listed(values[WRITE_KEYS]))),
        keep_events_days=read.number(KEEP_EVENTS, values[KEEP_EVENTS], 0, 36500),
        condense_events_days=read.days_until_counted(values[CONDENSE_EVENTS]),
        consume=read.consumes(values[CONSUME], kafka),
        changes=Path(values[CHANGES]).expanduser() if values[CHANGES] else None,
        kafka=kafka,
        kafka_partitions=int(read.number(KAFKA_PARTITIONS, values[KAFKA_PARTITIONS], 1, 100)),
        outgoing_topic=outgoing_topic(values),
        outgoing_people=tells_people(values),
        changes_topic=changes_topic(values),
        windows=read.windows(values[WINDOWS], kafka),
        flink_gateway=read.gateway(values[FLINK_GATEWAY]),
        trend_people=int(
            read.number(TREND_PEOPLE, values[TREND_PEOPLE], SMALLEST_GROUP, 1_000_000)
        ),
        webhook_networks=read.networks(WEBHOOK_NETWORKS, values[WEBHOOK_NETWORKS]),
        holdout=read.number(HOLDOUT, values[HOLDOUT], 0, LARGEST_HOLDOUT),
        policy=read.policy(values[POLICY]),
        grounds=read.grounds(values[GROUNDS]),
        ask_first=read.ask_first(values[ASK_FIRST]),
        age_of_consent=int(read.number(AGE_OF_CONSENT, values[AGE_OF_CONSENT], 13, 18)),
        sealed=read.sealed(values[SEALED]),
        master_key=values[MASTER_KEY],
        master_key_path=_path(environment.get(f"{MASTER_KEY}_FILE")),
        support_minutes=int(read.number(SUPPORT_MINUTES, values[SUPPORT_MINUTES], 1, 1440)),
        role_claims=read.role_claims(values[ROLE_CLAIMS]),
        four_eyes=read.four_eyes(values[FOUR_EYES]),
        four_eyes_hours=read.number(FOUR_EYES_HOURS, values[FOUR_EYES_HOURS], 0.1, 720),
        shown=shown_settings(environment),
        kept_answers=int(read.number(KEPT_ANSWERS, values[KEPT_ANSWERS], 0, 10**8)),
    )


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


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
