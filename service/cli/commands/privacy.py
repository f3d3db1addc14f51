"""What a person may ask of the operator: their data, and its erasure."""

from __future__ import annotations

from pathlib import Path

import click

from graph.counting import counted
from graph.people.data_export import personal_document
from graph.people.privacy import Erased, PersonalRecord, erase, personal_record
from graph.secret_files import write_private
from service.cli.common import console, print_json, run, settings
from service.cli.output.terminal import plain_json
from service.opening import open_graph


@click.group()
def privacy() -> None:
    """Export or erase everything kept about a person."""


@privacy.command(name="export")
@click.argument("user_id")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
def export_person(user_id: str, out: Path | None) -> None:
    """Print everything the graph keeps about a person, as JSON."""

    async def work() -> PersonalRecord:
        async with open_graph(settings(), prepare=False) as (graph, _):
            return await personal_record(graph, user_id)

    record = run(work())
    text = plain_json(personal_document(record))
    if not record.known:
        console.print(f"Nothing is kept about '{user_id}'.", highlight=False)
    if out is None:
        click.echo(text)
    else:
        write_private(out, f"{text}\n")
        console.print(f"Written: {out}. It is personal data: delete it once it is handed over.")


@privacy.command(name="erase")
@click.argument("user_id")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON what was erased.")
def erase_person(user_id: str, yes: bool, as_json: bool) -> None:
    """Erase a person and everything kept about them, in every running server too."""
    if not yes:
        click.confirm(f"Erase '{user_id}' and everything kept about them?", abort=True, err=True)

    async def work() -> Erased:
        async with open_graph(settings()) as (graph, _):
            return await erase(graph, user_id)

    done = run(work())
    if as_json:
        told = {"user_id": user_id, "known": done.known, "relationships": done.relationships}
        print_json({**told, "changes_kept": done.changes_kept})
        return
    if done.known:
        console.print(f"Erased '{user_id}' and {counted(done.relationships, 'relationship')}.")
    else:
        console.print(f"Nothing was kept about '{user_id}'.", highlight=False)
    if done.changes_kept:
        console.print(
            f"{counted(done.changes_kept, 'change')} of the catalogue still "
            f"{'names' if done.changes_kept == 1 else 'name'} '{user_id}' as operator."
        )
