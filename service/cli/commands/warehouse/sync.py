"""Events, impressions, the catalogue and models as tables for other tools."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from pathlib import Path

import click

from events.audit.entry import Action
from events.embedded_log import FILE, EmbeddedLog
from graph.counting import counted
from graph.secret_files import kept_secret
from service.background.broker import open_broker
from service.cli.audited import on_record
from service.cli.common import console, json_option, print_json, run, settings
from service.opening import open_graph
from warehouse.names import Names
from warehouse.sync import Synced, Warehouse


@click.group()
def warehouse() -> None:
    """Write events, impressions, the catalogue and models as Delta tables for other tools."""


@warehouse.command()
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the tables; made at the first sync.",
)
@click.option("--people", is_flag=True, help="Name people, by names made with a key of this home.")
@json_option()
def sync(folder: Path, people: bool, as_json: bool) -> None:
    """Add what is new since the last sync, and remove the rows of people who left."""
    if people:
        console.print(
            "Warning: these tables hold what people did. Their names are changed, but they may be "
            "recognised by their histories: treat them as personal data."
        )
    done = run(_sync(folder, people))
    if as_json:
        print_json(
            {table.table: {"added": table.added, "removed": table.removed} for table in done}
        )
        return
    for table in done:
        removed = f", {table.removed:,} removed" if table.removed else ""
        console.print(
            f"{table.table}: {counted(table.added, 'row')} added{removed}.", highlight=False
        )


async def _sync(folder: Path, people: bool) -> list[Synced]:
    chosen = settings()
    key = kept_secret(chosen.home / "keys" / "warehouse.key", lambda: secrets.token_hex(32))
    async with open_graph(chosen) as (graph, _):
        await on_record(chosen, Action.EXPORT, "warehouse", *(["people"] if people else []))
        with ExitStack() as stack:
            kept = None
            if chosen.kafka or (chosen.events / FILE).exists():
                kept = stack.enter_context(EmbeddedLog(chosen.events))
            log, letters = kept, None
            if chosen.kafka:
                broker = stack.enter_context(open_broker(chosen, make_topic=False))
                log, letters = broker.log, broker.letters
            names = Names(key.encode())
            warehouse = Warehouse(folder, graph, log, kept, names, people, letters=letters)
            return [table async for table in warehouse.sync()]
