"""Keys of programs: who has one, what it may do, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import click
from rich.table import Table

from events.audit.entry import Action
from gql.request.policy import OFFICES, SCOPES
from graph.access.api_keys import (
    LONGEST_NAME,
    MOST_DAYS,
    ApiKey,
    add_api_key,
    api_keys,
    revoke_api_key,
)
from graph.clock import iso_at, iso_if_at, milliseconds, utc_now
from service.cli.audited import on_record
from service.cli.common import console, fail, json_option, print_json, run, settings
from service.http.auth import COLLECTOR_SCOPE, DEVELOPER_SCOPE, FOLLOWER_SCOPE
from service.opening import open_graph

ROLES = tuple(scope for role, scope in SCOPES.items() if role not in OFFICES)
"""Support, admins and auditors are people who answer for it: no program is one."""
ALL_SCOPES = (*ROLES, DEVELOPER_SCOPE, COLLECTOR_SCOPE, FOLLOWER_SCOPE)
KEEP_IT = "Keep it where the program finds it: it is not shown again."


@click.group()
def keys() -> None:
    """Give programs, such as tills, keys for the API, and take them back."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(ALL_SCOPES),
    help="What it may do; repeat for several.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=365,
    show_default=True,
    help="How long it is valid.",
)
@json_option()
def add(name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Add a key for a program, and print it, this once."""
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        fail(f"A name has 1 to {LONGEST_NAME} characters: say which program it is for.")

    async def work() -> tuple[str, str]:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.ACCESS, "add key", name.strip(), *scopes)
            lasts = timedelta(days=days)
            return await add_api_key(graph, name.strip(), scopes, lasts, by=chosen.operator)

    key_id, key = run(work())
    if as_json:
        print_json({"id": key_id, "key": key})
        return
    console.print(f"Added {key_id}; servers accept it within a second. {KEEP_IT}", highlight=False)
    click.echo(key)


@keys.command(name="list")
@json_option()
def list_keys(as_json: bool) -> None:
    """List all keys: what each may do, until when, when it was last used; never the key itself."""

    async def work() -> list[ApiKey]:
        async with open_graph(settings()) as (graph, _):
            return await api_keys(graph)

    found = run(work())
    if as_json:
        print_json([_document(key) for key in found])
        return
    table = Table("id", "name", "scopes", "state", "until", "last used")
    for key in found:
        scopes = ", ".join(sorted(key.scopes))
        used = iso_if_at(key.used_at) or "never"
        table.add_row(key.id, key.name, scopes, _state(key), iso_at(key.until), used)
    console.print(table)


@keys.command()
@click.argument("key_id")
@json_option()
def revoke(key_id: str, as_json: bool) -> None:
    """Take a key back: within a second no server accepts it."""

    async def work() -> int:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.ACCESS, "revoke key", key_id)
            return await revoke_api_key(graph, key_id)

    since = run(work())
    if as_json:
        print_json({"id": key_id, "revoked_at": iso_at(since)})
        return
    console.print(f"{key_id} is revoked since {iso_at(since)}.", highlight=False)


def _document(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "state": _state(key),
        "added_at": iso_at(key.added_at),
        "by": key.by,
        "until": iso_at(key.until),
        "used_at": iso_if_at(key.used_at),
        "revoked_at": iso_if_at(key.revoked_at),
    }


def _state(key: ApiKey) -> str:
    return key.state_at(milliseconds(utc_now()))
