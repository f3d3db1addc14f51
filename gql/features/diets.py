"""Diets: which there are, and what each leaves out."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import context_of
from gql.request.freshness import known_catalogue
from graph.catalogue import entities as catalogue


@described.object_type
class Diet:
    """A diet: the groups of ingredients it avoids, and its limits."""

    id: strawberry.ID
    name: str
    description: str | None
    source: str | None = strawberry.field(description="Where its definition comes from.")
    avoids: list[strawberry.ID] = strawberry.field(
        description="Groups of ingredients; anything that is, or is made of, one of them is left "
        "out."
    )
    max_abv: float | None
    max_caffeine_mg_per_100ml: float | None

    @staticmethod
    def of(diet: catalogue.Diet) -> Diet:
        """From the catalogue in memory."""
        return Diet(
            id=strawberry.ID(diet.id),
            name=diet.name,
            description=diet.description,
            source=diet.source,
            avoids=[strawberry.ID(avoided) for avoided in diet.avoids],
            max_abv=diet.max_abv,
            max_caffeine_mg_per_100ml=diet.max_caffeine,
        )


@strawberry.type
class DietQueries:
    """Questions about diets."""

    @described.field
    async def diets(self, info: Info[Any, Any]) -> list[Diet]:
        """All diets, with what each avoids and where that comes from."""
        catalogue = await known_catalogue(context_of(info))
        return [Diet.of(diet) for diet in catalogue.diets.values()]
