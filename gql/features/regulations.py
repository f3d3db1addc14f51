"""Laws on allergens, and the allergens as a law names and groups them."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import answering, invalid
from gql.request.freshness import known_catalogue
from gql.types.listings import regulation_of
from gql.types.paths import PathStep
from graph.catalogue import regulations as law
from graph.catalogue.entities import Catalogue, Group
from graph.errors import GraphError


@described.object_type
class Allergen:
    """An allergen, or a group of allergens."""

    id: strawberry.ID
    name: str
    groups: list[strawberry.ID] = strawberry.field(description="The groups it is part of.")
    regulations: list[strawberry.ID] = strawberry.field(description="The laws that list it.")


@described.object_type
class Exemption:
    """What a law exempts: it requires no warning for that."""

    allergen_id: strawberry.ID
    text: str = strawberry.field(description="Which product, use or amount, in our words.")
    source: str = strawberry.field(description="Where in the law.")
    ingredient: PathStep | None = strawberry.field(
        description="An ingredient of the catalogue that it is about."
    )

    @staticmethod
    def of(source: law.Exemption) -> Exemption:
        """From the graph; `ingredient` is null where the law exempts a whole allergen."""
        ingredient = None
        if source.ingredient:
            ingredient = PathStep(
                id=strawberry.ID(source.ingredient),
                name=source.ingredient_name or source.ingredient,
            )
        return Exemption(
            allergen_id=strawberry.ID(source.allergen),
            text=source.text,
            source=source.source,
            ingredient=ingredient,
        )


@described.object_type
class Listing:
    """One allergen, or group of allergens, on a law's list."""

    allergen_id: strawberry.ID
    name: str = strawberry.field(description="The name that a label shows.")
    entry: str | None = strawberry.field(
        description="The law's own number; members share that of their group."
    )
    text: str | None = strawberry.field(description="What the law lists, in our words.")
    source: str | None = strawberry.field(description="Where in the law.")
    members: list[strawberry.ID] = strawberry.field(
        description="What the same law lists directly under it."
    )
    exemptions: list[Exemption]


@described.object_type
class Regulation:
    """A law that lists allergens."""

    id: strawberry.ID
    name: str
    source: str | None
    listings: list[Listing] = strawberry.field(description="Ordered by the law's own numbers.")
    exemptions: list[Exemption] = strawberry.field(
        description="All of its exemptions, including those for allergens it does not list."
    )

    @staticmethod
    def of(source: law.Regulation, catalogue: Catalogue) -> Regulation:
        """From the graph, with each listing's groups as the catalogue has them."""
        groups = {listing: groups_in(source, listing, catalogue) for listing in source.listings}
        return Regulation(
            id=strawberry.ID(source.id),
            name=source.name,
            source=source.source,
            listings=[
                Listing(
                    allergen_id=strawberry.ID(id_),
                    name=listing.name,
                    entry=listing.entry,
                    text=listing.text,
                    source=listing.source,
                    members=[strawberry.ID(other) for other in groups if id_ in groups[other]],
                    exemptions=[
                        Exemption.of(other) for other in source.exemptions if other.allergen == id_
                    ],
                )
                for id_, listing in source.listings.items()
            ],
            exemptions=[Exemption.of(exemption) for exemption in source.exemptions],
        )


@strawberry.type
class RegulationQueries:
    """Questions about laws and allergens."""

    @described.field
    async def regulations(self, info: Info[Any, Any]) -> list[Regulation]:
        """The laws, with what each lists and exempts."""
        catalogue = await known_catalogue(context_of(info))
        return [
            Regulation.of(regulation, catalogue) for regulation in catalogue.regulations.values()
        ]

    @described.field
    @answering
    async def allergens(
        self,
        info: Info[Any, Any],
        regulation: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Without it, your own regulation, or all allergens if you have none; "
                "null is all allergens."
            ),
        ] = strawberry.UNSET,
    ) -> list[Allergen]:
        """The allergens that a law lists, with its names and groups.

        They are for display: every check covers the allergens of all laws.
        """
        request = context_of(info)
        catalogue = await known_catalogue(request)
        chosen = await _own(request) if regulation is strawberry.UNSET else regulation
        if chosen is None:
            return [
                _allergen(allergen, allergen.name, allergen.groups)
                for allergen in catalogue.allergens.values()
            ]
        law_chosen = catalogue.regulations.get(str(chosen))
        if law_chosen is None:
            known = ", ".join(sorted(catalogue.regulations))
            raise invalid("regulation", f"Not known: {chosen}.", f"Use one of {known}.")
        return [
            _allergen(catalogue.allergens[id_], listing.name, groups_in(law_chosen, id_, catalogue))
            for id_, listing in sorted(law_chosen.listings.items())
            if id_ in catalogue.allergens
        ]


def groups_in(regulation: law.Regulation, allergen: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the nearest groups of an allergen that the law lists, passing over others.

    US law does not list gluten, so there it is not a group of wheat.
    """
    nearest: list[str] = []
    seen, waiting = set[str](), [allergen]
    while waiting:
        known = catalogue.allergens.get(waiting.pop(0))
        for group in known.groups if known else ():
            if group not in seen:
                seen.add(group)
                (nearest if group in regulation.listings else waiting).append(group)
    return tuple(nearest)


def _allergen(group: Group, name: str, groups: tuple[str, ...]) -> Allergen:
    return Allergen(
        id=strawberry.ID(group.id),
        name=name,
        groups=[strawberry.ID(group) for group in groups],
        regulations=[strawberry.ID(regulation) for regulation in group.regulations],
    )


async def _own(request: Context) -> str | None:
    """Return the regulation of the person who asks; none while the graph is away."""
    try:
        return await regulation_of(request, fresh=True)
    except GraphError:
        return None
