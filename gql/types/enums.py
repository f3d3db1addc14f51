"""The vocabulary of the graph as the API shows it; import these from here, where they have names.

A type that uses one before it has its name and description would give it others.
"""

from __future__ import annotations

import strawberry

from graph.vocabulary import EventType, EvidenceStatus, Severity, Verdict

__all__ = ["EventType", "EvidenceStatus", "Severity", "Verdict"]

strawberry.enum(Verdict, description="What is known about one allergen in one drink.")
strawberry.enum(Severity, description="How bad an allergy is.")
strawberry.enum(EvidenceStatus, description="What a statement says about an allergen in a drink.")
strawberry.enum(EventType, name="InteractionType", description="What a person did with a drink.")
