"""Finding duplicates, merging them, and undoing a merge."""

from __future__ import annotations

import dataclasses
from typing import Literal

import click
from rich.table import Table

from events.audit.entry import Action
from graph.clock import utc_now
from graph.counting import counted
from graph.editing.merging_drinks import DrinkMerge, merge_drinks
from graph.editing.merging_people import (
    MARK,
    PeopleApart,
    PeopleMerge,
    merge_people,
    undo_people_merge,
)
from graph.editing.unmerging_drinks import DrinksApart, undo_drink_merge
from graph.importing.duplicates import Duplicate, duplicate_drinks, duplicate_people
from service.cli.audited import on_record
from service.cli.common import console, json_option, print_json, run, settings
from service.opening import open_graph

MOST_SHOWN = 20
note_option = click.option("--note", help="Why, for the history.")


@click.command()
@click.argument("what", type=click.Choice(["drinks", "people"]))
@json_option()
def duplicates(what: Literal["drinks", "people"], as_json: bool) -> None:
    """List drinks or people that may be duplicates, each pair with the reason.

    Being alike decides nothing: look at both, then see `tastegraph merge`.
    """

    async def work() -> list[Duplicate]:
        async with open_graph(settings()) as (graph, _):
            return await (duplicate_drinks if what == "drinks" else duplicate_people)(graph)

    pairs = run(work())
    if as_json:
        print_json([dataclasses.asdict(duplicate) for duplicate in pairs])
    elif pairs:
        console.print(_table(pairs))
    else:
        console.print(f"No {what} look alike.")


def _table(pairs: list[Duplicate]) -> Table:
    table = Table("one", "other", "name", "why")
    for duplicate in pairs:
        table.add_row(duplicate.one, duplicate.other, duplicate.name, duplicate.reason)
    return table


@click.group()
def merge() -> None:
    """Merge two that are the same, and undo a merge."""


@merge.command(name="drink")
@click.argument("drink")
@click.argument("into")
@note_option
@click.option("--apply", is_flag=True, help="Write it; without this, only show what it would do.")
@json_option()
def merge_drink(drink: str, into: str, note: str | None, apply: bool, as_json: bool) -> None:
    """Merge DRINK into INTO, which becomes at least as strict as both.

    What people did with DRINK, now and later, counts for INTO; DRINK is no longer on offer.
    """
    today = utc_now().date()

    async def work() -> DrinkMerge:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            by = chosen.operator
            if apply:
                await on_record(chosen, Action.MERGE, "drink", drink, into, why=note)
            return await merge_drinks(graph, drink, into, today, by=by, note=note, apply=apply)

    effect = run(work())
    if as_json:
        print_json({"applied": effect.change is not None, **dataclasses.asdict(effect)})
    else:
        _print_merge(effect)


def _print_merge(effect: DrinkMerge) -> None:
    def say(line: str) -> None:
        console.print(line, highlight=False)

    events = counted(effect.events, "event moves", "events move")
    say(f"{effect.merged} becomes {effect.into}: {events}.")
    if effect.parts:
        say(f"Gains as optional parts: {', '.join(effect.parts)}.")
    if effect.void:
        say(f"No longer declared absent in it: {', '.join(effect.void)}.")
    for verdict in effect.verdicts:
        say(f"  {verdict.allergen}: {verdict.before} -> {verdict.after}")
    if not effect.known:
        say("Its recipe will not be fully known.")
    if effect.change is None:
        say("Nothing was written. To apply it, run this again with --apply.")
    else:
        say(f"Merged. To undo it: tastegraph merge undo {effect.change}")


@merge.command(name="person")
@click.argument("person")
@click.argument("into")
@note_option
@click.option("--apply", is_flag=True, help="Write it; without this, only show what it would do.")
@json_option()
def merge_person(person: str, into: str, note: str | None, apply: bool, as_json: bool) -> None:
    """Merge PERSON into INTO, which becomes at least as strict as both.

    What PERSON did, now and later, counts for INTO. What is shown is personal data.
    """

    async def work() -> PeopleMerge:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            by = chosen.operator
            if apply:
                about = [person, into]
                await on_record(chosen, Action.MERGE, "everything", about=about, why=note)
            return await merge_people(graph, person, into, by=by, note=note, apply=apply)

    effect = run(work())
    if as_json:
        print_json({"applied": effect.change is not None, **dataclasses.asdict(effect)})
    else:
        _print_people(effect)


def _print_people(effect: PeopleMerge) -> None:
    def say(line: str) -> None:
        console.print(line, highlight=False, markup=False)

    events = counted(effect.events, "event moves", "events move")
    say(f"{effect.merged} becomes {effect.into}: {events}.")
    if effect.apart:
        shown = ", ".join(effect.apart[:MOST_SHOWN])
        more = ", ..." if len(effect.apart) > MOST_SHOWN else ""
        say(
            f"Left where they are, since {effect.into} has events with the same ids: {shown}{more}."
        )
    for news in effect.news:
        say(f"  {news}")
    if effect.change is None:
        say("Nothing was written. To apply it, run this again with --apply.")
    else:
        say(f"Merged. To undo it: tastegraph merge undo {effect.change}")


@merge.command()
@click.argument("change")
@note_option
@json_option()
def undo(change: str, note: str | None, as_json: bool) -> None:
    """Undo the merge CHANGE, of drinks or of people: both are again what they were."""

    async def work() -> DrinksApart | PeopleApart:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.MERGE, "undo", change, why=note)
            if change.startswith(MARK):
                return await undo_people_merge(graph, change)
            return await undo_drink_merge(graph, change, by=chosen.operator, note=note)

    done = run(work())
    if as_json:
        print_json(dataclasses.asdict(done))
    else:
        console.print(
            f"{done.merged} and {done.into} are separate again; "
            f"{counted(done.events, 'event')} moved back.",
            highlight=False,
        )
