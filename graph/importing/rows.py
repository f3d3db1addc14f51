"""The rows of each table, checked: an empty value is a missing one, lists are separated by '|'."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from graph.clock import Clock, utc_now
from graph.importing.record import Record

_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
FEWEST_SECONDS = 1e8  # 1973: what is less is a year, a month, or a day number of a spreadsheet
_COMPACT = re.compile(
    r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?"
)
_UNPRINTABLE = r"\x00-\x1f\x7f\x{85}\x{2028}\x{2029}"


def _elements(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def _flag(value: object) -> object:
    flags = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, str):
        if value.lower() not in flags:
            raise ValueError("is neither true nor false (yes, no, 1, 0)")
        return flags[value.lower()]
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value).date().isoformat()
    except ValueError:
        raise ValueError("is no date; write it as 2026-01-31") from None


def _past_day(value: object, about: ValidationInfo) -> object:
    day = _day(value)
    context = cast("dict[str, Clock] | None", about.context) or {}
    clock = context.get("clock", utc_now)
    if isinstance(day, str) and date.fromisoformat(day) > clock().date() + timedelta(1):
        raise ValueError("lies in the future")
    return day


def _number(value: object) -> object:
    # float() would also take 1_000 and arabic digits, and inf.
    if isinstance(value, str) and not (value.isascii() and "_" not in value):
        raise ValueError("is no number")
    return value


def _moment(value: object) -> object:
    """Return epoch milliseconds of ISO text (UTC unless it says otherwise), seconds or millis."""
    if not isinstance(value, str):
        return value
    text = _with_dashes(value)
    try:
        number = float(text)
    except ValueError:
        moment = _iso_moment(text)
    else:
        moment = _unix_moment(number)
    if not 0 < moment < 4_102_444_800_000:
        raise ValueError("lies before 1970 or after 2100")
    return moment


def _with_dashes(value: str) -> str:
    """Return 20260131, also with a time behind it, as ISO text: it is no number of seconds."""
    found = _COMPACT.fullmatch(value.strip())
    if not found:
        return value
    day, time = "-".join(found.group(1, 2, 3)), ":".join(one for one in found.group(4, 5, 6) if one)
    return f"{day}T{time}" if time else day


def _unix_moment(number: float) -> int:
    if not math.isfinite(number):
        raise ValueError("is no moment")
    if abs(number) < FEWEST_SECONDS:
        raise ValueError(
            "is too small for seconds since 1970 (the day number of a spreadsheet?); "
            "write it as 2026-01-31"
        )
    return round(number if abs(number) >= 1e11 else number * 1000)


def _iso_moment(value: str) -> int:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no moment; write it as 2026-01-31T12:00:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


Id = Annotated[str, StringConstraints(pattern=rf"^[^|{_UNPRINTABLE}]{{1,200}}$")]
Name = Annotated[str, StringConstraints(pattern=rf"^[^{_UNPRINTABLE}]{{1,500}}$")]
LongText = Annotated[str, StringConstraints(max_length=10_000)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_elements)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[str, BeforeValidator(_day)]
PastDay = Annotated[str, BeforeValidator(_past_day)]
Moment = Annotated[int, BeforeValidator(_moment)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(ge=0)]
# More is no trace: a glass of milk has about 8,000 mg of protein. None is no quantity of traces.
MOST_PROTEIN_MG = 10_000
Dose = Annotated[Number, Field(gt=0, le=MOST_PROTEIN_MG)]
Status = Literal["contains", "may_contain", "absent"]


class Row(BaseModel):
    """A row of any table."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # An odd value in one of these is left out and reported, and the row is kept: without the
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
    """What takes the place of an ingredient; a group stands for everything below it."""

    lenient = frozenset({"note", "source"})

    ingredient: Name
    substitute: Name
    note: Name | None = None
    source: Name | None = None


