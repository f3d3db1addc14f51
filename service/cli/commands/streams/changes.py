"""A shop's own database: how far it is followed, which rows cannot be used, and its mapping."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from connectors.debezium.envelope import NotDebezium, decoded
from graph.capture.changes import RowChange
from graph.capture.checking import faults_of
from graph.capture.mapping import CaptureMapping, load_capture
from graph.capture.source_rows import captured_tables, rows_in_trouble
from graph.counting import counted
from graph.errors import ImportRefused
from graph.event_offsets import OffsetMoved
from service.background.change_topic import ReadUpTo, open_topic, read_up_to
from service.background.change_topic import skip as skip_message
from service.cli.common import console, fail, json_option, print_json, run, settings
from service.cli.exit_statuses import REJECTED
from service.opening import open_graph
from service.webhook_signature import webhook_secret


@click.group()
def changes() -> None:
    """Follow a shop's own database: see how far, and check a mapping."""


@changes.command()
@json_option()
def status(as_json: bool) -> None:
    """Show the rows that are kept of each table, and those that cannot be used, and why."""

    async def work() -> tuple[list[dict[str, Any]], list[dict[str, Any]], ReadUpTo | None]:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            kept = await captured_tables(graph), await rows_in_trouble(graph)
            if not (chosen.kafka and chosen.changes_topic):
                return *kept, None
            with open_topic(chosen.kafka, chosen.changes_topic) as source:
                return *kept, await read_up_to(graph, source)

    tables, troubled, place = run(work())
    if as_json:
        topic = {"topic": asdict(place)} if place else {}
        print_json({"tables": tables, "rows_in_trouble": troubled, **topic})
        return
    if place:
        waiting = (
            f"; the next has waited for {place.waiting_seconds:,.0f} s" if place.behind else ""
        )
        console.print(f"The topic is read up to offset {place.next:,} of {place.end:,}{waiting}.")
    if not tables:
        console.print("No row of a shop's database has come yet: see docs/cdc.md.")
        return
    table = Table("table", "rows", "deleted", "incomplete", "in trouble")
    for row in tables:
        numbers = (row[name] for name in ("rows", "deleted", "open", "problems"))
        table.add_row(row["table"], *(f"{number:,}" for number in numbers))
    console.print(table)
    for row in troubled:
        console.print(f"{row['id']}: {row['problem']}", highlight=False, markup=False)


@changes.command()
@click.argument("offset", type=click.IntRange(min=0))
@json_option()
def skip(offset: int, as_json: bool) -> None:
    """Leave out the message of the topic at which reading has stopped, for good.

    What it said is not in the graph: let Debezium take a snapshot once the connector is mended.
    """

    async def work() -> None:
        chosen = settings()
        if not (chosen.kafka and chosen.changes_topic):
            fail("Changes come by HTTP: set KAFKA_CHANGES_TOPIC if they come from a topic.")
        async with open_graph(chosen) as (graph, _):
            with open_topic(chosen.kafka, chosen.changes_topic) as source:
                try:
                    await skip_message(graph, source, offset)
                except OffsetMoved:
                    place = await read_up_to(graph, source)
                    fail(f"The next message is at offset {place.next}: that alone can be skipped.")

    run(work())
    if as_json:
        print_json({"skipped": offset})
    else:
        console.print(f"Skipped the message at offset {offset}.")


@changes.command()
@json_option()
def secret(as_json: bool) -> None:
    """Print the secret that Debezium Server signs with, made at the first use."""
    text = webhook_secret(settings().home)
    if as_json:
        print_json({"secret": text})
        return
    click.echo(text)


@changes.command()
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option("--messages", type=click.Path(path_type=Path), help="Recorded messages to read.")
@json_option()
def check(mapping: Path, messages: Path | None, as_json: bool) -> None:
    """Check a mapping, and read recorded messages by it, one in a line; nothing is written.

    Ends with 3 if a message or a row cannot be used.
    """
    try:
        capture = load_capture(mapping)
    except ImportRefused as error:
        fail(str(error))
    problems = _problems(capture, messages) if messages else []
    if as_json:
        tables = [
            {"from": table.file, "table": table.table, "key": list(table.key)}
            for table in capture.tables
        ]
        print_json({"stream": capture.stream, "tables": tables, "problems": problems})
    else:
        _print_check(mapping, capture, problems)
        if messages and not problems:
            console.print("Every message can be used.")
    if problems:
        sys.exit(REJECTED)


def _print_check(file: Path, capture: CaptureMapping, problems: list[str]) -> None:
    console.print(f"{file.name} follows the stream '{capture.stream}':", highlight=False)
    for table in capture.tables:
        console.print(f"  {table.file} is {table.table}, its key {', '.join(table.key)}")
    for problem in problems:
        console.print(problem, highlight=False, markup=False)
    if problems:
        console.print(f"{counted(len(problems), 'problem')}.")


def _problems(mapping: CaptureMapping, file: Path) -> list[str]:
    """Return what is wrong, each with file, line and field."""
    problems: list[str] = []
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror}).")
    for number, line in enumerate(lines, start=1):
        try:
            message = decoded(line)
        except NotDebezium as error:
            problems.append(f"{file.name}, line {number}: {error}")
            continue
        if isinstance(message, RowChange):
            problems += [
                f"{file.name}, line {number}: {fault}" for fault in faults_of(mapping, message)
            ]
    return problems
