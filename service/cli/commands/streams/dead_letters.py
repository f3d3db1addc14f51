"""Dead letters: seeing why events cannot be written, writing them after all, dropping them."""

from __future__ import annotations

from collections.abc import Sequence

import click
import orjson
from rich.table import Table

from events.dead_letters import DeadLetter
from events.replay import replay_letters
from graph.clock import iso_at
from graph.counting import counted
from service.background.event_stream import EventStream
from service.cli.commands.streams.opened import opened
from service.cli.common import console, fail, json_option, print_json, run

MOST_SHOWN = 100


@click.group(name="dead-letters")
def dead_letters() -> None:
    """See events that cannot be written, write them after all, or drop them."""


async def _chosen(found: EventStream, ids: Sequence[int], every: bool) -> list[DeadLetter]:
    waiting = await found.letters.waiting()
    if every:
        return waiting
    unknown = set(ids) - {letter.id for letter in waiting}
    if unknown or not ids:
        named = ", ".join(map(str, sorted(unknown)))
        fail(f"There is no dead letter {named}." if unknown else "Name some, or use --all.")
    return [letter for letter in waiting if letter.id in ids]


@dead_letters.command(name="list")
@json_option()
def list_letters(as_json: bool) -> None:
    """List the dead letters, oldest first, each with the reason."""

    async def work() -> list[DeadLetter]:
        async with opened() as found:
            return await found.letters.waiting()

    letters = run(work())
    if as_json:
        print_json([_letter(letter) for letter in letters])
        return
    table = Table("id", "since", "partition", "offset", "reason")
    for letter in letters[:MOST_SHOWN]:
        place = (str(letter.record.partition), str(letter.record.offset))
        table.add_row(str(letter.id), iso_at(letter.at), *place, letter.reason)
    console.print(table if letters else "No dead letters.")
    if len(letters) > MOST_SHOWN:
        console.print(f"And {len(letters) - MOST_SHOWN:,} more: --json lists all.")


def _letter(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "since": iso_at(letter.at),
        "received": iso_at(letter.record.received),
        "partition": letter.record.partition,
        "offset": letter.record.offset,
        "reason": letter.reason,
    }


@dead_letters.command()
@click.argument("id_", metavar="ID", type=int)
@json_option()
def show(id_: int, as_json: bool) -> None:
    """Show the event of a dead letter as it was sent. It is personal data."""

    async def work() -> DeadLetter:
        async with opened() as found:
            return (await _chosen(found, [id_], every=False))[0]

    letter = run(work())
    try:
        event = orjson.loads(letter.record.body)
    except orjson.JSONDecodeError:
        event = letter.record.body.decode(errors="replace")
    if as_json:
        print_json({**_letter(letter), "event": event})
    else:
        console.print(letter.reason, highlight=False)
        print_json(event)


@dead_letters.command(name="replay")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@json_option()
def replay_some(ids: tuple[int, ...], every: bool, as_json: bool) -> None:
    """Write dead letters after all, now that their reasons may be gone."""

    async def work() -> tuple[int, dict[int, str]]:
        async with opened() as found:
            chosen = await _chosen(found, ids, every)
            return len(chosen), await replay_letters(found.graph, found.letters, chosen)

    count, staying = run(work())
    if as_json:
        print_json({"written": count - len(staying), "staying": staying})
        return
    console.print(f"{counted(count - len(staying), 'event')} written.")
    for id_, reason in staying.items():
        console.print(f"{id_} stays: {reason}", highlight=False)


@dead_letters.command()
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@json_option()
def drop(ids: tuple[int, ...], every: bool, as_json: bool) -> None:
    """Drop dead letters for good: what they say is overwritten, and no replay brings it back."""

    async def work() -> int:
        async with opened() as found:
            chosen = await _chosen(found, ids, every)
            await found.letters.drop([letter.id for letter in chosen])
            return len(chosen)

    count = run(work())
    if as_json:
        print_json({"dropped": count})
    else:
        console.print(f"{counted(count, 'dead letter')} dropped.")
