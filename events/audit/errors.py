"""What can go wrong with the record of acts."""

from __future__ import annotations

from graph.errors import TastegraphError


class AuditUnavailable(TastegraphError):
    """The record of acts takes nothing now, so the act does not happen."""


class AuditDamaged(AuditUnavailable):
    """The record of acts is not as it was signed: nothing is added to it."""


class ProposalRefused(TastegraphError):
    """A proposal cannot be approved: it is not there, one's own, over, or done."""


class ProofRefused(TastegraphError):
    """There is no such entry or checkpoint to prove anything about."""
