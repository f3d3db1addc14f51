"""The vocabulary of the graph as the API shows it; import these from here, not from the graph.

At its first use Strawberry names an enum after its class, unless it was given another name before.
"""

from __future__ import annotations

import strawberry

from gql.described import description_of
from graph.vocabulary import EventType, EvidenceStatus, Severity, Verdict

__all__ = ["EventType", "EvidenceStatus", "Severity", "Verdict"]

strawberry.enum(Verdict, description=description_of(Verdict))
strawberry.enum(Severity, description="How bad an allergy is.")
strawberry.enum(EvidenceStatus, description="What a statement says about an allergen in a drink.")
strawberry.enum(EventType, name="InteractionType", description=description_of(EventType))
