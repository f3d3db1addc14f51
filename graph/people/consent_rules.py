"""What holds in this installation for somebody who has decided nothing."""

from __future__ import annotations

from collections.abc import Mapping

from graph.clock import Clock, iso_seconds, utc_now
from graph.connection import Graph, Row
from graph.people.purposes import ALL, Ground, Purpose
from graph.query_files import load

CONSENT_RULES = load("privacy/consent_rules")
PUT_CONSENT_RULES = load("privacy/put_consent_rules")

Held = Mapping[Purpose, Ground]
"""The purposes that hold until somebody says no, each with its ground; others wait for a yes."""


async def consent_rules(graph: Graph) -> Held:
    """Return what holds until refused: nothing, where the graph is silent. Raises a GraphError."""
    rows = await graph.run(CONSENT_RULES)
    return held_of(rows[0]) if rows else {}


def held_of(row: Row) -> Held:
    """Return what a row with `assumed` and `grounds` says; purposes not known are left out."""
    pairs = zip(row["assumed"], row["grounds"], strict=True)
    return {Purpose(name): Ground(ground) for name, ground in pairs if name in set(ALL)}


async def put_consent_rules(
    graph: Graph, held: Held, clock: Clock = utc_now, *, once: bool = False
) -> None:
    """Say what holds until refused, for every process; with `once` only if nothing was said yet.

    Raises a GraphError.
    """
    assumed = [purpose for purpose in ALL if purpose in held]
    await graph.run(
        PUT_CONSENT_RULES,
        assumed=[str(purpose) for purpose in assumed],
        grounds=[str(held[purpose]) for purpose in assumed],
        at=iso_seconds(clock()),
        once=once,
    )
