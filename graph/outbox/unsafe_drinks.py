"""For how many people a change of the catalogue makes drinks unsafe, by the gate itself.

The gate judges everybody who had one of the drinks, before the change and after it, in the change's
own transaction. Nothing of that is asked unless a sink wants to hear of it, as the transaction's
first step says.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graph.connection import Row
from graph.errors import GraphError
from graph.outbox.entries import OutboxEntry, OutgoingType, drink_unsafe
from graph.outbox.wanted import wanted_types
from graph.query import Query
from graph.query_files import load
from graph.safety_gate import SAFETY_GATE
from graph.sealing.profiles import described, opened
from graph.sealing.sealing import Sealing

UNSAFE_CONTACTS = load("changes/unsafe_contacts")
MOST_CONTACTS = 5_000

log = logging.getLogger("tastegraph.outbox")

Steps = list[tuple[Query, Any]]


class UnsafeDrinks:
    """The steps that count; `place` is that of the first of them in the transaction."""

    def __init__(
        self,
        sealing: Sealing | None,
        place: int,
        drinks: Sequence[str],
        ingredients: Sequence[str],
    ) -> None:
        self._sealing = sealing
        self._place = place
        self._about = {"drinkIds": list(drinks), "ingredientIds": list(ingredients)}

    def before(self) -> Steps:
        """Return the steps that come before the change."""
        return [(UNSAFE_CONTACTS, self._contacts), (SAFETY_GATE, self._asks)]

    def after(self) -> Steps:
        """Return the step that comes when all has changed."""
        return [(SAFETY_GATE, self._asks)]

    def entries(self, results: Sequence[list[Row]], version: int) -> list[OutboxEntry]:
        """Return what is to be told, if the last step was the one after the change."""
        was, now = (_safe(rows) for rows in (results[self._place + 1], results[-1]))
        unsafe = Counter(drink for _, drink in sorted(was - now))
        entries = [drink_unsafe(drink, people, version) for drink, people in unsafe.items()]
        return [entry for entry in entries if entry]

    def _contacts(self, results: Sequence[list[Row]]) -> Mapping[str, Any] | None:
        if OutgoingType.DRINK_UNSAFE not in wanted_types(results):
            return None
        return {**self._about, "most": MOST_CONTACTS}

    def _asks(self, results: Sequence[list[Row]]) -> Mapping[str, Any] | None:
        contacts = results[self._place]
        if not contacts:
            return None
        return {"asks": [self._ask(row) for row in contacts]}

    def _ask(self, row: Row) -> dict[str, Any]:
        if row["sealed"]:
            try:
                said = described(opened(self._sealing, row["userId"], row))
                return {**said, "drinks": row["drinkIds"]}
            except GraphError as error:
                # by their id nothing is safe, before or after: no change waits for this
                log.warning("a person is not counted: %s", error.message)
        return {"userId": row["userId"], "drinks": row["drinkIds"]}


def _safe(rows: list[Row]) -> set[tuple[int, str]]:
    return {(row["ask"], row["drinkId"]) for row in rows if row["safe"] is True}
