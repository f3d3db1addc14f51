"""Recalling a drink or an ingredient for an allergen."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import click
from rich.console import Console

from events.audit.entry import Action
from events.audit.guarded import Guarded
from graph.editing import recalls
from graph.editing.recalls import Effect, Recall
from graph.vocabulary import PRESENCES, EvidenceStatus
from service.cli.audited import on_record
from service.cli.common import console, day_option, print_json, run, settings
from service.cli.four_eyes import Waiting, print_waiting, seconded
from service.opening import open_graph

EXAMPLES = 10


@click.command()
@click.option("--ingredient", help="The id of the ingredient it is about.")
@click.option("--drink", help="The id of the drink it is about, instead.")
@click.option("--allergen", required=True, help="The id of the allergen.")
@click.option(
    "--status",
    type=click.Choice(sorted(str(presence) for presence in PRESENCES)),
    default="contains",
    show_default=True,
    help="What it says.",
)
@click.option("--source", required=True, help="Who says so, such as a notice and its number.")
@day_option
@click.option("--note", help="Why, for the history.")
@click.option("--withdraw", is_flag=True, help="Withdraw what a recall from this source said.")
@click.option("--apply", is_flag=True, help="Write it; without this, only show what it would do.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def recall(
    ingredient: str | None,
    drink: str | None,
    allergen: str,
    status: str,
    source: str,
    observed_at: str,
    note: str | None,
    withdraw: bool,
    apply: bool,
    as_json: bool,
) -> None:
    """Show which drinks and how many people a recall affects, and apply it.

    Running servers refuse the drinks from their very next request on.
    """
    kind, subject = _subject(ingredient, drink)
    presence = None if withdraw else EvidenceStatus(status)
    what = Recall(kind, subject, allergen, presence, source.strip(), observed_at)
    if not what.source:
        raise click.UsageError("--source is empty.")

    async def work() -> Effect:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            if apply:
                said = (kind, subject, allergen)
                if withdraw:
                    # what cannot be done is not proposed
                    await recalls.recall(graph, what, by=chosen.operator, note=note, apply=False)
                    about = (*said, what.source)
                    said = *said, *await seconded(chosen, Guarded.RECALLS, about, note)
                await on_record(chosen, Action.RECALL, *said, why=note)
            return await recalls.recall(graph, what, by=chosen.operator, note=note, apply=apply)

    try:
        effect = run(work())
    except Waiting as waiting:
        print_waiting(waiting, as_json=as_json)
        return
    if as_json:
        print_json(_plain(what, effect))
    else:
        print_effect(console, what, effect)


def _subject(
    ingredient: str | None, drink: str | None
) -> tuple[Literal["drink", "ingredient"], str]:
    if ingredient and not drink:
        return "ingredient", ingredient
    if drink and not ingredient:
        return "drink", drink
    raise click.UsageError("Name one thing: --ingredient or --drink.")


def print_effect(to: Console, what: Recall, effect: Effect) -> None:
    """Print what a recall does, and whether it was applied."""

    def say(line: str) -> None:
        to.print(line, highlight=False)

    presence = what.presence.replace("_", " ") if what.presence else "withdrawn:"
    say(f"{effect.subject} {presence} {effect.allergen}, says {what.source}.")
    say(
        f"Drinks with it: {len(effect.drinks):,}; "
        f"with a different verdict: {len(effect.changed):,}."
    )
    for (before, after), drinks in effect.changes.items():
        say(f"  {before} -> {after}: {drinks:,}")
    for drink in effect.changed[:EXAMPLES]:
        say(f"    {drink.name} ({drink.id}): {drink.before} -> {drink.after}")
    if len(effect.changed) > EXAMPLES:
        say(f"    and {len(effect.changed) - EXAMPLES:,} more")
    people = effect.people
    say(f"People allergic to it: {people.allergic:,} (of them simulated: {people.simulated:,}).")
    say(f"  bought, saved or were recommended such a drink: {people.had:,}")
    say(f"  of these, accept traces of it: {people.accept_traces:,}")
    if effect.version is None:
        say("Nothing was written. To apply it, run this again with --apply.")
    else:
        say(f"Applied: the catalogue is at version {effect.version}.")


def _plain(what: Recall, effect: Effect) -> dict[str, Any]:
    return {
        **dataclasses.asdict(what),
        "kind": what.kind,
        "applied": effect.version is not None,
        "version": effect.version,
        "drinks": len(effect.drinks),
        "verdicts_changed": len(effect.changed),
        "changes": [
            {"before": before, "after": after, "drinks": drinks}
            for (before, after), drinks in effect.changes.items()
        ],
        "people": dataclasses.asdict(effect.people),
        "affected": [dataclasses.asdict(drink) for drink in effect.drinks],
    }
