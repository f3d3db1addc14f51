"""What each setting may be: texts of the environment, read strictly.

Each function raises SettingInvalid naming the setting and what to do.
"""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from connectors.kafka.address import KafkaAddress
from events.audit.guarded import Guarded
from gql.request.policy import SCOPES
from gql.request.role_claims import RoleClaim
from graph.address import Address
from graph.people.purposes import Ground, GroundInvalid, Purpose, grounds_said, purposes_said
from learning.policies.names import POLICIES
from service.settings.names import (
    ASK_FIRST,
    AT_ONCE,
    CONDENSE_EVENTS,
    CONNECTIONS,
    CONSUME,
    CORS_ORIGINS,
    FLINK_GATEWAY,
    FOUR_EYES,
    GROUNDS,
    POLICY,
    ROLE_CLAIMS,
    SEALED,
    SHELF_LIFE,
    TRUSTED_PROXIES,
    UVICORNS_PROXIES,
    WINDOWS,
    WRITE_KEYS,
)
from service.settings.setting import SettingInvalid

LONGEST_NAME = 200
MACHINE_SCOPES = ("developer", "guest", "events", "changes")
MAPPED_SCOPES = (*SCOPES.values(), *(f"tastegraph:{name}" for name in MACHINE_SCOPES))
LONGEST_SHELF_LIFE = 36_500
LARGEST_HOLDOUT = 0.5
SOONEST_COUNTED = 90
LONGEST_WAIT = 60_000
Network = IPv4Network | IPv6Network


class Windows(StrEnum):
    """Who computes the windowed features: this program, Flink, or nobody."""

    ON = "on"
    FLINK = "flink"
    OFF = "off"


class Sealed(StrEnum):
    """Whether what people declare is sealed: auto where it was before."""

    ON = "on"
    OFF = "off"
    AUTO = "auto"


def sealed(text: str) -> Sealed:
    """Return whether what people declare is sealed."""
    try:
        return Sealed(text)
    except ValueError as error:
        raise SettingInvalid(f"{SEALED} is '{text}'.", "Use on, off or auto.") from error


def grounds(text: str) -> Mapping[Purpose, Ground] | None:
    """Return what holds until refused, by purpose; None if that is not said."""
    try:
        return grounds_said(text)
    except GroundInvalid as error:
        raise SettingInvalid(f"{GROUNDS} is '{text}': {error.message}", error.advice) from error


def ask_first(text: str) -> tuple[Purpose, ...]:
    """Return the purposes that are asked for first."""
    try:
        return purposes_said(text)
    except GroundInvalid as error:
        raise SettingInvalid(f"{ASK_FIRST} is '{text}': {error.message}", error.advice) from error


def role_claims(text: str) -> tuple[RoleClaim, ...]:
    """Return what claims of an identity provider's tokens give."""
    return tuple(map(_role_claim, listed(text)))


def _role_claim(said: str) -> RoleClaim:
    before, _, scope = said.rpartition("=")
    claim, _, value = before.rpartition(":")
    if not (claim and value) or scope not in MAPPED_SCOPES:
        raise SettingInvalid(
            f"{ROLE_CLAIMS} has '{said}'.",
            f"Write such as realm_access.roles:buyers=tastegraph:analyst; scopes are "
            f"{', '.join(MAPPED_SCOPES)}.",
        )
    return RoleClaim(claim, value, scope)


def four_eyes(text: str) -> tuple[Guarded, ...]:
    """Return what needs a second person."""
    try:
        return tuple(Guarded(each) for each in listed(text))
    except ValueError as error:
        raise SettingInvalid(
            f"{FOUR_EYES} is '{text}'.", f"Name {' or '.join(Guarded)}, or both by a comma."
        ) from error


def policy(text: str) -> str:
    """Return the name of a policy."""
    if text not in POLICIES:
        raise SettingInvalid(f"{POLICY} is '{text}'.", f"Use one of {', '.join(POLICIES)}.")
    return text


def operator(text: str) -> str:
    """Return who changes the catalogue: by default who is logged in."""
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


def days_until_counted(text: str) -> float:
    """Return after how many days events become counts; 0: never."""
    days = number(CONDENSE_EVENTS, text, 0, LONGEST_SHELF_LIFE)
    if 0 < days < SOONEST_COUNTED:
        raise SettingInvalid(
            f"{CONDENSE_EVENTS} is '{text}'.",
            f"Use 0 (never), or {SOONEST_COUNTED} or more: what is newer is looked at one by one.",
        )
    return days


def check_key_set(url: str, audience: str) -> None:
    """Refuse an identity provider without an address, or whose tokens could be for others."""
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


def neo4j(values: Mapping[str, str]) -> Address | None:
    """Return where the graph server is; None means the embedded engine."""
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


