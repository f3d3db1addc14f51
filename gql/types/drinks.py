"""What the API tells about drinks, people and safety."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.request.context import context_of
from gql.types.reasons import Explanation, Reason, ReasonsMissing
from gql.types.safety import ForAllergens, Safety, safety_of
from graph.catalogue import entities as catalogue
from graph.connection import Row
from recommend.ranking.pipeline import RecommendationItem, RecommendationList

MOST_REASONS = 10


@described.object_type
class Flavor:
    """A flavor, or a family of flavors."""

    id: strawberry.ID
    name: str
    groups: list[strawberry.ID] = strawberry.field(description="The families that it is part of.")

    @staticmethod
    def of(group: catalogue.Group) -> Flavor:
        """From the catalogue in memory."""
        return Flavor(
            id=strawberry.ID(group.id),
            name=group.name,
            groups=[strawberry.ID(parent) for parent in group.groups],
        )


@described.object_type
class RecipePart:
    """One ingredient of a recipe."""

    ingredient_id: strawberry.ID
    name: str
    amount: float | None
    unit: str | None
    optional: bool
    reviewed: bool = strawberry.field(
        description="Whether a person or a named source has checked its allergens."
    )

    @staticmethod
    def of(row: Row) -> RecipePart:
        """Return a row of the recipe query as the API shows it."""
        return RecipePart(
            ingredient_id=strawberry.ID(row["ingredientId"]),
            name=row["ingredient"] or row["ingredientId"],
            amount=row["amount"],
            unit=row["unit"],
            optional=row["optional"] is True,
            reviewed=row["reviewed"] is True,
        )


@described.object_type
class Drink:
    """A drink of the catalogue. A quantity that is not known is null."""

    source: strawberry.Private[catalogue.Drink]
    id: strawberry.ID
    name: str
    kind: str | None
    description: str | None
    abv: float | None = strawberry.field(description="Alcohol by volume, in percent.")
    caffeine_mg_per_100ml: float | None
    sugar_g: float | None = strawberry.field(description="Sugar, in grams per 100 ml.")
    served_hot: bool | None
    price: float | None
    available_from: str | None
    available_until: str | None
    recipe_complete: bool

    @staticmethod
    def of(drink: catalogue.Drink) -> Drink:
        """Return a drink of the snapshot as the API shows it."""
        return Drink(
            source=drink,
            id=strawberry.ID(drink.id),
            name=drink.name,
            kind=drink.kind,
            description=drink.description,
            abv=drink.abv,
            caffeine_mg_per_100ml=drink.caffeine,
            sugar_g=drink.sugar,
            served_hot=drink.served_hot,
            price=drink.price,
            available_from=drink.available_from,
            available_until=drink.available_until,
            recipe_complete=drink.recipe_complete,
        )

    @described.field
    def flavors(self) -> list[strawberry.ID]:
        """Ids of its flavors."""
        return [strawberry.ID(flavor) for flavor in self.source.flavors]

    @described.field
    def styles(self) -> list[strawberry.ID]:
        """Ids of its styles."""
        return [strawberry.ID(style) for style in self.source.styles]

    @described.field
    def producers(self) -> list[strawberry.ID]:
        """Who makes it."""
        return [strawberry.ID(producer) for producer in self.source.producers]

    @described.field
    async def recipe(self, info: Info[Any, Any]) -> list[RecipePart]:
        """What is in it, as the graph has it now."""
        rows = await context_of(info).loaders.recipes.load(self.source.id)
        return [RecipePart.of(row) for row in rows]

    @described.field
    async def safety(self, info: Info[Any, Any], for_allergens: ForAllergens = None) -> Safety:
        """Whether it is safe for you, as the graph says now."""
        return await safety_of(context_of(info), self.source.id, for_allergens)


@described.object_type
class Recommendation:
    """A drink that passed both safety checks for you."""

    rank: int = strawberry.field(description="1 is the best.")
    score: float = strawberry.field(
        description="Higher is better; comparable only within one answer."
    )
    drink: Drink
    safety: Safety
    explanation: strawberry.Private[Explanation]

    @staticmethod
    def of(item: RecommendationItem, explanation: Explanation) -> Recommendation:
        """Return an offered drink as the API shows it."""
        return Recommendation(
            rank=item.rank,
            score=item.score,
            drink=Drink.of(item.drink),
            safety=Safety.of(item.safety),
            explanation=explanation,
        )

    @described.field
    async def reasons(
        self,
        first: Annotated[int, strawberry.argument(description="At most this many, up to 10.")] = 3,
    ) -> list[Reason]:
        """Why it is here, strongest reason first: paths that were in the graph when this was
        answered. Costs at most two queries for a whole answer, and none if not asked for.
        """
        return await self.explanation.of(self.drink.source.id, max(0, min(first, MOST_REASONS)))

    @described.field
    async def reasons_missing(self) -> ReasonsMissing | None:
        """Why `reasons` is empty, if they could not be read; null if they were. The drink was still
        checked.
        """
        return await self.explanation.missing()


@described.object_type
class Recommendations:
    """Drinks for you, best first."""

    items: list[Recommendation]
    model_version: str = strawberry.field(
        description="The model that ranked it; 'popularity' while there is none."
    )
    catalogue_version: int
    recommendation_id: strawberry.ID = strawberry.field(description="The id of this answer.")
    allergies_declared: bool = strawberry.field(
        description="False: nothing was checked for you; ask for allergies first."
    )
    page_variant: str | None = strawberry.field(
        default=None,
        description="Which variant of your page should show it, if an experiment varies that.",
    )

    @staticmethod
    def of(recommended: RecommendationList, explanation: Explanation) -> Recommendations:
        """Return an offer as the API shows it."""
        return Recommendations(
            items=[Recommendation.of(item, explanation) for item in recommended.items],
            model_version=recommended.model_version,
            catalogue_version=recommended.catalogue_version,
            recommendation_id=strawberry.ID(recommended.id),
            allergies_declared=recommended.declared,
            page_variant=recommended.page,
        )


@described.object_type
class DrinkPage:
    """Drinks by name, one page."""

    items: list[Recommendation]
    end_cursor: strawberry.ID | None = strawberry.field(
        description="Give it as `after` for the next page; null at the end."
    )
    catalogue_version: int
