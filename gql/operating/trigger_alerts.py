"""What triggers say to whoever runs the shop."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    expected,
    invalid,
)
from graph.audience.triggers import TimesFired
from graph.clock import iso_at, milliseconds
from learning.triggers.alerts import alerts_of
from learning.triggers.definition import Trigger

MOST_HOURS = 24 * 365


@described.object_type
class TriggerAlert:
    """A trigger whose action is an alert, and how often it fired; never for whom."""

    trigger_id: strawberry.ID
    message: str
    times: int
    people: int = strawberry.field(description="For how many people.")
    last_at: str = strawberry.field(description="When last: ISO 8601, UTC.")

    @staticmethod
    def of(trigger: Trigger, fired: TimesFired) -> TriggerAlert:
        """Return an alert as the API shows it."""
        return TriggerAlert(
            trigger_id=strawberry.ID(trigger.id),
            message=trigger.then.message or "",
            times=fired.times,
            people=fired.people,
            last_at=iso_at(fired.last_at),
        )


@described.object_type
class TriggerAlerts:
    """What triggers alerted to, the latest first."""

    items: list[TriggerAlert]


TriggerAlertsResult = Annotated[
    TriggerAlerts | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("TriggerAlertsResult"),
]


@strawberry.type
class TriggerAlertQueries:
    """What operators can ask about triggers."""

    @described.field
    @expected
    async def trigger_alerts(
        self,
        info: Info[Any, Any],
        hours: Annotated[
            int, strawberry.argument(description=f"Of the last so many, 1 to {MOST_HOURS}.")
        ] = 24,
    ) -> TriggerAlertsResult:
        """What triggers whose action is an alert have said: how often, and of how many people. For
        operators.
        """
        request = context_of(info)
        request.permitted(info)
        if not 1 <= hours <= MOST_HOURS:
            message = f"{hours} is not between 1 and {MOST_HOURS}."
            raise invalid("hours", message, "Send another.")
        parts = request.dependencies
        since = milliseconds(parts.clock() - timedelta(hours=hours))
        found = await alerts_of(parts.graph, parts.offers.triggers, since)
        return TriggerAlerts(items=[TriggerAlert.of(*each) for each in found])
