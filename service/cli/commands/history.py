"""Seeing what changed about a drink."""

from __future__ import annotations

import dataclasses

import click
from rich.console import Console

from graph.catalogue.entities import existing_drinks
from graph.catalogue.history import Change, safety_history
from service.cli.common import console, fail, print_json, run, settings
from service.opening import open_graph


@click.command()
@click.argument("drink")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def history(drink: str, as_json: bool) -> None:
    """Show every recorded change to a drink and to all that is or was in it, newest first."""

    async def work() -> tuple[bool, list[Change]]:
        async with open_graph(settings()) as (graph, _):
            known = await existing_drinks(graph, [drink])
            return bool(known), await safety_history(graph, drink)

    exists, changes = run(work())
    if not exists:
        fail(f"There is no drink '{drink}'.")
    if as_json:
        print_json([_plain(change) for change in changes])
    elif changes:
        for change in changes:
            print_change(console, change)
    else:
        console.print(f"Nothing about '{drink}' has changed since changes have been recorded.")


def print_change(to: Console, change: Change) -> None:
    """Print one change: a line of who and when, then a line for each fact that came or went."""
    said = f", on the word of {change.source}" if change.source else ""
    to.print(
        f"version {change.version}, {change.at}: {change.kind} by {change.by}{said}: "
        f"{change.subject_type} {change.subject_id}",
        highlight=False,
    )
    for sign, facts in (("+", change.added), ("-", change.removed)):
        for fact in facts:
            to.print(f"  {sign} {fact}", highlight=False)
    if change.note:
        to.print(f"  note: {change.note}", highlight=False)


def _plain(change: Change) -> dict[str, object]:
    return {**dataclasses.asdict(change), "added": change.added, "removed": change.removed}
