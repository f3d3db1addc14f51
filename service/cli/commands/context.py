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
        print_json([plain(context_field) for context_field in learned])
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
    effects = [
        (effect, value, trait)
        for value, by_trait in learned.effects.items()
        for trait, effect in by_trait.items()
    ]
    effects.sort(key=lambda row: -abs(row[0]))
    return [f"{value}: {trait[1]} {effect:+.2f}" for effect, value, trait in effects[:SHOWN]]


def plain(learned: ContextEffect) -> dict[str, object]:
    """Return what a field says as plain values; `lifts` is the older name of `effects`."""
    effects = {
        value: {f"{family} {name}": effect for (family, name), effect in by_trait.items()}
        for value, by_trait in learned.effects.items()
    }
    fields = {
        field.name: getattr(learned, field.name)
        for field in dataclasses.fields(learned)
        if field.name != "errors"
    }
    return {**fields, "families": list(learned.families), "effects": effects, "lifts": effects}