class DrinkRow(Row):
    """A drink; without `recipe_complete` its recipe may lack something.

    Without `abv` or caffeine it suits nobody who set a limit. An odd day of offer rejects the row:
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
    """One statement on an allergen; absence counts only with its source and its date.

    `protein_mg_per_serving` is a quantity of traces, in mg of the allergen's protein in a serving,
    by `dose_source` or else by the source of the statement. It is held and shown, and relaxes
    nothing; an odd one rejects the row, since then the row is not to be relied on.
    """

    lenient = frozenset({"source", "observed_at"})

    subject_type: Literal["drink", "ingredient"]
    subject: Name
    allergen: Name
    status: Status
    source: Name = "unnamed"
    observed_at: PastDay | None = None
    dose_source: Name | None = None
    protein_mg_per_serving: Annotated[Dose | None, Field(validate_default=True)] = None

    @field_validator("dose_source", "protein_mg_per_serving")
    @classmethod
    def _is_of_traces(cls, value: object, info: ValidationInfo) -> object:
        status = info.data.get("status", "may_contain")
        if value is not None and status != "may_contain":
            raise ValueError(f"goes with 'may_contain' only, not with '{status}'")
        return value

    @field_validator("protein_mg_per_serving")
    @classmethod
    def _is_attested(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is None and info.data.get("dose_source"):
            raise ValueError("is missing, and dose_source speaks of it")
        unnamed = info.data.get("source") == "unnamed" and not info.data.get("dose_source", "odd")
        if value is not None and unnamed:
            raise ValueError("needs a source, or a dose_source")
        return value

    @model_validator(mode="after")
    def _absence_is_attested(self) -> Self:
        if self.status == "absent" and (self.source == "unnamed" or self.observed_at is None):
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
    type: Literal["view", "save", "like", "dislike", "rating", "purchase"]
    value: Number | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _rating_has_value(self) -> Self:
        if self.type == "rating" and self.value is None:
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

Model = TypeVar("Model", bound=Row)


class Problem(NamedTuple):
    """Why a value cannot be taken; an empty field means the whole row."""

    field: str
    value: str
    reason: str


def parse(model: type[Model], record: Record, clock: Clock = utc_now) -> Model | list[Problem]:
    """Return the checked row, or every problem that it has."""
    if record.problem:
        return [Problem("", "", record.problem)]
    values = {
        name: _LINE_BREAK.sub(" ", text) if name in model.one_line else text
        for name, text in record.values.items()
        if text
    }
    return checked(model, values, clock)


def parse_leniently(
    model: type[Model], record: Record, clock: Clock = utc_now
) -> tuple[Model | list[Problem], list[Problem]]:
    """Return the checked row, or every problem that it has; and the values left out of a row."""
    parsed = parse(model, record, clock)
    if not isinstance(parsed, list) or any(one.field not in model.lenient for one in parsed):
        return parsed, []
    kept = {name: "" for name in {one.field for one in parsed}}
    without = parse(model, replace(record, values=record.values | kept), clock)
    return (parsed, []) if isinstance(without, list) else (without, parsed)


def checked(
    model: type[Model], values: Mapping[str, Any], clock: Clock = utc_now
) -> Model | list[Problem]:
    """Return the checked row of values that are there, or every problem that it has."""
    try:
        return model.model_validate(values, context={"clock": clock})
    except ValidationError as error:
        return [_problem(values, cast(Mapping[str, Any], one)) for one in error.errors()]


def required_columns(model: type[Row]) -> list[str]:
    """Return the columns that a table cannot do without."""
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _problem(values: Mapping[str, Any], error: Mapping[str, Any]) -> Problem:
    field = str(error["loc"][0]) if error["loc"] else ""
    return Problem(field, str(values.get(field, "")), _reason(error))


def _reason(error: Mapping[str, Any]) -> str:
    kind, details = str(error["type"]), error.get("ctx", {})
    reasons = {
        "missing": "is missing",
        "string_pattern_mismatch": "is too long, or has a line break or a character that ids and "
        "names must not have",
        "string_too_long": f"is longer than {details.get('max_length')} characters",
        "float_parsing": "is no number",
        "finite_number": "is no number",
        "greater_than_equal": f"is less than {details.get('ge')}",
        "greater_than": f"is not more than {details.get('gt')}",
        "less_than_equal": f"is more than {details.get('le')}",
        "literal_error": f"is none of {details.get('expected')}",
        "value_error": str(details.get("error")),
    }
    return reasons.get(kind, str(error["msg"]))
