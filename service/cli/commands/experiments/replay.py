"""What another policy would have earned, from the lists that were shown."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table

from graph.clock import milliseconds, utc_now
from learning.attribution.joining import Completeness, JoinedList
from learning.policies.names import POLICIES
from learning.results.off_policy import Replayed, decisions_of, replayed
from service.cli.commands.experiments.lists import closed_lists
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
        joined = {**asdict(completeness), "share": completeness.share}
        print_json({**asdict(found), "joined": joined})
    else:
        _print(found, completeness, reward)


async def _closed_lists(days: int, window: int) -> tuple[list[JoinedList], Completeness]:
    now = milliseconds(utc_now())
    async with opened() as stream:
        return await closed_lists(stream, now - days * 24 * HOUR_MS, now, window)


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
