"""An outgoing event as others see it: one document, by the newest schema of its kind."""

from __future__ import annotations

from typing import Any

from graph.clock import rfc3339
from graph.outbox.queue import OutgoingEvent

SCHEMA_VERSION = 1
_ABOUT_PEOPLE = frozenset({"eventId"})
"""Fields of `data` that lead to a person by what the receiver may have already."""


def document(event: OutgoingEvent, *, with_people: bool) -> dict[str, Any]:
    """Return what is sent; whom it is about only `with_people`."""
    data = dict(event.data)
    if with_people and event.person is not None:
        data["userId"] = event.person
    elif not with_people:
        data = {name: value for name, value in data.items() if name not in _ABOUT_PEOPLE}
    return {
        "id": event.id,
        "type": event.type,
        "timestamp": rfc3339(event.at),
        "schemaVersion": SCHEMA_VERSION,
        "data": data,
    }
