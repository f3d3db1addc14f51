"""Consents as a client that shows its own texts sets them."""

from __future__ import annotations

from gql.features.consents import OWN_TEXTS
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.people.deciding import Decision, decide
from graph.people.purposes import Purpose


async def set_consents(
    graph: Graph,
    user_id: str,
    *,
    personalisation: bool | None,
    remembering: bool | None,
    clock: Clock = utc_now,
) -> None:
    """Decide two purposes; None leaves one as it is."""
    said = {Purpose.PERSONALISATION: personalisation, Purpose.REMEMBERING: remembering}
    decisions = [Decision(purpose, given) for purpose, given in said.items() if given is not None]
    await decide(graph, user_id, decisions, OWN_TEXTS, clock)
