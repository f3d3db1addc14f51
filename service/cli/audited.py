"""Putting on record what a command is about to do."""

from __future__ import annotations

from collections.abc import Sequence

import click

from events.audit.entry import Act, Action, Role
from service.opening import audit_log
from service.settings import Settings

why_option = click.option("--why", default="", help="Why, for the record of acts.")


async def on_record(
    chosen: Settings, action: Action, *what: str, about: Sequence[str] = (), why: str | None = None
) -> None:
    """Put on record what a command is about to do, to whom, by its fields and never by a value.

    Raises AuditUnavailable: then it must not happen.
    """
    acts = [
        Act(action, chosen.operator, Role.COMMAND, person, what, "command", why or "")
        for person in (about or [None])
    ]
    await audit_log(chosen.home).record(*acts)
