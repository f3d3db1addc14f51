"""The command `tastegraph segments`: groups of people, computed, listed, looked at."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from graph.audience.segments import SMALLEST_SEGMENT, SegmentRecord
from graph.audience.segments import segments as all_segments
from graph.clock import milliseconds, rfc3339, utc_now
from learning.errors import SegmentRefused
from learning.segments.computing import Computed, compute_segments, keep_segments
from learning.segments.definition import read_segments
from service.cli.common import console, json_option, print_json, run, settings
from service.opening import open_graph


@click.group()
def segments() -> None:
    """Group people by what they buy: by rules, communities and RFM; never by allergy."""


@segments.command()
@click.argument(
    "file",
    metavar="[FILE]",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--dry-run", is_flag=True, help="Say what there would be; write nothing.")
@json_option()
def compute(file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Compute all segments from a file, or those that come along, and keep them in the graph."""
    wanted = read_segments(file)
    now = milliseconds(utc_now())

    async def work() -> tuple[Computed, list[str]]:
        async with open_graph(settings()) as (graph, _):
            computed = await compute_segments(graph, wanted, now)
            gone = [] if dry_run else await keep_segments(graph, computed, now)
            return computed, gone

    computed, gone = run(work())
    records = [segment.record for segment in computed.segments]
    if as_json:
        documents = [_document(record) for record in records]
        print_json({"segments": documents, "too_small": computed.too_small, "removed": gone})
        return
    console.print(_table(records) if records else "No segments: too few people bought anything.")
    if computed.too_small:
        named = ", ".join(computed.too_small)
        console.print(f"Left out, with fewer than {SMALLEST_SEGMENT} people: {named}.")
    if gone:
        console.print(f"Removed: {', '.join(gone)}.")
    console.print("Nothing was written." if dry_run else f"{len(records)} segments are kept.")


@segments.command(name="list")
@json_option()
def list_segments(as_json: bool) -> None:
    """List the segments, the largest first."""
    records = run(_known())
    if as_json:
        print_json([_document(record) for record in records])
    else:
        console.print(_table(records) if records else "No segments; see segments compute.")


@segments.command()
@click.argument("id_", metavar="ID")
@json_option()
def show(id_: str, as_json: bool) -> None:
    """Show a segment: how many people, and what tells it from everybody."""
    record = next((record for record in run(_known()) if record.id == id_), None)
    if record is None:
        raise SegmentRefused(f"There is no segment '{id_}'.", "See tastegraph segments list.")
    if as_json:
        print_json(_document(record))
        return
    console.print(f"{record.name} ({record.kind}): {record.people:,} people")
    table = Table("flavor", "of what they buy", "times everybody's")
    for flavor in record.flavors:
        table.add_row(flavor.name, f"{flavor.share:.0%}", f"{flavor.lift:.2f}")
    console.print(table if record.flavors else "No flavor tells them from everybody.")


async def _known() -> list[SegmentRecord]:
    async with open_graph(settings()) as (graph, _):
        return await all_segments(graph)


def _document(record: SegmentRecord) -> dict[str, Any]:
    document = {**asdict(record), "computed_at": rfc3339(record.computed_at)}
    return {**document, "flavors": [asdict(flavor) for flavor in record.flavors]}


def _table(records: list[SegmentRecord]) -> Table:
    table = Table("id", "kind", "people", "name", "telling flavors")
    for record in records:
        flavors = ", ".join(f"{each.name} x{each.lift:.1f}" for each in record.flavors)
        table.add_row(record.id, record.kind, f"{record.people:,}", record.name, flavors)
    return table
