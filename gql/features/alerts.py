"""Safety alerts: drinks of the person who asks that are not safe for them now, asked or pushed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.history import SafetyChange
from gql.request.context import context_of
from gql.request.failures import (
    GRAPH_AWAY,
    GraphAway,
    InvalidInput,
    NotSignedIn,
    expected,
    invalid,
)
from gql.request.subscribing import subscribed
from gql.types.drinks import Drink
from gql.types.inputs import checked_first
from gql.types.safety import Safety
from graph.clock import milliseconds
from recommend.alerts import checks
from recommend.alerts.listener import Event, Watching

MOST_DAYS = 366


@described.enum
class ContactKind(Enum):
    """A person's history with a drink."""

    BOUGHT = "BOUGHT"
    SAVED = "SAVED"
    RECOMMENDED = "RECOMMENDED"


@described.enum
class AlertCause(Enum):
    """What is known about why a drink is not safe for you."""

    CATALOGUE_CHANGED = "CATALOGUE_CHANGED"
    PROFILE_CHANGED = "PROFILE_CHANGED"
    ALREADY_UNSAFE = "ALREADY_UNSAFE"


@described.object_type
class DrinkContact:
    """Your history with a drink, and when it was last."""

    kind: ContactKind
    at: float | None = strawberry.field(
        description="Milliseconds since 1970, UTC; null if the time is not known."
    )


@described.object_type
class SafetyAlert:
    """A drink you bought, saved or were recommended that is unsafe."""

    drink: Drink
    safety: Safety
    contacts: list[DrinkContact] = strawberry.field(description="How it came to be one of yours.")
    cause: AlertCause
    since: str | None = strawberry.field(
        description="The earliest time it can have become unsafe, ISO 8601; null if not known."
    )
    changes: list[SafetyChange] = strawberry.field(
        description="What has been recorded about it and its parts since, newest first, at most 20."
    )

    @staticmethod
    def of(alert: checks.Alert) -> SafetyAlert:
        """Return an alert as the API shows it."""
        return SafetyAlert(
            drink=Drink.of(alert.drink),
            safety=Safety.of(alert.safety),
            contacts=_contacts(alert.origin),
            cause=AlertCause(alert.cause.value),
            since=alert.since,
            changes=[SafetyChange.of(change) for change in alert.changes],
        )


@described.object_type
class SafetyAlerts:
    """All of your drinks that are not safe for you now, a page at a time."""

    items: list[SafetyAlert]
    total: int = strawberry.field(description="How many there are across all pages.")
    end_cursor: strawberry.ID | None = strawberry.field(
        description="Give it as `after` for the next page; null at the end."
    )
    checked: int = strawberry.field(description="How many of your drinks were checked.")
    complete: bool = strawberry.field(
        description="False: you have more drinks than are checked, and the oldest were not."
    )


@described.object_type
class WatchingAlerts:
    """The watch is on: from here on, every drink of yours that stops being safe is reported."""

    catalogue_version: int
    drinks: int = strawberry.field(description="How many of your drinks are watched.")
    complete: bool = strawberry.field(
        description="False: you have more drinks than are watched, and the oldest are not."
    )


SafetyAlertsResult = Annotated[
    SafetyAlerts | InvalidInput | NotSignedIn | GraphAway, strawberry.union("SafetyAlertsResult")
]
SafetyAlertEvent = Annotated[
    SafetyAlert | WatchingAlerts | GraphAway, strawberry.union("SafetyAlertEvent")
]


@strawberry.type
class AlertQueries:
    """What clients can ask about alerts."""

    @described.field
    @expected
    async def safety_alerts(
        self,
        info: Info[Any, Any],
        days: Annotated[
            int, strawberry.argument(description="How far back recommendations count, 1 to 366.")
        ] = 30,
        first: Annotated[int, strawberry.argument(description="How many, from 1 to 100.")] = 100,
        after: Annotated[
            strawberry.ID | None, strawberry.argument(description="endCursor of the last page.")
        ] = None,
    ) -> SafetyAlertsResult:
        """Drinks you bought or saved, or were recommended in the last days, that are not safe for
        you now; newest first.
        """
        request = context_of(info)
        user_id = request.signed_in()
        size = checked_first(first)
        if not 1 <= days <= MOST_DAYS:
            raise invalid("days", f"days is {days}.", f"Ask for 1 to {MOST_DAYS} days.")
        graph, impressions = request.dependencies.graph, request.dependencies.impressions
        since = milliseconds(request.dependencies.clock() - timedelta(days=days))
        checked = await checks.check_contacts(graph, user_id, since, impressions.waiting(user_id))
        unsafe = list(checked.unsafe)
        start = _place_after(unsafe, str(after)) if after else 0
        page = unsafe[start : start + size]
        alerts = await checks.explain(graph, request.dependencies.snapshots, checked, page)
        return SafetyAlerts(
            items=[SafetyAlert.of(alert) for alert in alerts],
            total=len(unsafe),
            end_cursor=strawberry.ID(page[-1]) if start + size < len(unsafe) else None,
            checked=len(checked.drinks),
            complete=checked.complete,
        )


@strawberry.type
class AlertSubscriptions:
    """What is pushed of alerts."""

    @described.subscription
    async def safety_alerts(
        self,
        info: Info[Any, Any],
        include_current: Annotated[
            bool, strawberry.argument(description="Start with those that are already unsafe.")
        ] = False,
    ) -> AsyncGenerator[SafetyAlertEvent, None]:
        """An alert each time a drink you bought, saved or were recommended stops being safe for
        you.
        """
        request = context_of(info)
        listen = partial(request.dependencies.alerts.listen, include_current=include_current)
        async with aclosing(subscribed(request, listen)) as events:
            async for event in events:
                yield _event(event)


def _event(event: Event) -> SafetyAlert | WatchingAlerts | GraphAway:
    if isinstance(event, checks.Alert):
        return SafetyAlert.of(event)
    if isinstance(event, Watching):
        return WatchingAlerts(
            catalogue_version=event.catalogue_version,
            drinks=event.drinks,
            complete=event.complete,
        )
    return GraphAway(
        message=GRAPH_AWAY, advice="Wait: the watch resumes as soon as the graph answers."
    )


def _contacts(contact: checks.ConsumedOrShown) -> list[DrinkContact]:
    times = (
        (ContactKind.BOUGHT, contact.bought_at),
        (ContactKind.SAVED, contact.saved_at),
        (ContactKind.RECOMMENDED, contact.recommended_at),
    )
    return [
        DrinkContact(kind=kind, at=float(at) if at else None)
        for kind, at in times
        if at is not None
    ]


def _place_after(drink_ids: list[str], cursor: str) -> int:
    if cursor not in drink_ids:
        raise invalid(
            "after",
            f"'{cursor}' is not a cursor of this list, or that drink is safe now.",
            "Start again without it.",
        )
    return drink_ids.index(cursor) + 1
