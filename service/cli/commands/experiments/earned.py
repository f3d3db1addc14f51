"""What recommended lists earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.table import Table

from graph.clock import milliseconds
from graph.experiments import earned as earnings
from graph.experiments.earned import Earned, EarnedBy
from service.cli.common import console, json_option, print_json, run, settings
from service.opening import open_graph

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option(
    "--by",
    default=EarnedBy.SURFACE.value,
    show_default=True,
    type=click.Choice([by.value for by in EarnedBy]),
    help="Drinks; the fields that list them; models; arms of experiments; or segments.",
)
@click.option("--since", required=True, type=DAY, help="The first day, of UTC.")
@click.option("--until", required=True, type=DAY, help="The day after the last one.")
@click.option("--currency", default="EUR", show_default=True, help="Of the revenue, ISO 4217.")
@json_option()
def earned(by: str, since: datetime, until: datetime, currency: str, as_json: bool) -> None:
    """Say what was opened, bought and paid from recommended lists."""
    if not since < until:
        raise click.BadParameter("It is not after --since.", param_hint="--until")
    start, end = (milliseconds(day.replace(tzinfo=UTC)) for day in (since, until))

    async def work() -> Sequence[Earned]:
        async with open_graph(settings(), prepare=False) as (graph, _):
            return await earnings.earned(graph, EarnedBy(by), start, end, currency)

    rows = run(work())
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table = Table(by, "opened", "bought", "drinks", currency)
    for row in rows:
        numbers = (f"{row.opened:,}", f"{row.bought:,}", f"{row.quantity:g}", f"{row.revenue:,.2f}")
        table.add_row(row.name, *numbers)
    console.print(table if rows else "Nothing has followed from a list in that time.")
