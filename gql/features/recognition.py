"""Reading texts: which ingredients a line of a recipe names, and what a printed label says."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, InvalidInput, expected, invalid
from gql.request.freshness import current_catalogue
from graph.catalogue.entities import Catalogue
from graph.errors import LabelRefused
from graph.recognition import resolution as resolved
from graph.recognition.labels import label as printed
from graph.recognition.labels.known_allergens import with_known_allergens
from graph.recognition.labels.reader import read_label
from graph.recognition.names import How
from graph.recognition.recogniser import Recogniser

LONGEST = 1_000
SUGGESTIONS = 5

strawberry.enum(How, name="MatchedHow", description="How a text was matched with an ingredient.")
strawberry.enum(
    resolved.Unresolved, name="UnresolvedReason", description="Why a text names no ingredient."
)


@described.enum
class LabelStatus(Enum):
    """Whether a label says that an allergen is or may be in it."""

    CONTAINS = "contains"
    MAY_CONTAIN = "may_contain"


@described.object_type
class ResolvedIngredient:
    """An ingredient that a text names."""

    id: strawberry.ID
    name: str
    reviewed: bool = strawberry.field(description="Whether somebody has checked its allergens.")
    text: str = strawberry.field(description="The words that name it.")
    how: list[How]
    dropped: list[str] = strawberry.field(description="Words that were ignored.")


@described.object_type
class IngredientSuggestion:
    """An ingredient with a name like the text: for people, never a match."""

    id: strawberry.ID
    name: str = strawberry.field(description="Its name or the synonym that resembles the text.")
    score: float = strawberry.field(description="How similar they are, 0 to 100.")


@described.object_type
class Resolution:
    """The ingredients a text names: all of them, or none and why."""

    text: str
    resolved: bool
    ingredients: list[ResolvedIngredient] = strawberry.field(
        description="All that it names; for a choice, every alternative."
    )
    problem: resolved.Unresolved | None
    suggestions: list[IngredientSuggestion]

    @staticmethod
    def of(resolution: resolved.Resolution, catalogue: Catalogue) -> Resolution:
        """Return a resolution as the API shows it."""
        return Resolution(
            text=resolution.text,
            resolved=resolution.resolved,
            ingredients=[_ingredient(match, catalogue) for match in resolution.matches],
            problem=resolution.problem,
            suggestions=[
                IngredientSuggestion(
                    id=strawberry.ID(other.ingredient), name=other.name, score=other.score
                )
                for other in resolution.suggestions
            ],
        )


@described.object_type
class LabelFinding:
    """An allergen that a label names."""

    allergen_id: strawberry.ID
    status: LabelStatus
    text: str = strawberry.field(description="The words that name it.")
    start: int = strawberry.field(description="Where they begin in the text, from 0.")
    end: int
    emphasised: bool = strawberry.field(description="Whether they are in bold or capitals.")
    source: str = strawberry.field(description="How these words are known to mean it.")


@described.object_type
class LabelClaim:
    """Something the label says is not in it; this counts as no evidence."""

    allergen_id: strawberry.ID | None
    text: str


@described.object_type
class LabelItem:
    """One item of a label's list of ingredients."""

    text: str
    level: int = strawberry.field(description="How many brackets it is nested in.")
    within: int | None = strawberry.field(
        description="The position in the list, from 0, of the item it is part of."
    )
    percent: float | None
    additives: list[str] = strawberry.field(description="E numbers, without the E.")
    resolution: Resolution | None = strawberry.field(
        description="Which ingredients it names; null if it names nothing but additives."
    )


