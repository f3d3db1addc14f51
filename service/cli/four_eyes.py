"""Four eyes before a command: where they are on, an approved proposal has to be there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from events.audit.entry import Role
from events.audit.four_eyes import FourEyes, Somebody, mark_of
from events.audit.guarded import Guarded
from graph.clock import iso_seconds, utc_now
from service.cli.common import console, print_json
from service.opening import audit_log
from service.settings import Settings


class Waiting(Exception):
    """A second person has to approve it first; `proposal` is the id."""

    def __init__(self, proposal: str, until: datetime | None, *, is_new: bool) -> None:
        self.proposal = proposal
        begun = "Proposed" if is_new else "Not approved yet"
        within = f", before {iso_seconds(until)}" if until else ""
        super().__init__(
            f"{begun}: {proposal}. Somebody else approves it{within} with tastegraph approvals "
            f"approve {proposal}, or by the API; then run this again."
        )


def four_eyes(chosen: Settings) -> FourEyes:
    """Return the proposals of this home."""
    return FourEyes(audit_log(chosen.home), chosen.four_eyes_hours)


async def seconded(
    chosen: Settings, kind: Guarded, about: Sequence[str], why: str | None
) -> tuple[str, ...]:
    """Return what the act has to say on record: nothing if one person is enough.

    Raises Waiting if a second one has to approve it first; it is proposed if nobody has.
    """
    if kind not in chosen.four_eyes:
        return ()
    eyes = four_eyes(chosen)
    found = eyes.of(kind, about, utc_now())
    if found is None:
        by = Somebody(chosen.operator, Role.COMMAND, "command")
        raise Waiting(await eyes.propose(kind, about, by, why or ""), None, is_new=True)
    if found.approved_by is None:
        raise Waiting(found.id, found.until, is_new=False)
    return (mark_of(found.id),)


def print_waiting(waiting: Waiting, *, as_json: bool) -> None:
    """Say that nothing was done, and what has to happen first."""
    if as_json:
        print_json({"applied": False, "proposal": waiting.proposal})
    else:
        console.print(str(waiting), highlight=False)
