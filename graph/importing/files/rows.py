"""The rows of each table: its columns, and what a row must say."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from graph.importing.files.values import (
    Day,
    Dose,
    Flag,
    Id,
    LongText,
    Moment,
    Name,
    Names,
    Number,
    PastDay,
    Positive,
)
from graph.vocabulary import EventType, EvidenceStatus


class Row(BaseModel):
    """A row of any table."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # An invalid value in one of these is dropped and reported, and the row is kept: without the
    # value nobody is offered more. All else rejects the row.
    lenient: ClassVar[frozenset[str]] = frozenset()
    # A line break in one of these is only a space.
    one_line: ClassVar[frozenset[str]] = frozenset()


class RegulationRow(Row):
    """A law that lists allergens."""

    id: Id
    name: Name
    source: Name | None = None


class TermRow(Row):
    """A flavor or a style, and the terms that it is part of."""

    id: Id
    name: Name
    part_of: Names = ()


class AllergenRow(TermRow):
    """An allergen, and the groups that it is part of."""

    source: Name | None = None


class ListingRow(Row):
    """An allergen that a law lists: its name there, the law's number, its wording in our words."""

    regulation: Name
    allergen: Name
    name: Name
    entry: Name
    text: Name | None = None
    source: Name


class ExemptionRow(Row):
    """What a law exempts from an allergen: an ingredient, or what the text describes."""

    regulation: Name
    allergen: Name
    ingredient: Name | None = None
    text: Name
    source: Name


class IngredientRow(Row):
    """An ingredient; without `reviewed` its allergens, without `diets_reviewed` its groups of diets
    have not been checked.
    """

    lenient = frozenset({"flavors", "reviewed", "diets_reviewed", "reviewed_on"})

    id: Id
    name: Name
    synonyms: Names = ()
    is_a: Names = ()
    made_of: Names = ()
    flavors: Names = ()
    reviewed: Flag = False
    diets_reviewed: Flag = False
    reviewed_on: PastDay | None = None
    source: Name | None = None


class DietRow(Row):
    """A way of eating: the groups of ingredients that it avoids, and its limits."""

    lenient = frozenset({"description", "source"})

    id: Id
    name: Name
    description: LongText | None = None
    avoids: Names = ()
    max_abv: Annotated[Positive, Field(le=100)] | None = None
    max_caffeine_mg_per_100ml: Positive | None = None
    source: LongText | None = None


class SubstituteRow(Row):
    """What can replace an ingredient; a group stands for everything below it."""

    lenient = frozenset({"note", "source"})

    ingredient: Name
    substitute: Name
    note: Name | None = None
    source: Name | None = None


class DrinkRow(Row):
    """A drink; without `recipe_complete` its recipe may lack something.

    Without `abv` or caffeine it suits nobody with a limit. An invalid day of offer rejects the row:
    without it a drink would be offered on any day.
    """

    lenient = frozenset(
        {"kind", "description", "style", "producer", "abv", "sugar_g", "served_hot"}
    )
    lenient |= {"caffeine_mg_per_100ml", "price", "flavors", "recipe_complete"}
    one_line = frozenset({"name", "kind", "producer"})

    id: Id
    name: Name
    kind: Name | None = None
    description: LongText | None = None
    style: Names = ()
    producer: Name | None = None
    abv: Annotated[Positive, Field(le=100)] | None = None
    caffeine_mg_per_100ml: Positive | None = None
    sugar_g: Positive | None = None
    served_hot: Flag | None = None
    price: Positive | None = None
    flavors: Names = ()
    recipe_complete: Flag = False
    available_from: Day | None = None
    available_until: Day | None = None


class RecipeRow(Row):
    """One line of a drink's recipe; the ingredient is an id or the text of the recipe."""

    lenient = frozenset({"amount", "unit", "optional"})
    one_line = frozenset({"unit"})

    drink_id: Id
    ingredient: Name
    amount: Positive | None = None
    unit: Name | None = None
    optional: Flag = False


class EvidenceRow(Row):
    """One statement about an allergen; absence counts only with a source and a date.

    `protein_mg_per_serving` is a quantity of traces, in mg of the allergen's protein in a serving,
    by `dose_source` or else by the statement's source. It is stored and shown, and relaxes
    nothing; an invalid one rejects the row, since the row cannot then be relied on.
    """

    lenient = frozenset({"source", "observed_at"})

    subject_type: Literal["drink", "ingredient"]
    subject: Name
    allergen: Name
    status: EvidenceStatus
    source: Name = "unnamed"
    observed_at: PastDay | None = None
    dose_source: Name | None = None
    protein_mg_per_serving: Annotated[Dose | None, Field(validate_default=True)] = None

    @field_validator("dose_source", "protein_mg_per_serving")
    @classmethod
    def _is_of_traces(cls, value: object, info: ValidationInfo) -> object:
        status = info.data.get("status", EvidenceStatus.MAY_CONTAIN)
        if value is not None and status != EvidenceStatus.MAY_CONTAIN:
            raise ValueError(f"goes with 'may_contain' only, not with '{status}'")
        return value

    @field_validator("protein_mg_per_serving")
    @classmethod
    def _is_attested(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is None and info.data.get("dose_source"):
            raise ValueError("is missing, but dose_source refers to it")
        unnamed = info.data.get("source") == "unnamed" and not info.data.get("dose_source", "odd")
        if value is not None and unnamed:
            raise ValueError("needs a source, or a dose_source")
        return value

    @model_validator(mode="after")
    def _absence_is_attested(self) -> Self:
        attested = self.source != "unnamed" and self.observed_at is not None
        if self.status == EvidenceStatus.ABSENT and not attested:
            raise ValueError("'absent' needs a source and observed_at")
        return self


class UserRow(Row):
    """A person: an opaque id, and what the person must not have, avoids, follows and likes."""

    lenient = frozenset({"likes", "dislikes"})

    id: Id
    allergies: Names = ()
    avoids: Names = ()
    diets: Names = ()
    likes: Names = ()
    dislikes: Names = ()
    regulation: Name | None = None


class InteractionRow(Row):
    """One event between a person and a drink; `at` in epoch milliseconds UTC."""

    event_id: Id | None = None
    user_id: Id
    drink_id: Id
    type: EventType
    value: Number | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _rating_has_value(self) -> Self:
        if self.type == EventType.RATING and self.value is None:
            raise ValueError("a rating needs a value")
        return self


CONTEXT = "context_"
TABLES: dict[str, type[Row]] = {
    "regulations": RegulationRow,
    "allergens": AllergenRow,
    "listings": ListingRow,
    "exemptions": ExemptionRow,
    "flavors": TermRow,
    "styles": TermRow,
    "ingredients": IngredientRow,
    "diets": DietRow,
    "substitutes": SubstituteRow,
    "drinks": DrinkRow,
    "recipes": RecipeRow,
    "allergen_evidence": EvidenceRow,
    "users": UserRow,
    "interactions": InteractionRow,
}
NUMBERS = frozenset(
    {"abv", "max_abv", "caffeine_mg_per_100ml", "max_caffeine_mg_per_100ml"}
    | {"sugar_g", "price", "amount", "value", "protein_mg_per_serving"}
)
# What two rows for one drink or ingredient must not say differently.
DECIDING = ("abv", "caffeine_mg_per_100ml", "recipe_complete", "reviewed", "diets_reviewed")
KNOWLEDGE = ("regulations", "allergens", "listings", "exemptions", "flavors", "styles")
