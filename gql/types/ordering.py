"""How a caller may move drinks within what is safe, as the API takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from gql import described
from gql.request.context import Context
from gql.request.failures import invalid
from graph.catalogue.entities import Catalogue
from recommend.ranking.reranking import (
    LARGEST_FACTOR,
    LEAST_FACTOR,
    Attribute,
    Boost,
    RerankingOptions,
)

MOST_BOOSTS = 20

strawberry.enum(Attribute, name="BoostAttribute", description="What a boost is about.")

Diversity = Annotated[
    float,
    strawberry.argument(
        description="0 to 1: how far to prefer drinks unlike those before them; the order then "
        "differs from that of the scores."
    ),
]
Rotation = Annotated[
    float,
    strawberry.argument(
        description="0 to 1: how far down drinks you were shown recently go; the effect halves "
        "after two days."
    ),
]
MinimumRelevance = Annotated[
    float | None,
    strawberry.argument(
        description="0 (the mean score of all drinks) to 1 (the best for you): drinks below it "
        "are left out, so there may be fewer."
    ),
]


@described.input_type(name="Boost")
class BoostInput:
    """Moves drinks that have an attribute by the logarithm of a factor, in standard deviations of
    the scores; it adds no drink and removes none.
    """

    attribute: Attribute
    id: strawberry.ID = strawberry.field(
        description="The kind, or the id of the style (with those under it), flavor or producer."
    )
    factor: float = strawberry.field(description="0.1 to 10; below 1, drinks go down.")


async def checked_reranking(
    request: Context,
    boosts: Sequence[BoostInput] | None = None,
    diversity: float = 0.0,
    rotation: float = 0.0,
    minimum_relevance: float | None = None,
) -> RerankingOptions:
    """Return the controls; refuse what is out of bounds, and attributes that no drink has."""
    for name, value in (
        ("diversity", diversity),
        ("rotation", rotation),
        ("minimumRelevance", minimum_relevance),
    ):
        if value is not None and not 0 <= value <= 1:
            raise invalid(name, f"{name} is {value:g}.", "Give 0 to 1.")
    options = RerankingOptions(
        diversity=diversity,
        impression_discount=rotation,
        boosts=await _checked_boosts(request, boosts or ()),
        minimum_relevance=minimum_relevance,
    )
    if not rotation:
        return options
    shown = await request.dependencies.impressions.shown(request.signed_in())
    return RerankingOptions(
        diversity, options.boosts, rotation, shown.at, shown.now, options.minimum_relevance
    )


async def _checked_boosts(request: Context, boosts: Sequence[BoostInput]) -> tuple[Boost, ...]:
    if len(boosts) > MOST_BOOSTS:
        raise invalid("boosts", f"There are {len(boosts)} boosts.", f"Send up to {MOST_BOOSTS}.")
    if not boosts:
        return ()
    catalogue = (await request.dependencies.snapshots.snapshot()).catalogue
    for boost in boosts:
        if not LEAST_FACTOR <= boost.factor <= LARGEST_FACTOR:
            raise invalid(
                "boosts",
                f"A factor is {boost.factor:g}.",
                f"Give {LEAST_FACTOR:g} to {LARGEST_FACTOR:g}.",
            )
        if str(boost.id) not in _known(catalogue, boost.attribute):
            raise invalid(
                "boosts", f"Not known: {boost.id}.", "Find ids among a drink's attributes."
            )
    return tuple(Boost(boost.attribute, str(boost.id), boost.factor) for boost in boosts)


def _known(catalogue: Catalogue, attribute: Attribute) -> set[str]:
    match attribute:
        case Attribute.KIND:
            return {kind for kind in catalogue.table.kinds.used() if kind}
        case Attribute.STYLE:
            return set(catalogue.styles)
        case Attribute.FLAVOR:
            return set(catalogue.flavors)
        case Attribute.PRODUCER:
            return catalogue.table.producers.used()
