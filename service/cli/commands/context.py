"""Showing what the service has learned about moments: what people want when, and if it helps."""

from __future__ import annotations

import dataclasses

import click
from rich.table import Table

from graph.catalogue.entities import load_catalogue
from recommend.context.effects import ContextEffect
from recommend.context.model import ContextModel, load_context_model
from service.cli.common import console, print_json, run, settings
from service.opening import open_graph

SHOWN = 5


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with every effect.")
def context(as_json: bool) -> None:
    """Show how much likelier each context makes purchases, and which the service uses."""

    async def work() -> ContextModel:
        async with open_graph(settings()) as (graph, _):
            return await load_context_model(graph, (await load_catalogue(graph)).drinks)

    learned = run(work()).learned
    if as_json:
        print_json([_plain(context_field) for context_field in learned])
    elif learned:
        console.print(_table(learned))
    else:
        console.print("No purchase says when or where it was made.")


def _table(learned: tuple[ContextEffect, ...]) -> Table:
    table = Table("context", "purchases", "gain of a purchase", "used", "largest effects")
    for context_field in learned:
        gain = f"{context_field.gain:+.4f} ± {context_field.error:.4f}"
        used = "yes" if context_field.used else "no"
        table.add_row(
            context_field.name,
            f"{context_field.events:,}",
            gain,
            used,
            ", ".join(_largest(context_field)),
        )
    return table


def _largest(learned: ContextEffect) -> list[str]:
    lifts = [
        (lift, value, trait)
        for value, effects in learned.lifts.items()
        for trait, lift in effects.items()
    ]
    lifts.sort(key=lambda lift: -abs(lift[0]))
    return [f"{value}: {trait[1]} {lift:+.2f}" for lift, value, trait in lifts[:SHOWN]]


def _plain(learned: ContextEffect) -> dict[str, object]:
    lifts = {
        value: {f"{family} {name}": lift for (family, name), lift in effects.items()}
        for value, effects in learned.lifts.items()
    }
    told = {
        field.name: getattr(learned, field.name)
        for field in dataclasses.fields(learned)
        if field.name != "errors"
    }
    return {**told, "families": list(learned.families), "lifts": lifts}
