"""What recommended lists earned, for operators: the numbers that the warehouse has too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.described import description_of
from gql.request.context import context_of
from gql.request.failures import (
    GraphAway,
    InvalidInput,
    NotAllowed,
    NotSignedIn,
    expected,
    invalid,
)
from graph.clock import milliseconds
from graph.experiments import earned as earnings
from graph.experiments.earned import EarnedBy

strawberry.enum(EarnedBy, description=description_of(EarnedBy))

CURRENCY_LETTERS = 3


@described.object_type
class EarnedRow:
    """What followed from the lists of one drink, surface, model, arm or segment."""

    name: str = strawberry.field(
        description="The drink's id; the field that listed it; the model's version; "
        "experiment/arm; or the segment's id."
    )
    opened: int = strawberry.field(description="How often a drink of them was opened.")
    bought: int = strawberry.field(description="How many purchases followed.")
    quantity: float = strawberry.field(description="How many drinks were in those.")
    revenue: float = strawberry.field(description="What was paid for them, in one currency.")


@described.object_type
class EarnedTable:
    """What lists earned, by name."""

    items: list[EarnedRow]


EarnedResult = Annotated[
    EarnedTable | InvalidInput | NotSignedIn | NotAllowed | GraphAway,
    strawberry.union("EarnedResult"),
]


@strawberry.type
class EarnedQueries:
    """What operators can ask about earnings."""

    @described.field
    @expected
    async def earned(
        self,
        info: Info[Any, Any],
        by: EarnedBy,
        since: Annotated[date, strawberry.argument(description="The first day, of UTC.")],
        until: Annotated[date, strawberry.argument(description="The day after the last one.")],
        currency: Annotated[str, strawberry.argument(description="ISO 4217.")] = "EUR",
    ) -> EarnedResult:
        """What was opened, bought and paid from recommended lists. For analysts and operators."""
        request = context_of(info)
        request.permitted(info)
        if not (len(currency) == CURRENCY_LETTERS and currency.isascii() and currency.isupper()):
            raise invalid("currency", f"'{currency[:10]}' is no currency.", "Send such as EUR.")
        if not since < until:
            raise invalid("until", "until is not after since.", "Send a later day.")
        rows = await earnings.earned(
            request.dependencies.graph, by, _moment(since), _moment(until), currency
        )
        return EarnedTable(
            items=[
                EarnedRow(
                    name=row.name,
                    opened=row.opened,
                    bought=row.bought,
                    quantity=row.quantity,
                    revenue=row.revenue,
                )
                for row in rows
            ]
        )


def _moment(day: date) -> int:
    return milliseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
