"""Evidence: what a verdict rests on, with the paths in the graph, the sources and the laws."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import Context, context_of
from gql.types.listings import laws_listing
from gql.types.paths import PathStep
from graph.verdicts import evidence

SAYS_WHO = "Who says so."
SEEN_WHEN = "When that was seen."
PROTEIN = (
    "For MAY_CONTAIN, how much of the allergen's protein may be in a serving, if that was "
    "measured. It is shown, and decides nothing."
)
MEASURED_BY = "Who measured that, if not the source."
UNREVIEWED_SINCE = "for UNREVIEWED, since when its review has been too old, if it had one."
VOID_BECAUSE = "If there is a `voidedAt`, why."


@described.enum
class EvidenceKind(Enum):
    """What a piece of evidence is."""

    CONTAINS = strawberry.enum_value("CONTAINS", description="A statement of presence.")
    MAY_CONTAIN = strawberry.enum_value("MAY_CONTAIN", description="A statement of traces.")
    FREE_FROM = strawberry.enum_value(
        "FREE_FROM",
        description="A statement of absence. It decides only on the drink itself, with source and "
        "date, and nothing against it.",
    )
    WAS_FREE_FROM = strawberry.enum_value(
        "WAS_FREE_FROM",
        description="A statement of absence that no longer counts: what it was about has changed "
        "since, or it was made too long ago.",
    )
    RECIPE_REVIEWED = strawberry.enum_value(
        "RECIPE_REVIEWED", description="The recipe is complete, and all of its parts are reviewed."
    )
    REVIEWED = strawberry.enum_value(
        "REVIEWED", description="One ingredient of that recipe, with the source of its review."
    )
    RECIPE_INCOMPLETE = strawberry.enum_value(
        "RECIPE_INCOMPLETE", description="The recipe is not complete, or has no parts."
    )
    UNREVIEWED = strawberry.enum_value(
        "UNREVIEWED", description="A part whose allergens nobody has checked."
    )
    EXEMPT = strawberry.enum_value(
        "EXEMPT", description="A part for which a law requires no warning. It decides nothing."
    )


@described.enum
class VoidReason(Enum):
    """Why a statement of absence, or a review, no longer counts."""

    RECIPE_CHANGED = strawberry.enum_value(
        "RECIPE_CHANGED", description="The drink's recipe, name or producer has changed."
    )
    PARTS_CHANGED = strawberry.enum_value(
        "PARTS_CHANGED", description="What an ingredient is, or is made of, has changed."
    )
    RETIRED = strawberry.enum_value("RETIRED", description="The drink was retired.")
    EXPIRED = strawberry.enum_value(
        "EXPIRED", description="It was stated, or reviewed, longer ago than the operator accepts."
    )


@described.object_type
class ListedBy:
    """A law that lists an allergen."""

    regulation_id: strawberry.ID
    regulation: str = strawberry.field(description="The law's name.")
    name: str = strawberry.field(description="The name of the allergen in that law.")
    entry: str | None = strawberry.field(description="The law's own number.")
    source: str | None = strawberry.field(description="Where in the law.")


@described.object_type
class Evidence:
    """One thing that a verdict rests on, or that was found beside it."""

    kind: EvidenceKind
    decides: bool = strawberry.field(
        description="Whether the verdict rests on it; otherwise it was outweighed, or only "
        "explains."
    )
    path: list[PathStep] = strawberry.field(
        description="From the drink through its ingredients to the allergen of the statement, or "
        "to the part it is about."
    )
    allergen_id: strawberry.ID | None = strawberry.field(
        description="What the statement is about: the allergen itself, a member of it, or a group."
    )
    source: str | None = strawberry.field(description=SAYS_WHO)
    observed_at: str | None = strawberry.field(description=SEEN_WHEN)
    protein_mg_per_serving: float | None = strawberry.field(description=PROTEIN)
    dose_source: str | None = strawberry.field(description=MEASURED_BY)
    voided_at: str | None = strawberry.field(
        description="For WAS_FREE_FROM, the day since which it no longer counts; "
        + UNREVIEWED_SINCE
    )
    because: VoidReason | None = strawberry.field(description=VOID_BECAUSE)
    text: str | None = strawberry.field(description="For EXEMPT, what the law exempts.")
    regulation_id: strawberry.ID | None = strawberry.field(description="For EXEMPT, which law.")
    parts: int | None = strawberry.field(
        description="For a recipe, how many ingredients it has, all the way down."
    )

    @staticmethod
    def of(source: evidence.Evidence) -> Evidence:
        """From the graph."""
        return Evidence(
            kind=EvidenceKind(source.kind),
            decides=source.decides,
            path=[PathStep(id=strawberry.ID(id_), name=name) for id_, name in source.path],
            allergen_id=_id(source.allergen),
            source=source.source,
            observed_at=source.observed_at,
            protein_mg_per_serving=source.protein_mg,
            dose_source=source.dose_source,
            voided_at=source.voided_at,
            because=VoidReason(source.because) if source.because else None,
            text=source.text,
            regulation_id=_id(source.regulation),
            parts=source.parts,
        )

    @described.field
    def regulations(self, info: Info[Any, Any]) -> list[ListedBy]:
        """The laws that list the allergen of the statement."""
        return listed_by(context_of(info), self.allergen_id)


def listed_by(request: Context, allergen_id: str | None) -> list[ListedBy]:
    """Laws of the request's catalogue that list the allergen; none without one."""
    return [
        ListedBy(
            regulation_id=strawberry.ID(law.id),
            regulation=law.name,
            name=listing.name,
            entry=listing.entry,
            source=listing.source,
        )
        for law, listing in laws_listing(request, allergen_id)
    ]


def _id(text: str | None) -> strawberry.ID | None:
    return strawberry.ID(text) if text else None
