"""What tastes alike, and which drinks are near a taste: by the model, not by names."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import explanation_of, refuse_unclear_list
from gql.features.list_requests import checked_request
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, InvalidInput, ProfileUnclear, expected, invalid
from gql.types.drinks import Recommendations
from gql.types.inputs import DrinkFilterInput, checked_first
from gql.types.ordering import BoostInput, Diversity
from graph.catalogue.entities import Catalogue
from recommend.state.snapshot import Snapshot


@described.enum
class TasteKind(StrEnum):
    """What has a place among the drinks."""

    FLAVOR = "flavor"
    INGREDIENT = "ingredient"
    STYLE = "style"
    PRODUCER = "producer"


@described.object_type
class NearTaste:
    """A flavor, ingredient, style or producer, and how near it is."""

    id: strawberry.ID
    name: str
    similarity: float = strawberry.field(description="A cosine: 1 for the same, 0 for no relation.")


@described.object_type
class NearTastes:
    """What tastes alike, the nearest first."""

    items: list[NearTaste]
    model_version: str


TastesAlikeResult = Annotated[
    NearTastes | InvalidInput | GraphAway, strawberry.union("TastesAlikeResult")
]
DrinksNearResult = Annotated[
    Recommendations | InvalidInput | ProfileUnclear | GraphAway,
    strawberry.union("DrinksNearResult"),
]


@strawberry.type
class NearnessQueries:
    """Neighbours in the model."""

    @described.field
    @expected
    async def tastes_alike(
        self, info: Info[Any, Any], kind: TasteKind, id: strawberry.ID, first: int = 10
    ) -> TastesAlikeResult:
        """Others of its kind that are in the same drinks, or in drinks that the same people like.

        For looking around: it says nothing about allergens.
        """
        request = context_of(info)
        count = checked_first(first)
        snapshot = await _snapshot_knowing(request, kind, str(id))
        nearest = snapshot.scorer.nearest(kind, str(id))[:count]
        return NearTastes(
            items=[
                NearTaste(
                    id=strawberry.ID(id_),
                    name=_name(snapshot.catalogue, kind, id_),
                    similarity=similarity,
                )
                for id_, similarity in nearest
            ],
            model_version=snapshot.scorer.model_version,
        )

    @described.field
    @expected
    async def drinks_near(
        self,
        info: Info[Any, Any],
        kind: TasteKind,
        id: strawberry.ID,
        first: int = 10,
        filter: DrinkFilterInput | None = None,
        boosts: list[BoostInput] | None = None,
        diversity: Diversity = 0.0,
    ) -> DrinksNearResult:
        """Drinks near a flavor, an ingredient, a style or a producer, and safe for you."""
        request = context_of(info)
        asked = await checked_request(request, first, filter, boosts=boosts, diversity=diversity)
        await _snapshot_knowing(request, kind, str(id))
        recommended = await request.dependencies.recommender.near(asked, kind, str(id))
        await refuse_unclear_list(request, recommended)
        return Recommendations.of(recommended, explanation_of(request, recommended))


async def _snapshot_knowing(request: Context, kind: TasteKind, id_: str) -> Snapshot:
    """Return the snapshot; refuses what no drink has and the model knows nothing of."""
    snapshots = request.dependencies.snapshots
    snapshot = await snapshots.snapshot()
    if snapshot.scorer.nearness(kind, id_) is None:
        snapshot = await snapshots.refresh(snapshot)
    if snapshot.scorer.nearness(kind, id_) is None:
        raise invalid("id", f"No drink has the {kind} {id_!r}.", "Ask for one that a drink has.")
    return snapshot


def _name(catalogue: Catalogue, kind: TasteKind, id_: str) -> str:
    """Return its name; a producer's name is its id."""
    named = {
        TasteKind.FLAVOR: catalogue.flavors,
        TasteKind.INGREDIENT: catalogue.ingredients,
        TasteKind.STYLE: catalogue.styles,
    }.get(kind, {})
    return named[id_].name if id_ in named else id_
