"""The history of a drink's safety: recorded changes, the newest first."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import existing_drink
from gql.request.context import context_of
from gql.request.failures import DrinkNotFound, GraphAway, InvalidInput, expected, invalid
from gql.types.inputs import checked_first
from graph.catalogue import history
from graph.catalogue.history import safety_history


@described.enum
class ChangeKind(Enum):
    """How it came about: tables were imported; a person reviewed an ingredient, or could not say
    what it contains (REJECTION); new evidence was recorded against something, or taken back
    (WITHDRAWAL); a statement grew too old (EXPIRY); EDIT is anything else.
    """

    IMPORT = "IMPORT"
    REVIEW = "REVIEW"
    REJECTION = "REJECTION"
    RECALL = "RECALL"
    WITHDRAWAL = "WITHDRAWAL"
    EDIT = "EDIT"
    EXPIRY = "EXPIRY"


@described.enum
class ChangeSubjectType(Enum):
    """What a change is about."""

    DRINK = "drink"
    INGREDIENT = "ingredient"


@described.object_type
class ChangeSubject:
    """The drink, or the part of it, that changed."""

    type: ChangeSubjectType
    id: strawberry.ID
    name: str


@described.object_type
class SafetyChange:
    """One recorded change to what is known about a drink or a part of it."""

    id: strawberry.ID
    version: int = strawberry.field(description="The catalogue version it produced.")
    at: str = strawberry.field(description="When, ISO 8601, UTC.")
    by: str = strawberry.field(description="Who made it.")
    kind: ChangeKind
    source: str | None = strawberry.field(description="On whose word.")
    note: str | None
    subject: ChangeSubject
    added: list[str] = strawberry.field(description="Facts that it added.")
    removed: list[str] = strawberry.field(description="Facts that it removed.")

    @staticmethod
    def of(change: history.Change) -> SafetyChange:
        """From the graph; a kind that this version does not know is EDIT."""
        kinds = {kind.value: kind for kind in ChangeKind}
        return SafetyChange(
            id=strawberry.ID(change.id),
            version=change.version,
            at=change.at,
            by=change.by,
            kind=kinds.get(change.kind, ChangeKind.EDIT),
            source=change.source,
            note=change.note,
            subject=ChangeSubject(
                type=ChangeSubjectType(change.subject_type),
                id=strawberry.ID(change.subject_id),
                name=change.subject,
            ),
            added=list(change.added),
            removed=list(change.removed),
        )


@described.object_type
class SafetyHistory:
    """Recorded changes, newest first."""

    changes: list[SafetyChange]
    end_cursor: strawberry.ID | None = strawberry.field(
        description="Pass it as `after` for older changes; null when there are none."
    )


SafetyHistoryResult = Annotated[
    SafetyHistory | InvalidInput | DrinkNotFound | GraphAway,
    strawberry.union("SafetyHistoryResult"),
]


@strawberry.type
class HistoryQueries:
    """What clients can ask about changes."""

    @described.field
    @expected
    async def safety_history(
        self,
        info: Info[Any, Any],
        drink_id: strawberry.ID,
        first: Annotated[int, strawberry.argument(description="How many, from 1 to 100.")] = 20,
        after: Annotated[
            strawberry.ID | None, strawberry.argument(description="endCursor of the last page.")
        ] = None,
    ) -> SafetyHistoryResult:
        """What changed about a drink, and about everything that is or was in it: who, when, on
        whose word, and which facts were added or removed. Newest first. It says nothing about the
        people served.
        """
        request = context_of(info)
        size = checked_first(first)
        await existing_drink(request, drink_id)
        changes = await safety_history(request.dependencies.graph, str(drink_id))
        start = _start(changes, after)
        page = changes[start : start + size]
        more = start + size < len(changes)
        return SafetyHistory(
            changes=[SafetyChange.of(change) for change in page],
            end_cursor=strawberry.ID(page[-1].id) if more else None,
        )


def _start(changes: list[history.Change], after: strawberry.ID | None) -> int:
    if after is None:
        return 0
    places = [place for place, change in enumerate(changes) if change.id == str(after)]
    if not places:
        raise invalid(
            "after", f"'{after}' is not a cursor of this list.", "Use a page's endCursor."
        )
    return places[0] + 1
