"""Four eyes: what one person proposes, another approves, within a time; then it may be done once.

A proposal and its approval are entries of the record of acts and nothing else, so that nobody can
make one up, or change one, without that being found.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from events.audit.entry import Act, Action, Entry, Role
from events.audit.errors import AuditDamaged, ProposalRefused
from events.audit.guarded import Guarded
from events.audit.log import AuditLog
from events.audit.reading import entries
from events.audit.verification import verify

_ID_BYTES = 6


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposed. `until` is when it is over, approved or not."""

    id: str
    kind: Guarded
    about: tuple[str, ...]
    digest: str
    by: str
    why: str
    at: datetime
    until: datetime
    approved_by: str | None = None
    done: bool = False

    def state_at(self, now: datetime) -> str:
        """Return done, ended, approved, or open."""
        if self.done:
            return "done"
        if now >= self.until:
            return "ended"
        return "approved" if self.approved_by else "open"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who proposes or approves, by the name on record, in which role and by what way."""

    name: str
    role: Role
    surface: str


def mark_of(proposal_id: str) -> str:
    """Return what an act on record says of the proposal that it carries out."""
    return f"proposal {proposal_id}"


class FourEyes:
    """The proposals in a record of acts; each is good for some hours."""

    def __init__(self, log: AuditLog, hours: float) -> None:
        self._log, self._lasts = log, timedelta(hours=hours)

    def proposals(self) -> list[Proposal]:
        """Return all proposals, the oldest first. Raises AuditDamaged unless all is as signed."""
        if verify(self._log).findings:
            raise AuditDamaged(
                "The record of acts is not as it was signed, so nobody approved anything.",
                "Run `tastegraph audit verify`.",
            )
        found: dict[str, Proposal] = {}
        for _, entry in entries(self._log):
            if entry.action == Action.PROPOSE:
                proposal = self._proposal(entry)
                found[proposal.id] = proposal
            elif entry.action == Action.APPROVE:
                self._approve(found, entry)
            else:
                for proposal_id in _marked(entry):
                    if proposal_id in found:
                        found[proposal_id] = replace(found[proposal_id], done=True)
        return list(found.values())

    def of(self, kind: Guarded, about: Sequence[str], now: datetime) -> Proposal | None:
        """Return a proposal of exactly this that is approved, or else open; None if none is."""
        digest = _digest(kind, about)
        waiting = [
            proposal
            for proposal in self.proposals()
            if proposal.digest == digest and proposal.state_at(now) in ("open", "approved")
        ]
        return max(waiting, key=lambda proposal: bool(proposal.approved_by), default=None)

    async def propose(
        self, kind: Guarded, about: Sequence[str], by: Somebody, why: str = ""
    ) -> str:
        """Put a proposal on record; return its id. Raises AuditUnavailable."""
        proposal_id = secrets.token_hex(_ID_BYTES)
        what = (proposal_id, kind, _digest(kind, about), *about)
        await self._log.record(Act(Action.PROPOSE, by.name, by.role, None, what, by.surface, why))
        return proposal_id

    async def approve(
        self, proposal_id: str, by: Mapping[Guarded, Somebody], now: datetime
    ) -> Proposal:
        """Put an approval on record; return what is approved now.

        `by` says as whom somebody approves each kind that is theirs. Raises ProposalRefused unless
        it is open, of one of these kinds, and by somebody else.
        """
        found = {proposal.id: proposal for proposal in self.proposals()}.get(proposal_id)
        if found is None or found.kind not in by:
            raise ProposalRefused("There is no such proposal.", "See the list of proposals.")
        who = by[found.kind]
        if found.by == who.name:
            raise ProposalRefused("It is your own proposal.", "Somebody else has to approve it.")
        if (state := found.state_at(now)) != "open":
            raise ProposalRefused(f"The proposal is not open: {state}.", "Propose it again.")
        what = (proposal_id, found.kind, found.digest, *found.about)
        await self._log.record(Act(Action.APPROVE, who.name, who.role, None, what, who.surface))
        return replace(found, approved_by=who.name)

    def _proposal(self, entry: Entry) -> Proposal:
        proposal_id, kind, digest, *about = entry.what
        at = datetime.fromisoformat(entry.at)
        return Proposal(
            proposal_id,
            Guarded(kind),
            tuple(about),
            digest,
            entry.actor,
            entry.why,
            at,
            at + self._lasts,
        )

    @staticmethod
    def _approve(found: dict[str, Proposal], entry: Entry) -> None:
        """Note an approval, if it is of a proposal as it was made, by another, in its time."""
        proposal = found.get(entry.what[0])
        if (
            proposal
            and proposal.digest == entry.what[2]
            and proposal.by != entry.actor
            and datetime.fromisoformat(entry.at) < proposal.until
        ):
            found[proposal.id] = replace(proposal, approved_by=entry.actor)


def _digest(kind: Guarded, about: Sequence[str]) -> str:
    # of the whole: the record cuts long names short
    return hashlib.sha256(orjson.dumps([str(kind), *about])).hexdigest()


def _marked(entry: Entry) -> Iterator[str]:
    for part in entry.what:
        if part.startswith(before := mark_of("")):
            yield part.removeprefix(before)
