"""Importing tables and the bundled knowledge."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from events.audit.entry import Action
from graph.errors import ImportRefused
from graph.importing import (
    ImportSummary,
    bundled_mappings,
    import_folder,
    load_mapping,
    preview,
    propose,
)
from graph.importing.files.mapping import read_mapping
from graph.importing.summary import together
from graph.people.purposes import OPERATORS, Ground
from graph.secret_files import kept_secret
from service import bundled
from service.cli.audited import on_record
from service.cli.common import console, fail, json_option, print_json, run, settings
from service.cli.exit_statuses import REJECTED
from service.cli.output import tables
from service.cli.output.progress import Bars
from service.opening import open_graph

OPAQUE_KEY = "opaque.key"


@click.command(name="import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--mapping", help="How to read foreign tables: a bundled name or a TOML file.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where to write rejected rows.")
@click.option(
    "--ground",
    type=click.Choice([str(ground) for ground in OPERATORS]),
    default=str(OPERATORS[0]),
    show_default=True,
    help="On what the people in these tables are kept, until they decide themselves.",
)
@click.option("--look", is_flag=True, help="Import nothing; propose a mapping for this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def import_(
    path: Path,
    mapping: str | None,
    rejects: Path | None,
    ground: str,
    look: bool,
    as_json: bool,
) -> None:
    """Import the tables in a folder: drinks, recipes, ingredients, evidence, users, interactions.

    Ends with 3 if rows were rejected; the rejects file says which and why.
    """
    if look:
        _look(path, Path(mapping or f"{path.stem}.toml"))
        return
    rejected = rejects or Path(f"{path.name or 'import'}-rejects.csv")
    summary = run(_import(path, mapping, rejected, Ground(ground)))
    if as_json:
        print_json(tables.summary_as_dict(summary))
    else:
        tables.print_summary(console, summary)
    sys.exit(REJECTED if summary.rejected else 0)


def _look(path: Path, target: Path) -> None:
    """Write a mapping for a file, after showing what it finds and how some rows are read."""
    try:
        proposal = propose(path)
        rows = list(preview(path, read_mapping(proposal.toml, target.name)))
    except ImportRefused as error:
        fail(str(error))
    for sentence in proposal.found:
        click.echo(sentence)
    for table, values in rows:
        click.echo(f"{table}: {json.dumps(values)}")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(proposal.toml)
    except FileExistsError:
        fail(f"{target} already exists; name another file with --mapping.")
    except OSError as error:
        fail(f"{target} cannot be written ({error.strerror}).")
    click.echo(
        f"Written: {target}. Read it through, then run: tastegraph import PATH --mapping {target}"
    )


async def _import(path: Path, mapping: str | None, rejects: Path, ground: Ground) -> ImportSummary:
    how = load_mapping(_mapping(mapping)) if mapping else None
    chosen = settings()
    async with open_graph(chosen) as (graph, _):
        await on_record(chosen, Action.IMPORT, "tables", path.name)
        with Bars(console) as bars:
            await bundled.prepare(graph, rejects, bars, empty=True, by=chosen.operator)
            return await import_folder(
                graph,
                path,
                mapping=how,
                rejects=rejects,
                progress=bars,
                by=chosen.operator,
                ground=ground,
                key=kept_secret(chosen.home / "keys" / OPAQUE_KEY)
                if how and how.hashes()
                else None,
            )


def _mapping(name: str) -> Path | str:
    return name if name in bundled_mappings() else Path(name)


@click.command()
@json_option("Print the summary as JSON.")
def knowledge(as_json: bool) -> None:
    """Import the bundled law, ingredients, evidence and diets, without the bundled drinks."""

    async def work() -> list[ImportSummary]:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            with Bars(console) as bars:
                rejects = chosen.home / "rejects" / "knowledge.csv"
                await bundled.prepare(graph, rejects, bars, empty=True, by=chosen.operator)
                law = await bundled.import_law(graph, rejects, bars, by=chosen.operator)
                summaries = await bundled.import_ingredients(
                    graph, rejects, bars, by=chosen.operator
                )
                return [law, *summaries]

    summary = together(run(work()))
    if as_json:
        edition = bundled.knowledge_edition()
        print_json({"edition": edition, **tables.summary_as_dict(summary)})
    else:
        tables.print_summary(console, summary)
