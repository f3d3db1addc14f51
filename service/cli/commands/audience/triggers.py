"""The command `tastegraph triggers`: rules tried on yesterday before they act on anybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from rich.table import Table

from graph.clock import milliseconds, utc_now
from learning.triggers.deciding import Tally
from learning.triggers.definition import read_triggers
from learning.triggers.trying import try_triggers
from service.cli.commands.streams.opened import opened
from service.cli.common import console, json_option, print_json, run


@click.group()
def triggers() -> None:
    """Rules that act when something happens: try them before they do."""


@triggers.command(name="dry-run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--hours",
    type=click.IntRange(1, 24 * 365),
    default=24,
    show_default=True,
    help="On the events of the last so many hours.",
)
@json_option()
def dry_run(file: Path, hours: int, as_json: bool) -> None:
    """Say what the triggers of a file would have fired, and what would have held them back."""
    wanted = read_triggers(file)
    since = milliseconds(utc_now() - timedelta(hours=hours))

    async def work() -> tuple[Tally, int]:
        async with opened() as stream:
            return await try_triggers(stream.graph, stream.log, stream.letters, wanted, since)

    tally, events = run(work())
    held = {
        trigger.id: {why: n for (id_, why), n in sorted(tally.held.items()) if id_ == trigger.id}
        for trigger in wanted.triggers
    }
    if as_json:
        rows = [
            {"id": id_, "fired": tally.fired[id_], "held": reasons} for id_, reasons in held.items()
        ]
        print_json({"events": events, "triggers": rows})
        return
    table = Table("trigger", "would have fired", "held back")
    for id_, reasons in held.items():
        said = ", ".join(f"{why}: {count}" for why, count in reasons.items())
        table.add_row(id_, str(tally.fired[id_]), said or "-")
    console.print(table)
    console.print(f"{events:,} events of the last {hours} hours. Nothing was written.")
