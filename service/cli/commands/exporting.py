"""Taking the graph to other tools."""

from __future__ import annotations

from pathlib import Path

import click

from events.audit.entry import Action
from graph.analytics.graph_export import Scope, read_graph
from graph.clock import iso_seconds, utc_now
from graph.counting import counted
from service.cli.audited import on_record
from service.cli.common import console, print_json, run, settings
from service.cli.output.exports import FORMATS, Tables, read_tables, write_tables
from service.cli.output.progress import Bars
from service.opening import open_graph

ROWS_SHOWN = 100


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option(
    "--with-people", is_flag=True, help="Include people, under names made up for this export."
)
@click.option(
    "--with-allergies", is_flag=True, help="Include what they declared about their health."
)
@click.option(
    "--raw", is_flag=True, help="In csv, leave texts as they are: a spreadsheet may run them."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def export(
    form: str, out: Path, with_people: bool, with_allergies: bool, raw: bool, as_json: bool
) -> None:
    """Write the graph for networkx, Gephi (graphml), pandas (parquet) or a spreadsheet (csv)."""
    if with_allergies and not with_people:
        raise click.UsageError("--with-allergies needs --with-people.")
    if with_people:
        _warn(with_allergies)
    about = {
        "exportedAt": iso_seconds(utc_now()),
        "withPeople": with_people,
        "withAllergies": with_allergies,
    }
    with Bars(console) as bars:
        tables = run(_read(Scope(with_people, with_allergies), bars))
        with bars.step("writing"):
            files = write_tables(tables, form, out, about, raw=raw)
    if as_json:
        document = {"folder": str(out), "files": [str(file.relative_to(out)) for file in files]}
        print_json({**document, **about, **tables.counts})
    nodes, relationships = (sum(count.values()) for count in tables.counts.values())
    console.print(
        f"{counted(nodes, 'node')} and {counted(relationships, 'relationship')} in "
        f"{counted(len(files), 'file')} in {out}.",
        highlight=False,
    )


def _warn(with_allergies: bool) -> None:
    console.print(
        "Warning: this export holds what people did. Their names are changed, but they may be "
        "recognised by their histories: treat it as personal data."
    )
    if with_allergies:
        console.print(
            "Warning: it holds allergies and diets, which are data about health: keep it as "
            "such, and delete it when the work is done."
        )


async def _read(scope: Scope, bars: Bars) -> Tables:
    read = {"nodes": 0, "relationships": 0}

    def advance(what: str, count: int) -> None:
        if not read[what]:
            bars.done()
            bars.start(what, 0)
        read[what] += count
        if read[what] % ROWS_SHOWN == 0:
            bars.advance(ROWS_SHOWN)

    chosen, also = settings(), {"people": scope.people, "allergies": scope.allergies}
    what = ["graph", *(name for name, has in also.items() if has)]
    async with (
        open_graph(chosen, prepare=False) as (graph, _),
        read_graph(graph, scope) as reader,
    ):
        await on_record(chosen, Action.EXPORT, *what)
        tables = await read_tables(reader, advance)
    bars.done()
    return tables
