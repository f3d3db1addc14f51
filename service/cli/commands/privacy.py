"""What a person may ask of the operator: their data, and its erasure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from events.audit.entry import Action
from events.embedded_log import FILE, EmbeddedLog
from graph.counting import counted
from graph.people.data_export import personal_document
from graph.people.privacy import Erased, PersonalRecord, erase, erasure_id, personal_record
from graph.secret_files import write_private
from service.background.event_stream import joined, kafka_log
from service.cli.audited import on_record, why_option
from service.cli.common import console, print_json, run, settings
from service.cli.output.terminal import plain_json
from service.opening import open_graph
from service.settings import Settings


@click.group()
def privacy() -> None:
    """Export or erase everything kept about a person."""


@privacy.command(name="export")
@click.argument("user_id")
@why_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
def export_person(user_id: str, out: Path | None, why: str) -> None:
    """Print everything the graph keeps about a person, as JSON."""

    async def work() -> tuple[PersonalRecord, dict[str, list[Any]]]:
        chosen = settings()
        async with open_graph(chosen, prepare=False) as (graph, _):
            await on_record(chosen, Action.EXPORT, "everything", about=[user_id], why=why)
            record = await personal_record(graph, user_id)
            return record, await _logged(chosen, record.people)

    record, logged = run(work())
    document = personal_document(record, logged=logged)
    text = plain_json(document)
    if not document["known"]:
        console.print(f"Nothing is kept about '{user_id}'.", highlight=False)
    if out is None:
        click.echo(text)
    else:
        write_private(out, f"{text}\n")
        console.print(f"Written: {out}. It is personal data: delete it once it is handed over.")


async def _logged(chosen: Settings, people: Sequence[str]) -> dict[str, list[Any]]:
    """Return what the logs have of some people."""
    kept = on_broker = dict[str, list[Any]]()
    if (chosen.events / FILE).exists():
        with EmbeddedLog(chosen.events) as log:
            kept = await log.of_people(people)
    if chosen.kafka:
        with kafka_log(chosen, make_topic=False) as log:
            on_broker = await log.of_people(people)
    return joined(kept, on_broker)


@privacy.command(name="erase")
@click.argument("user_id")
@why_option
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON what was erased.")
def erase_person(user_id: str, yes: bool, why: str, as_json: bool) -> None:
    """Erase a person and everything kept about them, in every running server too."""
    if not yes:
        click.confirm(f"Erase '{user_id}' and everything kept about them?", abort=True, err=True)

    async def work() -> Erased:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.ERASE, "everything", about=[user_id], why=why)
            done = await erase(graph, user_id)
            if (chosen.events / FILE).exists():
                with EmbeddedLog(chosen.events) as log:
                    await log.erase({erasure_id(person): done.until for person in done.people})
            return done

    done = run(work())
    if as_json:
        document = {"user_id": user_id, "known": done.known, "relationships": done.relationships}
        print_json({**document, "changes_kept": done.changes_kept})
        return
    if done.known:
        console.print(f"Erased '{user_id}' and {counted(done.relationships, 'relationship')}.")
    else:
        console.print(f"Nothing was kept about '{user_id}'.", highlight=False)
    if settings().kafka:
        console.print(
            "What they did stays in Kafka until its retention deletes it; nothing reads it "
            "(docs/streams.md)."
        )
    if done.changes_kept:
        console.print(
            f"{counted(done.changes_kept, 'change')} of the catalogue still "
            f"{'names' if done.changes_kept == 1 else 'name'} '{user_id}' as operator."
        )
