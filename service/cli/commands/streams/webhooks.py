"""Webhooks: who is told what happens, and proving that they can be."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click
from rich.table import Table

from connectors.webhooks.addresses import WebhookRefused, check_url, may_reach, resolved
from connectors.webhooks.request import WebhookClient
from connectors.webhooks.secrets import WebhookSecrets
from connectors.webhooks.sink import KIND
from events.outgoing.document import SCHEMA_VERSION
from events.outgoing.sink import SinkAway
from graph.clock import iso_if_at, milliseconds, rfc3339, utc_now
from graph.connection import Graph
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import SinkRecord, put_sink, remove_sink, resume_sink, sinks
from graph.outbox.wanted import SETTLED_SECONDS
from service.cli.common import console, fail, json_option, print_json, run, settings
from service.opening import open_graph
from service.settings import Settings

KEEP_IT = "Keep it where the receiver finds it: it is not shown again."


@dataclass(frozen=True)
class _Opened:
    graph: Graph
    secrets: WebhookSecrets
    settings: Settings

    async def webhook(self, webhook_id: str) -> SinkRecord:
        """Return a webhook. Raises WebhookRefused."""
        record = await self.sink(webhook_id)
        if record.kind != KIND:
            told = f"'{webhook_id}' is no webhook: it is the topic {record.url}."
            raise WebhookRefused(told, "See tastegraph webhooks list.")
        return record

    async def sink(self, sink_id: str) -> SinkRecord:
        """Return a webhook, or the topic that is told. Raises WebhookRefused."""
        for record in await sinks(self.graph):
            if record.id == sink_id:
                return record
        raise WebhookRefused(f"There is no webhook '{sink_id}'.", "See tastegraph webhooks list.")


@asynccontextmanager
async def _opened() -> AsyncGenerator[_Opened]:
    chosen = settings()
    async with open_graph(chosen) as (graph, _):
        yield _Opened(graph, WebhookSecrets(chosen.webhook_secrets), chosen)


@click.group()
def webhooks() -> None:
    """Tell other systems what happens, by signed HTTP requests."""


@webhooks.command()
@click.argument("url")
@click.option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice(list(map(str, OutgoingType))),
    help="What to tell; repeat for several; default everything.",
)
@click.option("--people", is_flag=True, help="Say whom an event is about, by the opaque id.")
@json_option()
def add(url: str, types: tuple[str, ...], people: bool, as_json: bool) -> None:
    """Add a webhook, and print the secret that its requests are signed with, this once."""
    chosen = [OutgoingType(type_) for type_ in types] or list(OutgoingType)

    async def work() -> tuple[str, str]:
        async with _opened() as found:
            await _check(url, found.settings)
            webhook_id = f"wh_{secrets.token_hex(6)}"
            secret = found.secrets.make(webhook_id)
            await put_sink(found.graph, webhook_id, KIND, url, chosen, with_people=people)
            await asyncio.sleep(SETTLED_SECONDS)
            return webhook_id, secret

    webhook_id, secret = run(work())
    if as_json:
        print_json({"id": webhook_id, "secret": secret})
        return
    console.print(f"Added {webhook_id}. {KEEP_IT}")
    click.echo(secret)


async def _check(url: str, chosen: Settings) -> None:
    """Raise WebhookRefused for a URL that could never be reached."""
    check_url(url, chosen.webhook_networks)
    parts = urlsplit(url)
    plain = parts.scheme == "http"
    try:
        addresses = await resolved(str(parts.hostname), parts.port or (80 if plain else 443))
    except OSError as error:
        told = f"'{parts.hostname}' has no address."
        raise WebhookRefused(told, "Nothing was added.") from error
    if not all(may_reach(address, chosen.webhook_networks, plain=plain) for address in addresses):
        raise WebhookRefused(
            f"'{parts.hostname}' leads to an address that no webhook may reach.",
            "A network of your own may be named in TASTEGRAPH_WEBHOOK_NETWORKS.",
        )


@webhooks.command(name="list")
@json_option()
def list_webhooks(as_json: bool) -> None:
    """List who is told, also a topic of Kafka: what each is told, how it is, never its secret."""

    async def work() -> list[SinkRecord]:
        async with _opened() as found:
            return await sinks(found.graph)

    records = run(work())
    if as_json:
        print_json([_told(record) for record in records])
        return
    table = Table("id", "url", "types", "people", "state")
    for record in records:
        types = (
            "all"
            if record.types >= {str(type_) for type_ in OutgoingType}
            else ", ".join(record.types)
        )
        people = "yes" if record.with_people else "no"
        where = _shown(record.url) if record.kind == KIND else f"the topic {record.url}"
        table.add_row(record.id, where, types, people, _state(record))
    console.print(table if records else "No webhooks.")


def _told(record: SinkRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "kind": record.kind,
        "url": _shown(record.url),
        "types": sorted(record.types),
        "people": record.with_people,
        "state": _state(record),
        "failing_since": iso_if_at(record.failing_since),
        "disabled_at": iso_if_at(record.disabled_at),
        "failure": record.failure,
    }


def _shown(url: str) -> str:
    """Return a URL without its query, which may hold a key of the receiver."""
    return url.partition("?")[0] + ("?..." if "?" in url else "")


def _state(record: SinkRecord) -> str:
    if record.disabled_at is not None:
        return f"disabled: {record.failure}"
    return f"failing: {record.failure}" if record.failing_since is not None else "well"


@webhooks.command(name="test")
@click.argument("id_", metavar="ID")
@json_option()
def try_webhook(id_: str, as_json: bool) -> None:
    """Send a webhook an event of the type webhook.test, now and once, and print the answer."""

    async def work() -> int:
        async with _opened() as found:
            record = await found.webhook(id_)
            client = WebhookClient(found.settings.webhook_networks)
            try:
                return await client.post(record.url, found.secrets.signing(id_), _greeting())
            finally:
                await client.close()

    try:
        status = run(work())
    except SinkAway as away:
        fail(f"{id_} {away}.")
    if as_json:
        print_json({"id": id_, "status": status})
    else:
        console.print(f"{id_} answered {status}.")


def _greeting() -> dict[str, Any]:
    return {
        "id": secrets.token_hex(16),
        "type": "webhook.test",
        "timestamp": rfc3339(milliseconds(utc_now())),
        "schemaVersion": SCHEMA_VERSION,
        "data": {"text": "Tastegraph can reach you."},
    }


@webhooks.command()
@click.argument("id_", metavar="ID")
@json_option()
def rotate(id_: str, as_json: bool) -> None:
    """Make a new secret and print it, this once; for a day the old one signs too."""

    async def work() -> str:
        async with _opened() as found:
            await found.webhook(id_)
            return found.secrets.rotate(id_)

    secret = run(work())
    if as_json:
        print_json({"id": id_, "secret": secret})
        return
    console.print(f"{id_} has a new secret. {KEEP_IT}")
    click.echo(secret)


@webhooks.command()
@click.argument("id_", metavar="ID")
@json_option()
def resume(id_: str, as_json: bool) -> None:
    """Tell a webhook or a topic again that was disabled."""

    async def work() -> None:
        async with _opened() as found:
            await found.sink(id_)
            await resume_sink(found.graph, id_)

    run(work())
    _print_done(id_, "is told again", as_json)


@webhooks.command()
@click.argument("id_", metavar="ID")
@json_option()
def remove(id_: str, as_json: bool) -> None:
    """Remove a webhook and its secret, or a topic: it is told nothing any more."""

    async def work() -> None:
        async with _opened() as found:
            record = await found.sink(id_)
            await remove_sink(found.graph, id_)
            if record.kind == KIND:
                found.secrets.remove(id_)

    run(work())
    _print_done(id_, "is removed", as_json)


def _print_done(id_: str, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"id": id_})
    else:
        console.print(f"{id_} {what}.")
