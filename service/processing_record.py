"""The record of processing (GDPR, article 30), as far as the configuration says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from graph.outbox.sinks import SinkRecord
from graph.people.consent_rules import Held
from graph.people.purposes import ALL, USES, Ground, Purpose
from service.settings import Settings

YOURS = "to be filled in by you"
_DATA = {
    Purpose.SAFETY: "allergies with severity, avoided ingredients, diets, limits (health data)",
    Purpose.PERSONALISATION: "views, saves, ratings, likes, purchases with time and moment",
    Purpose.REMEMBERING: "drinks and questions that were shown, when",
    Purpose.TRAINING: "views, saves, ratings, likes, purchases",
    Purpose.EXPERIMENTS: "the arm of an experiment, and since when",
    Purpose.ANALYTICS: "purchases, segments",
    Purpose.WAREHOUSE: "views, saves, ratings, likes, purchases, under a pseudonym",
    Purpose.MARKETING: "what was triggered, by which event, and when",
}


def processing_record(
    settings: Settings, held: Held, sinks: Sequence[SinkRecord]
) -> dict[str, Any]:
    """Return the record: what is configured, and what only the operator can fill in."""
    return {
        "controller": YOURS,
        "data_protection_officer": YOURS,
        "people": "customers, by an opaque id of yours; children only by a guardian's consent "
        f"(under {settings.age_of_consent})",
        "activities": [_activity(purpose, settings, held) for purpose in ALL],
        "stores": _stores(settings),
        "recipients": _recipients(settings, sinks),
        "transfers_to_third_countries": YOURS,
        "security": _security(settings),
    }


def _activity(purpose: Purpose, settings: Settings, held: Held) -> dict[str, str]:
    ground = held.get(purpose, Ground.CONSENT)
    until = "until the person refuses" if purpose in held else "while the person's consent holds"
    imported = (
        "; people whom you import: the ground of the import" if USES[purpose].imported else ""
    )
    health = " (explicit, article 9(2)(a))" if purpose is Purpose.SAFETY else ""
    return {
        "purpose": str(purpose),
        "switches": USES[purpose].switches,
        "ground": f"{ground}{health if ground is Ground.CONSENT else ''}{imported}",
        "data": _DATA[purpose],
        "kept": f"{until}, or they are erased{_days(purpose, settings)}",
    }


def _days(purpose: Purpose, settings: Settings) -> str:
    if purpose is Purpose.REMEMBERING:
        return f"; {settings.remember_days:g} days at most"
    return ""


def _stores(settings: Settings) -> list[dict[str, str]]:
    days = settings.keep_events_days
    stores = [
        ("graph", _graph(settings), "erased"),
        (
            "log of events",
            str(settings.events),
            f"{days:g} days, or erased" if days else "for good, or erased",
        ),
        ("record of acts", str(settings.home / "audit"), "for good, people by pseudonym"),
        ("windows", str(settings.features), "26 hours, encrypted; counts of five people and more"),
        ("models", str(settings.models), f"the newest {settings.keep_models}; nobody is in them"),
    ]
    if settings.kafka:
        stores.append(("Kafka", settings.kafka.topic, "29 days at most"))
    return [{"store": name, "where": where, "kept_until": until} for name, where, until in stores]


def _graph(settings: Settings) -> str:
    if settings.neo4j is None:
        return str(settings.home / "graph")
    return urlsplit(settings.neo4j.uri).hostname or "Neo4j"


def _host(sink: SinkRecord) -> str:
    # the path of an address may be a secret
    return urlsplit(sink.url).hostname or sink.kind


def _recipients(settings: Settings, sinks: Sequence[SinkRecord]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"recipient": _host(sink), "events": sorted(sink.types), "people": sink.with_people}
        for sink in sinks
    ]
    if settings.outgoing_topic:
        people = settings.outgoing_people
        found.append({"recipient": f"Kafka topic {settings.outgoing_topic}", "people": people})
    return found


def _security(settings: Settings) -> dict[str, str]:
    kafka = settings.kafka
    return {
        "sign_in": settings.jwks_url or "tokens signed with a key of this installation",
        "graph": _transport(settings),
        "kafka": kafka.security_protocol if kafka else "none",
        "record_of_acts": "signed hash tree; tastegraph audit verify",
        "health_data_at_rest": "plain in the graph: encrypt the disk (docs/security.md)",
    }


def _transport(settings: Settings) -> str:
    if settings.neo4j is None:
        return "loopback only, a generated password"
    return "TLS" if "+s" in settings.neo4j.uri.partition(":")[0] else "not encrypted on the way"
