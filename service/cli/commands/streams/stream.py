"""The log of events: consuming it apart from the server, seeing how far it is, replaying it."""

from __future__ import annotations

import asyncio
import dataclasses

import click
from rich.table import Table

from events.lag import Lag
from events.replay import Replayed, replay
from graph.clock import utc_now
from graph.counting import counted
from graph.people.condensing import Condensed, condense, horizon
from service.background.event_stream import EventStream
from service.background.windows import following
from service.cli.commands.streams.dead_letters import dead_letters
from service.cli.commands.streams.opened import opened
from service.cli.commands.streams.windows import windows
from service.cli.common import (
    console,
    fail,
    json_option,
    moment_of,
    print_json,
    run,
    settings,
    until_told,
)
from service.opening import open_graph
from service.settings.names import CONDENSE_EVENTS
from service.settings.values import LONGEST_SHELF_LIFE, SOONEST_COUNTED


@click.group(invoke_without_command=True)
@click.pass_context
def stream(context: click.Context) -> None:
    """Write events of the log to the graph apart from the server; replay them."""
    if context.invoked_subcommand is None:
        context.invoke(consume)


@stream.command(name="run")
@click.option("--once", is_flag=True, help="End when all that is there now has been written.")
def consume(once: bool = False) -> None:
    """Write events of the log to the graph until told to stop.

    If another process of this home does so already, wait, and take over when it ends.
    """

    async def work() -> None:
        async with opened() as found:
            if once:
                await _consume_all(found)
            else:
                await _consume_until_told(found)

    run(work())


async def _consume_all(found: EventStream) -> None:
    assigned = await found.log.assigned()
    if not assigned:
        fail("Another process consumes the log, or it is away: see tastegraph stream status.")
    while found.leftover and await found.leftover.round():
        pass
    while await found.consumer.round():
        pass
    behind = sum(lag.behind for lag in await found.lags() if lag.partition in assigned)
    if behind:
        fail(f"{counted(behind, 'event')} could not be written: the log above says why.")


async def _consume_until_told(found: EventStream) -> None:
    with until_told():
        if await found.log.assigned():
            console.print("Consuming the log. Stop with Ctrl-C.")
        else:
            console.print("Another process consumes the log, or it is away; this one waits.")
        async with following(settings()) as work:
            own = (found.consume(), found.tend_broker(), found.telling.run())
            await asyncio.gather(*own, *work)


@stream.command()
@json_option()
def status(as_json: bool) -> None:
    """Show how far the graph is behind the log, and how many dead letters wait."""

    async def work() -> tuple[list[Lag], int]:
        async with opened() as found:
            return await found.lags(), len(await found.letters.waiting())

    found, letters = run(work())
    if as_json:
        print_json({"partitions": [_document(lag) for lag in found], "dead_letters": letters})
        return
    table = Table("partition", "read up to", "end", "behind", "waiting (s)", "")
    for lag in found:
        numbers = (lag.partition, lag.next, lag.end, lag.behind)
        stalled = "stalled" if lag.is_stalled else ""
        table.add_row(*(f"{number:,}" for number in numbers), f"{lag.waiting_seconds:.1f}", stalled)
    console.print(table)
    console.print(f"{counted(letters, 'dead letter')}.")


def _document(lag: Lag) -> dict[str, object]:
    return {**dataclasses.asdict(lag), "behind": lag.behind, "stalled": lag.is_stalled}


@stream.command(name="replay")
@click.option(
    "--from", "since", default="1970-01-01", help="The day or moment, ISO 8601; default all."
)
@json_option()
def replay_log(since: str, as_json: bool) -> None:
    """Write again what was received since a moment: what the graph knows is left as it is."""
    moment = moment_of(since)

    async def work() -> Replayed:
        done = Replayed()
        async with opened() as found:
            async for so_far in replay(found.graph, found.log, found.letters, moment):
                done = so_far
        return done

    done = run(work())
    if as_json:
        print_json(dataclasses.asdict(done))
    else:
        console.print(
            f"{counted(done.read, 'event')} read: {done.written:,} written, {done.known:,} known "
            f"already, {done.refused:,} that cannot be written."
        )


@stream.command(name="condense")
@click.option(
    "--days",
    type=click.FloatRange(SOONEST_COUNTED, LONGEST_SHELF_LIFE),
    help=f"How old; default {CONDENSE_EVENTS}.",
)
@json_option()
def condense_events(days: float | None, as_json: bool) -> None:
    """Make monthly counts of old events in the graph. It cannot be undone.

    It may be ended at any time, and goes on when it is run again; the server may run.
    """

    async def work() -> Condensed:
        chosen = settings()
        older = days or chosen.condense_events_days
        if not older:
            fail(f"Say how old with --days, or set {CONDENSE_EVENTS}.")
        done = Condensed()
        async with open_graph(chosen) as (graph, _):
            async for step in condense(graph, await horizon(graph, utc_now(), older)):
                done += step
        return done

    done = run(work())
    if as_json:
        print_json(dataclasses.asdict(done))
    else:
        console.print(
            f"{counted(done.events, 'old event')} of {counted(done.people, 'person', 'people')} "
            f"became {counted(done.counts, 'count')}."
        )


stream.add_command(dead_letters)
stream.add_command(windows)
