"""What was on its way while drinks were merged, or a merge was undone, moves to where it belongs.

Commits have an order. Whoever records looks after their own whether the catalogue has changed since
they read which drinks are merged; whoever merges looks after theirs. The later of the two sees what
the other did. Both move under the lock of the catalogue, which merging takes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from graph.catalogue.aliases import MERGED_DRINKS_OF, Aliases
from graph.catalogue.changes import Step
from graph.connection import Graph, Row
from graph.errors import GraphContended
from graph.people.drink_events import moves
from graph.query_files import load

NEWEST_VERSION = load("catalogue/newest_version")
HOLD_CHANGES = load("catalogue/hold_changes")
LATE_EVENTS = load("changes/late_events")

SECONDS = 300.0
ATTEMPTS = 10


class _MergedAgain(Exception):
    """Which drinks are merged has changed since it was read: nothing was moved."""


async def follow_merges(
    graph: Graph, drinks: Iterable[str], written: Aliases, since: int | None = None
) -> None:
    """Move what was done with drinks, written as they were merged, to where it belongs now.

    `since` is the version of the catalogue that was read before `written`: if it still is the
    newest, nothing was merged, and nothing more is asked. Call it once what was written is
    committed. Raises a GraphError.
    """
    if since is not None and (await graph.run(NEWEST_VERSION))[0]["version"] == since:
        return
    ways = [_way(written, drink) for drink in sorted(set(drinks))]
    ids = sorted({drink for way in ways for drink in way})
    for _ in range(ATTEMPTS):
        now = Aliases.of(await graph.run(MERGED_DRINKS_OF, ids=ids))
        steps = [step for way in ways for step in _steps(way, now)]
        if not steps:
            return
        try:
            await _move(graph, ids, now, steps)
        except _MergedAgain:
            continue
        return
    raise GraphContended("Others kept merging the drinks of these events.", "Try again.")


async def move_late_events(graph: Graph) -> None:
    """Move what still lies with merged drinks, since who wrote it has ended before they looked.

    Raises a GraphError.
    """
    await follow_merges(graph, [row["id"] for row in await graph.run(LATE_EVENTS)], Aliases({}))


async def _move(graph: Graph, ids: list[str], now: Aliases, steps: Sequence[Step]) -> None:
    def still(rows: list[list[Row]]) -> None:
        if Aliases.of(rows[1]) != now:
            raise _MergedAgain

    async with graph.changing:
        await graph.run_together(
            [(HOLD_CHANGES, {}), (MERGED_DRINKS_OF, {"ids": ids}), *steps],
            deadline=SECONDS,
            accept=still,
        )


def _way(aliases: Aliases, drink_id: str) -> list[str]:
    return [*aliases.way(drink_id), aliases.now(drink_id)]


def _steps(written: list[str], now: Aliases) -> list[Step]:
    """Return what brings events from the end of the way they were written by to that of today's.

    Back to where the ways part, by undoing; then from each drink on the way to where it now leads,
    since going back takes along what had come to it by a merge that was made again.
    """
    today = _way(now, written[0])
    if written == today:
        return []
    parting = 1
    while written[: parting + 1] == today[: parting + 1]:
        parting += 1
    left = written[parting - 1 :]
    back = [moves(kept, gone, undo=True) for gone, kept in reversed(list(pairwise(left)))]
    on = [
        moves(gone, kept, undo=False) for drink in left for gone, kept in pairwise(_way(now, drink))
    ]
    return [step for each in [*back, *on] for step in each]
