"""Four eyes by the API: what was proposed, and the word of a second person."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit import entry, four_eyes
from events.audit.errors import ProposalRefused
from events.audit.four_eyes import FourEyes, Somebody
from events.audit.guarded import Guarded
from gql import described
from gql.request.context import SURFACE, Context, context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    expected,
    invalid,
)
from gql.request.policy import Role
from graph.clock import iso_seconds

OF_ROLE: Mapping[Role, tuple[Guarded, entry.Role]] = {
    Role.FOOD_SAFETY: (Guarded.RECALLS, entry.Role.FOOD_SAFETY),
    Role.ADMIN: (Guarded.MASTER_KEYS, entry.Role.ADMIN),
}
"""What each role approves, and what the record calls it."""


@described.object_type
class Proposal:
    """Something that needs two people: one proposed it."""

    id: strawberry.ID
    kind: str = strawberry.field(description="recalls or master-keys.")
    about: list[str]
    by: str
    why: str | None
    state: str = strawberry.field(description="open, approved, done or ended.")
    until: str = strawberry.field(description="When it is over: ISO 8601, UTC.")
    approved_by: str | None

    @staticmethod
    def of(found: four_eyes.Proposal, now: datetime) -> Proposal:
        """Return a proposal as the API shows it at a moment."""
        return Proposal(
            id=strawberry.ID(found.id),
            kind=found.kind,
            about=list(found.about),
            by=found.by,
            why=found.why or None,
            state=found.state_at(now),
            until=iso_seconds(found.until),
            approved_by=found.approved_by,
        )


@described.object_type
class Proposals:
    """What was proposed, the oldest first."""

    items: list[Proposal]


ProposalsResult = Annotated[
    Proposals | NotSignedIn | NotAllowed | GraphAway, strawberry.union("ProposalsResult")
]
ApproveProposalResult = Annotated[
    Proposal | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("ApproveProposalResult"),
]


@strawberry.type
class ApprovalQueries:
    """What food-safety officers and admins can ask about proposals."""

    @described.field
    @expected
    async def proposals(self, info: Info[Any, Any]) -> ProposalsResult:
        """What was proposed that needs two people: withdrawals of recalls for food-safety
        officers, master keys for admins.
        """
        request = context_of(info)
        request.permitted(info)
        kinds = _offices(request)
        found = await asyncio.to_thread(_eyes(request).proposals)
        now = request.dependencies.clock()
        return Proposals(items=[Proposal.of(each, now) for each in found if each.kind in kinds])


@strawberry.type
class ApprovalMutations:
    """What food-safety officers and admins can do about proposals."""

    @described.mutation
    @expected
    async def approve_proposal(
        self, info: Info[Any, Any], id: strawberry.ID
    ) -> ApproveProposalResult:
        """Approve what somebody else proposed: it can be done then, once. For food-safety officers
        and admins.
        """
        request = context_of(info)
        name, now = request.permitted(info), request.dependencies.clock()
        offices = _offices(request).items()
        by = {kind: Somebody(name, role, SURFACE) for kind, role in offices}
        try:
            approved = await _eyes(request).approve(str(id), by, now)
        except ProposalRefused as refused:
            raise invalid("id", refused.message, refused.advice) from refused
        return Proposal.of(approved, now)


def _eyes(request: Context) -> FourEyes:
    return FourEyes(request.dependencies.audit, request.dependencies.four_eyes_hours)


def _offices(request: Context) -> dict[Guarded, entry.Role]:
    """What the viewer approves, and as what the record calls them then."""
    roles = request.viewer.roles if request.viewer else ()
    return dict(said for role, said in OF_ROLE.items() if role in roles)
