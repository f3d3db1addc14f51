"""Safety alerts: the drinks of a person that are not safe for them now, and what changed.

A person's drinks are those that they bought or saved, and those that they were recommended lately.
The safety gate judges each; whatever it does not call safe is an alert, whether or not there is
an explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

from graph.catalogue.entities import Catalogue, Drink
from graph.catalogue.history import Change, change_of, changes_since
from graph.clock import moment_of
from graph.connection import Graph, Row
from graph.people.recommended import load_contacts
from graph.verdicts.gate import GateAnswer, ask_gate
from recommend.state.snapshot_store import SnapshotStore

MOST_DRINKS = 1_000
MOST_CHANGES = 20


class Cause(Enum):
    """What is known about why a drink is not safe."""

    CATALOGUE_CHANGED = "CATALOGUE_CHANGED"
    PROFILE_CHANGED = "PROFILE_CHANGED"
    ALREADY_UNSAFE = "ALREADY_UNSAFE"


@dataclass(frozen=True, slots=True)
class ConsumedOrShown:
    """A drink of a person; times are in milliseconds since 1970, 0 for an unknown time."""

    drink_id: str
    name: str
    bought_at: int | None = None
    saved_at: int | None = None
    recommended_at: int | None = None

    @property
    def last(self) -> int:
        """When the person last had it or was shown it."""
        return max(self.bought_at or 0, self.saved_at or 0, self.recommended_at or 0)

    @property
    def safe_at_last(self) -> bool:
        """Whether it was safe then: only safe drinks are recommended."""
        return self.recommended_at is not None and self.recommended_at == self.last


@dataclass(frozen=True)
class Alert:
    """A drink of a person that is not safe for them; `since` is when that began at the earliest."""

    origin: ConsumedOrShown
    drink: Drink
    safety: GateAnswer
    cause: Cause
    since: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Checked:
    """One check of all drinks of a person: which of them are unsafe, the most recent first."""

    drinks: Mapping[str, ConsumedOrShown]
    unsafe: Mapping[str, GateAnswer]
    complete: bool
    declared_at: str | None
    catalogue_version: int


async def check_contacts(
    graph: Graph, user_id: str, since: int, waiting: Mapping[str, int] | None = None
) -> Checked:
    """Ask the gate about all drinks of a person; recommendations count since `since` (epoch ms).

    `waiting` are recommendations that the graph does not have yet. At most `MOST_DRINKS` drinks
    are checked; `complete` is false if there are more. A drink that has left the catalogue is
    not among them.
    """
    rows = await load_contacts(graph, user_id, since, MOST_DRINKS + 1)
    drinks = {row["drinkId"]: _consumed_or_shown(row) for row in rows[:MOST_DRINKS]}
    for drink_id, at in (waiting or {}).items():
        known = drinks.get(drink_id, ConsumedOrShown(drink_id, drink_id))
        drinks[drink_id] = replace(known, recommended_at=max(at, known.recommended_at or 0))
    answers = await ask_gate(graph, user_id, list(drinks))
    unsafe = [answer for answer in answers.values() if not answer.safe]
    unsafe.sort(key=lambda alert: (-drinks[alert.drink_id].last, alert.drink_id))
    return Checked(
        drinks={drink_id: drinks[drink_id] for drink_id in answers},
        unsafe={answer.drink_id: answer for answer in unsafe},
        complete=len(rows) <= MOST_DRINKS,
        declared_at=rows[0]["declaredAt"] if rows else None,
        catalogue_version=max(
            (answer.catalogue_version for answer in answers.values()), default=-1
        ),
    )


async def explain(
    graph: Graph, snapshots: SnapshotStore, checked: Checked, drink_ids: Sequence[str]
) -> list[Alert]:
    """Return alerts for some of the unsafe drinks found, in their order."""
    if not drink_ids:
        return []
    rows = [
        {"drinkId": drink_id, "moment": _text(checked.drinks[drink_id].last)}
        for drink_id in sorted(drink_ids)
    ]
    rows_since = await changes_since(graph, rows, MOST_CHANGES)
    changes = {row["drinkId"]: row for row in rows_since}
    snapshot = await snapshots.snapshot()
    if snapshot.catalogue.version != checked.catalogue_version:
        snapshot = await snapshots.refresh(snapshot)
    catalogue = snapshot.catalogue
    return [_alert(checked, drink_id, changes.get(drink_id), catalogue) for drink_id in drink_ids]


def _alert(checked: Checked, drink_id: str, row: Row | None, catalogue: Catalogue) -> Alert:
    origin = checked.drinks[drink_id]
    cause, since = _cause(origin, row, checked.declared_at)
    place = catalogue.row_of.get(drink_id)
    # a drink that the memory does not have: no reason to leave an alert out
    drink = Drink(drink_id, origin.name) if place is None else catalogue.drinks[place]
    return Alert(
        origin=origin,
        drink=drink,
        safety=checked.unsafe[drink_id],
        cause=cause,
        since=since,
        changes=tuple(change_of(change) for change in row["changes"]) if row else (),
    )


def _cause(
    origin: ConsumedOrShown, row: Row | None, declared_at: str | None
) -> tuple[Cause, str | None]:
    if row:
        return Cause.CATALOGUE_CHANGED, row["since"]
    if declared_at and _milliseconds(declared_at) >= origin.last // 1000 * 1000:
        return Cause.PROFILE_CHANGED, declared_at
    if origin.safe_at_last:
        return Cause.PROFILE_CHANGED, None
    return Cause.ALREADY_UNSAFE, None


def _consumed_or_shown(row: Row) -> ConsumedOrShown:
    return ConsumedOrShown(
        row["drinkId"], row["name"], row["boughtAt"], row["savedAt"], row["recommendedAt"]
    )


def _text(milliseconds: int) -> str:
    """Return the moment as ISO text without a zone: texts of that second or later sort after it."""
    return moment_of(milliseconds).strftime("%Y-%m-%dT%H:%M:%S")


def _milliseconds(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
