"""Which of two interleaved rankings people like better."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table

from graph.clock import milliseconds, utc_now
from graph.experiments.records import experiments
from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from learning.results.interleaving import Credit, credit_of, judged
from service.cli.commands.experiments.lists import closed_lists
from service.cli.commands.streams.opened import opened
from service.cli.common import console, json_option, print_json, run


@click.command()
@click.argument("id_", metavar="ID")
@json_option()
def interleaved(id_: str, as_json: bool) -> None:
    """Say which ranking of an experiment with interleave people like better."""
    found = run(_credit(id_))
    verdict = judged(found)
    if as_json:
        print_json({**asdict(found), "verdict": asdict(verdict)})
        return
    table = Table("ranking", "drinks opened")
    for team, credits in zip(found.teams, found.credits, strict=True):
        table.add_row(team, f"{credits:,}")
    console.print(table)
    known = found.low is not None and found.high is not None
    interval = f"{found.low:+.3f} to {found.high:+.3f} at any time" if known else "too few people"
    console.print(
        f"{found.people:,} people, lead of {found.teams[1]}: {found.lead:+.3f}, {interval}"
    )
    console.print(f"Verdict: {verdict.kind}. {verdict.why}")


async def _credit(id_: str) -> Credit:
    now = milliseconds(utc_now())
    async with opened() as stream:
        record = lifecycle.named(await experiments(stream.graph), id_)
        definition = lifecycle.definition_of(record)
        if not definition.interleave:
            raise ExperimentRefused(
                f"The experiment '{id_}' gives each person one ranking.",
                f"See tastegraph experiments show {id_}.",
            )
        first, second = (arm.name for arm in definition.arms)
        since = record.started_at or now
        until = min(now, record.stopped_at or now)
        lists, _ = await closed_lists(stream, since, now, definition.window)
        during = [joined for joined in lists if since <= joined.shown.at <= until]
        expected = definition.expected_people
        return credit_of(during, id_, (first, second), definition.window, now, expected)