def port(text: str) -> int:
    """Return a port; 0 means any that is free."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise SettingInvalid(f"PORT is '{text}'.", "It must be a whole number from 0 to 65535.")
    return int(text)


def heap(text: str) -> str:
    """Return a size of memory as Java takes it."""
    if not re.fullmatch(r"[1-9]\d*[mgMG]", text):
        raise SettingInvalid(
            f"TASTEGRAPH_GRAPH_HEAP is '{text}'.", "It must be a size such as 512m or 2g."
        )
    return text


def shelf_life(text: str) -> int | None:
    """Return how many days a declaration counts; None means for good."""
    if not text:
        return None
    days = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
    if not 1 <= days <= LONGEST_SHELF_LIFE:
        raise SettingInvalid(
            f"{SHELF_LIFE} is '{text}'.",
            f"It must be a whole number of days from 1 to {LONGEST_SHELF_LIFE}, or unset.",
        )
    return days


def by_role(name: str, text: str, least: float, most: float) -> list[float]:
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


def connections(text: str) -> tuple[int, int]:
    """Return how many may be open: of all clients, of one address."""
    parts = [part.strip() for part in text.split(",")]
    numbers = [int(part) for part in parts if re.fullmatch(r"[1-9][0-9]{0,5}", part)]
    if len(parts) != 2 or len(numbers) != 2:
        raise SettingInvalid(
            f"{CONNECTIONS} is '{text}'.",
            "It must be two whole numbers from 1 to 999999, separated by a comma: of all clients, "
            "of one address.",
        )
    return numbers[0], numbers[1]


def at_once(text: str) -> tuple[int, float]:
    """Return how many requests are in work at once, and the seconds one may wait for that."""
    parts = [part.strip() for part in text.split(",")]
    numbers = [int(part) for part in parts if re.fullmatch(r"[0-9]{1,5}", part)]
    if len(parts) != 2 or len(numbers) != 2 or not 1 <= numbers[1] <= LONGEST_WAIT:
        raise SettingInvalid(
            f"{AT_ONCE} is '{text}'.",
            "It must be two whole numbers, separated by a comma: of requests, up to 99999, or 0 "
            f"for any number; of milliseconds, from 1 to {LONGEST_WAIT}.",
        )
    return numbers[0], numbers[1] / 1000


def listed(text: str) -> list[str]:
    """Return what commas separate."""
    return [part.strip() for part in text.split(",") if part.strip()]


def proxies(text: str) -> tuple[Network, ...]:
    """Return the networks of proxies that are trusted."""
    no_wildcard = "; there is no wildcard, since it would let anybody pose as anybody"
    return networks(f"{TRUSTED_PROXIES} (or {UVICORNS_PROXIES})", text, no_wildcard)


def networks(name: str, text: str, more: str = "") -> tuple[Network, ...]:
    """Return networks; `more` is added to the advice of an error."""
    try:
        return tuple(ip_network(network) for network in listed(text))
    except ValueError as error:
        advice = (
            "List addresses such as 10.0.0.7 or networks such as 10.0.0.0/8, separated by commas"
        )
        raise SettingInvalid(f"{name} is '{text}': {error}.", f"{advice}{more}.") from error


def origin(text: str) -> str:
    """Return an origin as browsers write it."""
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", text):
        raise SettingInvalid(
            f"{CORS_ORIGINS} names '{text}'.",
            "Write each origin as browsers do, in lower case without a path, such as "
            "https://shop.example or http://localhost:3000; there is no wildcard.",
        )
    return text


def write_key(text: str) -> str:
    """Return a key that pages may carry."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,100}", text):
        raise SettingInvalid(
            f"{WRITE_KEYS} has a key that cannot be used.",
            "A key is 16 to 100 letters, digits, - and _: make one at random.",
        )
    return text


def windows(text: str, kafka: KafkaAddress | None) -> Windows:
    """Return who computes the windowed features."""
    if text not in tuple(Windows):
        raise SettingInvalid(f"{WINDOWS} is '{text}'.", "Use on, flink or off.")
    if text == Windows.FLINK and kafka is None:
        raise SettingInvalid(
            f"{WINDOWS} is flink, but KAFKA_BOOTSTRAP_SERVERS is not set.",
            "Flink reads events from Kafka, and writes its results there.",
        )
    return Windows(text)


def gateway(text: str) -> str:
    """Return the address of Flink's SQL gateway."""
    if not re.fullmatch(r"https?://[^/?#@\s]+/?", text):
        raise SettingInvalid(
            f"{FLINK_GATEWAY} is '{text}'.",
            "Write http://host:port or https://host:port, without a path or a password.",
        )
    return text.rstrip("/")


def consumes(text: str, kafka: KafkaAddress | None) -> bool:
    """Return whether the server consumes the log."""
    if text not in ("on", "off", "auto"):
        raise SettingInvalid(f"{CONSUME} is '{text}'.", "Use on, off or auto.")
    return text == "on" or (text == "auto" and kafka is None)


def number(name: str, text: str, least: float, most: float) -> float:
    """Return a number within bounds."""
    try:
        value = float(text)
    except ValueError:
        raise SettingInvalid(f"{name} is '{text}'.", "It must be a number.") from None
    if not least <= value <= most:
        raise SettingInvalid(f"{name} is {text}.", f"It must be from {least:g} to {most:g}.")
    return value