@described.object_type
class Label:
    """What a printed label says."""

    contains: list[strawberry.ID]
    may_contain: list[strawberry.ID]
    findings: list[LabelFinding]
    ingredients: list[LabelItem]
    claims: list[LabelClaim]
    unread: list[str] = strawberry.field(description="What was not understood.")
    unreviewed: list[str] = strawberry.field(
        description="Items that are, or are made of, something nobody has checked for allergens."
    )
    complete: bool = strawberry.field(
        description="Whether everything was understood and reviewed. False: there may be "
        "allergens that are not named."
    )

    @staticmethod
    def of(label: printed.Label, catalogue: Catalogue) -> Label:
        """Return a label as the API shows it."""
        return Label(
            contains=[strawberry.ID(allergen) for allergen in label.contains],
            may_contain=[strawberry.ID(allergen) for allergen in label.may_contain],
            findings=[_finding(finding) for finding in label.findings],
            ingredients=[_item(item, catalogue) for item in label.ingredients],
            claims=[
                LabelClaim(
                    allergen_id=strawberry.ID(claim.allergen) if claim.allergen else None,
                    text=claim.text,
                )
                for claim in label.claims
            ],
            unread=list(label.unread),
            unreviewed=list(label.unreviewed),
            complete=label.complete,
        )


ResolveResult = Annotated[Resolution | InvalidInput | GraphAway, strawberry.union("ResolveResult")]
ReadLabelResult = Annotated[Label | InvalidInput | GraphAway, strawberry.union("ReadLabelResult")]


@strawberry.type
class RecognitionQueries:
    """Questions about texts."""

    @described.field
    @expected
    async def resolve(self, info: Info[Any, Any], text: str) -> ResolveResult:
        """Which ingredients a line of a recipe names.

        Strict: what is not certain is not resolved, and suggestions are for people only.
        """
        if len(text) > LONGEST:
            raise invalid(
                "text",
                f"The text has {len(text):,} characters; at most {LONGEST:,} are read.",
                "Send one line of a recipe at a time; for a label use readLabel.",
            )
        known, catalogue = await _known(context_of(info))
        one = await context_of(info).dependencies.reading.run(
            known.resolve, text, suggestions=SUGGESTIONS
        )
        return Resolution.of(one, catalogue)

    @described.field
    @expected
    async def read_label(
        self,
        info: Info[Any, Any],
        text: Annotated[str, strawberry.argument(description="At most 10,000 characters.")],
        language: Annotated[
            str | None, strawberry.argument(description="Such as de; any, if left out.")
        ] = None,
    ) -> ReadLabelResult:
        """What a printed label says: its allergens, including possible ones, its ingredients, and
        what was not understood.
        """
        known, catalogue = await _known(context_of(info))
        try:
            one = await context_of(info).dependencies.reading.run(read_label, text, known, language)
        except LabelRefused as refused:
            raise invalid(refused.argument, refused.message, refused.advice) from refused
        return Label.of(with_known_allergens(one, catalogue.ingredients), catalogue)


async def _known(request: Context) -> tuple[Recogniser, Catalogue]:
    catalogue = await current_catalogue(request)
    dependencies = request.dependencies
    return await dependencies.recognisers.current(dependencies.graph, catalogue.version), catalogue


def _ingredient(match: resolved.Match, catalogue: Catalogue) -> ResolvedIngredient:
    known = catalogue.ingredients.get(match.ingredient)
    return ResolvedIngredient(
        id=strawberry.ID(match.ingredient),
        name=known.name if known else match.ingredient,
        reviewed=bool(known and known.reviewed),
        text=match.text,
        how=list(match.how),
        dropped=list(match.dropped),
    )


def _finding(finding: printed.LabelFinding) -> LabelFinding:
    return LabelFinding(
        allergen_id=strawberry.ID(finding.allergen),
        status=LabelStatus(finding.status),
        text=finding.text,
        start=finding.start,
        end=finding.end,
        emphasised=finding.emphasised,
        source=finding.source,
    )


def _item(ingredient: printed.LabelIngredient, catalogue: Catalogue) -> LabelItem:
    return LabelItem(
        text=ingredient.text,
        level=ingredient.level,
        within=ingredient.within,
        percent=ingredient.percent,
        additives=list(ingredient.additives),
        resolution=Resolution.of(ingredient.resolution, catalogue)
        if ingredient.resolution
        else None,
    )
