"""Reviewing ingredients, one decision at a time."""

from __future__ import annotations

import dataclasses

import click
from rich.console import Console
from rich.table import Column, Table

from events.audit.entry import Action
from graph.clock import utc_now
from graph.connection import Graph
from graph.counting import counted
from graph.editing import reviews
from graph.editing.reviews import Acceptance, Unreviewed
from graph.errors import ChangeRefused
from graph.legible import legible
from service.cli.audited import on_record
from service.cli.common import console, day_option, json_option, print_json, run, settings
from service.opening import open_graph
from service.settings import Settings

LISTED = 25


@click.group(invoke_without_command=True)
@click.pass_context
def review(context: click.Context) -> None:
    """See which ingredients nobody has reviewed, and decide about them."""
    if context.invoked_subcommand is None:
        context.invoke(list_unreviewed)


@review.command(name="list")
@click.option("--limit", default=LISTED, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--all", "everything", is_flag=True, help="Include rejected ones.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_unreviewed(limit: int = LISTED, everything: bool = False, as_json: bool = False) -> None:
    """List unreviewed ingredients, those that block the most drinks first, with suggestions."""

    async def work() -> list[Unreviewed]:
        async with open_graph(settings()) as (graph, _):
            return await reviews.review_queue(graph, most=limit, everything=everything)

    queue = run(work())
    if as_json:
        print_json([_plain(ingredient) for ingredient in queue])
    elif queue:
        print_review_queue(console, queue)
    else:
        console.print("Every ingredient is reviewed.")


@review.command()
@click.argument("ingredient")
@click.option("--is", "known", help="The id of the reviewed ingredient that it is a kind of.")
@click.option("--allergens", default="", help="What it contains: ids, separated by commas.")
@click.option("--traces", default="", help="What it may contain: ids, separated by commas.")
@click.option("--no-allergens", is_flag=True, help="It contains none.")
@click.option("--source", help="Who says so; required unless only --is is given.")
@day_option
@click.option("--note", help="Why, for the history.")
@json_option()
def accept(
    ingredient: str,
    known: str | None,
    allergens: str,
    traces: str,
    no_allergens: bool,
    source: str | None,
    observed_at: str,
    note: str | None,
    as_json: bool,
) -> None:
    """Make an ingredient reviewed: it is a kind of a known one, or its allergens are known."""
    contained, possible = _ids(allergens), _ids(traces)
    if no_allergens and (known or contained or possible):
        raise click.UsageError("Use --no-allergens alone, with --source.")
    if not (no_allergens or known or contained or possible):
        raise click.UsageError("Say what it is: --is, --allergens, --traces or --no-allergens.")
    if (no_allergens or contained or possible) and not (source or "").strip():
        raise click.UsageError("Allergens need a --source, such as a label and its date.")

    async def work() -> int:
        chosen = settings()
        word = (source or "").strip() or f"review by {chosen.operator}"
        what = Acceptance(ingredient, word, observed_at, known, contained, possible)
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.REVIEW, "accept", ingredient, why=note)
            return await reviews.accept(graph, what, by=chosen.operator, note=note)

    version = run(work())
    if as_json:
        print_json({"ingredient": ingredient, "reviewed": True, "catalogue_version": version})
    else:
        console.print(f"'{ingredient}' is reviewed: the catalogue is at version {version}.")


@review.command()
@click.argument("ingredient")
@click.option("--note", help="Why, for the history.")
@json_option()
def reject(ingredient: str, note: str | None, as_json: bool) -> None:
    """Record that nobody can say what an ingredient contains; it stays unsafe."""

    async def work() -> int:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.REVIEW, "reject", ingredient, why=note)
            return await reviews.reject(graph, ingredient, by=chosen.operator, note=note)

    version = run(work())
    if as_json:
        print_json({"ingredient": ingredient, "reviewed": False, "catalogue_version": version})
    else:
        console.print(f"'{ingredient}' stays unreviewed, and leaves the list until it changes.")


@review.command()
@click.option("--limit", default=LISTED, show_default=True, type=click.IntRange(1, 10_000))
def walk(limit: int) -> None:
    """Decide about unreviewed ingredients one by one."""

    async def work() -> None:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            for ingredient in await reviews.review_queue(graph, most=limit):
                answer = _ask(ingredient)
                if answer == "q":
                    return
                await _decide(graph, ingredient, answer, chosen)

    run(work())


def _ask(ingredient: Unreviewed) -> str:
    drinks = counted(ingredient.drinks, "drink")
    examples = ", ".join(ingredient.examples)
    click.echo(legible(f"\n{ingredient.name} ({ingredient.id}) blocks {drinks}: {examples}"))
    for number, suggestion in enumerate(ingredient.suggestions, start=1):
        click.echo(legible(f"  {number}  {suggestion.name} ({suggestion.ingredient})"))
    click.echo("  a number or an id: it is a kind of that; r: reject; s: skip; q: quit")
    answer = str(click.prompt("It is", default="s")).strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(ingredient.suggestions):
        return ingredient.suggestions[int(answer) - 1].ingredient
    return answer


async def _decide(graph: Graph, ingredient: Unreviewed, answer: str, chosen: Settings) -> None:
    by = chosen.operator
    try:
        if answer == "r":
            await on_record(chosen, Action.REVIEW, "reject", ingredient.id)
            await reviews.reject(graph, ingredient.id, by=by)
        elif answer != "s":
            today = utc_now().date().isoformat()
            what = Acceptance(ingredient.id, f"review by {by}", today, known=answer)
            await on_record(chosen, Action.REVIEW, "accept", ingredient.id)
            await reviews.accept(graph, what, by=by)
    except ChangeRefused as refused:
        click.echo(legible(f"Not done: {refused}"))


def _ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def print_review_queue(to: Console, queue: list[Unreviewed]) -> None:
    """Print a line for each ingredient, with what it may be."""
    # ids are for copying, so they are never cut
    table = Table(Column("ingredient", no_wrap=True), "name", "blocks", "such as", "perhaps")
    for ingredient in queue:
        table.add_row(
            f"{ingredient.id} (rejected)" if ingredient.rejected else ingredient.id,
            ingredient.name,
            f"{ingredient.drinks:,}",
            ", ".join(ingredient.examples),
            ", ".join(suggestion.ingredient for suggestion in ingredient.suggestions),
        )
    to.print(table)


def _plain(ingredient: Unreviewed) -> dict[str, object]:
    return {
        **dataclasses.asdict(ingredient),
        "suggestions": [suggestion._asdict() for suggestion in ingredient.suggestions],
    }
