"""What a person may ask of the operator: their data, and its erasure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from events.audit.entry import MOST_ACTS, Action, act_shown
from events.embedded_log import FILE, EmbeddedLog
from events.log import LogUnavailable
from graph.counting import counted
from graph.people.data_export import personal_document
from graph.people.privacy import Erased, PersonalRecord, erase, erasure_id, personal_record
from graph.secret_files import write_private
from service.background.broker import open_broker
from service.background.event_stream import joined
from service.cli.audited import on_record, why_option
from service.cli.commands.trust.consents import consents
from service.cli.commands.trust.processing import processing_record_
from service.cli.commands.trust.sealing import (
    make_master_key,
    rotate_master_key,
    seal_profiles,
)
from service.cli.common import console, print_json, run, settings
from service.cli.output.terminal import plain_json
from service.erasure_receipt import erased_stores, left_of
from service.opening import audit_log, open_graph
from service.settings import Settings

if TYPE_CHECKING:
    from connectors.kafka.erasing import TopicErasure


@click.group()
def privacy() -> None:
    """Show, record, export or erase what is kept about a person and what they agree to."""


privacy.add_command(consents)
privacy.add_command(processing_record_)
privacy.add_command(seal_profiles)
privacy.add_command(rotate_master_key)
privacy.add_command(make_master_key)


@privacy.command(name="export")
@click.argument("user_id")
@why_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
def export_person(user_id: str, out: Path | None, why: str) -> None:
    """Print everything the graph keeps about a person, as JSON."""

    async def work() -> tuple[PersonalRecord, dict[str, list[Any]], list[Any]]:
        chosen = settings()
        async with open_graph(chosen, prepare=False) as (graph, _):
            await on_record(chosen, Action.EXPORT, "everything", about=[user_id], why=why)
            record = await personal_record(graph, user_id)
            acts = await audit_log(chosen.home).about(user_id, MOST_ACTS)
            return record, await _logged(chosen, record.people), list(map(act_shown, acts))

    record, logged, acts = run(work())
    document = personal_document(record, logged=logged, acts=acts)
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
        with open_broker(chosen, make_topic=False) as broker:
            on_broker = await broker.of_people(people)
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

    chosen = settings()

    async def work() -> tuple[Erased, list[TopicErasure] | None, list[str]]:
        async with open_graph(chosen) as (graph, _):
            await on_record(chosen, Action.ERASE, "everything", about=[user_id], why=why)
            done = await erase(graph, user_id)
            people = {erasure_id(person): done.until for person in done.people}
            if (chosen.events / FILE).exists():
                with EmbeddedLog(chosen.events) as log:
                    await log.erase(people)
            topics = await _erase_topics(chosen, people)
            return done, topics, await left_of(chosen, graph, done.people)

    done, topics, left = run(work())
    if as_json:
        document = {"user_id": user_id, "known": done.known, "relationships": done.relationships}
        on_kafka = {"kafka": [asdict(each) for each in topics]} if topics is not None else {}
        found = {"verified": not left, "stores": erased_stores(chosen, done, left)}
        print_json({**document, "changes_kept": done.changes_kept, **on_kafka, **found})
        return
    if done.known:
        console.print(f"Erased '{user_id}' and {counted(done.relationships, 'relationship')}.")
    else:
        console.print(f"Nothing was kept about '{user_id}'.", highlight=False)
    for store in left:
        console.print(f"Something is in the {store} again: run this once more.", highlight=False)
    for each in topics or ():
        console.print(f"{each.topic}: {_told(each)}", highlight=False)
    if done.changes_kept:
        console.print(
            f"{counted(done.changes_kept, 'change')} of the catalogue still "
            f"{'names' if done.changes_kept == 1 else 'name'} '{user_id}' as operator."
        )


async def _erase_topics(chosen: Settings, people: Mapping[str, int]) -> list[TopicErasure] | None:
    """Erase from Kafka, if there is one; while it is away a server or this command does later."""
    if chosen.kafka is None:
        return None
    try:
        with open_broker(chosen, make_topic=False) as broker:
            return await broker.erasure.told(people)
    except LogUnavailable as error:
        console.print(f"{error} Until then run this again, or let a server run.", highlight=False)
        return []


def _told(erasure: TopicErasure) -> str:
    """Return what was done to a topic, for people."""
    if erasure.gone_by:
        return f"read by nothing of ours, and gone from Kafka by {erasure.gone_by}."
    if erasure.removed:
        return f"{counted(erasure.removed, 'message')} removed."
    return {"removed": "nothing there.", "names nobody": "names nobody."}.get(
        erasure.done, "keeps what they did for good: give it a retention (docs/streams.md)."
    )
