"""What another policy would have earned, from the lists that were shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import click
from rich.table import Table

from graph.clock import milliseconds, utc_now
from learning.attribution.joining import Completeness, JoinedList, Joiner
from learning.attribution.reading import impressions_and_outcomes
from learning.policies.names import POLICIES
from learning.results.off_policy import Replayed, decisions_of, replayed
from service.cli.commands.streams.opened import opened
from service.cli.common import console, json_option, print_json, run

HOUR_MS = 3_600_000
SURFACE = "recommendations"


@click.command()
@click.argument("policy", metavar="POLICY", type=click.Choice(POLICIES))
@click.option("--days", default=28, show_default=True, type=click.IntRange(1), help="How far back.")
@click.option(
    "--hours",
    default=24,
    show_default=True,
    type=click.IntRange(1, 24 * 28),
    help="How long after a list what somebody does is its reward.",
)
@click.option(
    "--reward",
    default="opened",
    show_default=True,
    type=click.Choice(["opened", "bought"]),
    help="What counts.",
)
@click.option(
    "--places",
    default=3,
    show_default=True,
    type=click.IntRange(1, 20),
    help="How many places of each list count; more make the answer less certain.",
)
@json_option()
def replay(policy: str, days: int, hours: int, reward: str, places: int, as_json: bool) -> None:
    """Say what a list would earn if POLICY had drawn it, from lists that another policy drew.

    It refuses where these say too little.
    """
    lists, completeness = run(_closed_lists(days, hours * HOUR_MS))
    found = replayed(decisions_of(lists, policy, SURFACE, reward, places), policy)
    if as_json:
        print_json(
            {**asdict(found), "joined": asdict(completeness), "complete": completeness.share}
        )
    else:
        _print(found, completeness, reward)


async def _closed_lists(days: int, window: int) -> tuple[list[JoinedList], Completeness]:
    """Return the lists whose windows are over, and how many outcomes found theirs."""
    since = milliseconds(utc_now() - timedelta(days=days))
    joiners: dict[int, Joiner] = {}
    lists: list[JoinedList] = []
    async with opened() as stream:
        log = stream.log
        await log.ready()
        start = {part: await log.offset_at(part, since) for part in range(log.partitions)}
        async for found in impressions_and_outcomes(stream.graph, log, stream.letters, start):
            joiner = joiners.setdefault(found.partition, Joiner(window))
            lists += joiner.joined(found.impressions, found.outcomes, found.received)
    now = milliseconds(utc_now())
    for joiner in joiners.values():
        lists += joiner.closed(now)
        # what is still open has not had its time, but what came of it was joined all the same
        _ = [*joiner.rest()]
    counts = [joiner.completeness for joiner in joiners.values()]
    return lists, sum(counts, Completeness())


def _print(found: Replayed, completeness: Completeness, reward: str) -> None:
    console.print(
        f"{found.lists:,} lists of {found.people:,} people say as much about '{found.policy}' as "
        f"{found.effective:,.0f} of its own would."
    )
    table = Table("drinks a list", reward, "95 %")
    for name, estimate in (
        ("as shown", found.earned),
        (f"{found.policy}, IPS", found.ips),
        (f"{found.policy}, SNIPS", found.snips),
        (f"{found.policy}, DR", found.dr),
    ):
        table.add_row(name, f"{estimate.value:.4f}", f"{estimate.low:.4f} to {estimate.high:.4f}")
    console.print(table)
    console.print(
        f"Of {completeness.by_id + completeness.missing:,} outcomes that name their list, "
        f"{completeness.share:.2%} found it; {completeness.by_window:,} more were joined by time."
    )
