from __future__ import annotations

import pytest

from graph.importing.files.parsing import parse
from graph.importing.files.record import Record
from graph.importing.files.rows import (
    DrinkRow,
    EvidenceRow,
    IngredientRow,
    InteractionRow,
    Row,
    UserRow,
)


def row(model: type[Row], **values: str) -> Row | list[str]:
    parsed = parse(model, Record("file.csv", 2, values))
    return [problem.field for problem in parsed] if isinstance(parsed, list) else parsed


DRINK = {"id": "a", "name": "A"}
EVENT = {"user_id": "u", "drink_id": "d", "type": "view"}
EVIDENCE = {"subject_type": "drink", "subject": "d", "allergen": "milk", "status": "absent"}


def test_what_is_not_said_is_not_safe() -> None:
    drink, ingredient = row(DrinkRow, **DRINK), row(IngredientRow, **DRINK)
    assert isinstance(drink, DrinkRow) and drink.recipe_complete is False
    assert isinstance(ingredient, IngredientRow) and ingredient.reviewed is False
    assert ingredient.diets_reviewed is False


@pytest.mark.parametrize("text", ["true", "TRUE", "yes", "1"])
def test_flags_have_several_spellings(text: str) -> None:
    drink = row(DrinkRow, **DRINK, recipe_complete=text)
    assert isinstance(drink, DrinkRow) and drink.recipe_complete is True


def test_lists_are_separated_by_bars() -> None:
    user = row(UserRow, id="u", allergies=" milk | egg:MILD:traces ||")
    assert isinstance(user, UserRow) and user.allergies == ("milk", "egg:MILD:traces")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("id", ""),
        ("id", "a|b"),
        ("id", "a\nb"),
        ("id", "a\x00b"),
        ("id", "x" * 201),
        ("name", "x" * 501),
        ("description", "x" * 10_001),
        ("abv", "strong"),
        ("abv", "-1"),
        ("abv", "101"),
        ("abv", "4,5"),
        ("abv", "1_0"),
        ("abv", "٣"),
        ("price", "nan"),
        ("price", "inf"),
        ("recipe_complete", "maybe"),
        ("available_from", "31.01.2026"),
        ("available_until", "2026-02-30"),
    ],
)
def test_a_wrong_value_is_named_by_its_field(field: str, text: str) -> None:
    assert row(DrinkRow, **(DRINK | {field: text})) == [field]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", 1769860800000),
        ("2026-01-31 12:00:00", 1769860800000),
        ("2026-01-31T13:00:00+01:00", 1769860800000),
        ("2026-01-31", 1769817600000),
        ("1769860800", 1769860800000),
        ("1769860800000", 1769860800000),
        ("1769860800.5", 1769860800500),
        ("20260131", 1769817600000),
        ("202601311200", 1769860800000),
        ("20260131120000", 1769860800000),
        ("", None),
    ],
)
def test_moments_become_milliseconds(text: str, expected: int | None) -> None:
    event = row(InteractionRow, **EVENT, at=text)
    assert isinstance(event, InteractionRow) and event.at == expected


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "-5",
        "0",
        "9999999999999999",
        "nan",
        "1969-01-01",
        "46053",  # the last of January 2026 in a spreadsheet
        "46053.5",
        "31012026",
        "20260231",
        "202601",
        "2026",
    ],
)
def test_other_moments_are_wrong(text: str) -> None:
    assert row(InteractionRow, **EVENT, at=text) == ["at"]


def test_a_rating_needs_a_value() -> None:
    assert row(InteractionRow, **(EVENT | {"type": "rating"})) == [""]
    assert isinstance(row(InteractionRow, **(EVENT | {"type": "rating", "value": "4"})), Row)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"source": "Maker"},
        {"observed_at": "2026-01-31"},
        {"source": "Maker", "observed_at": "soon"},
        {"source": "Maker", "observed_at": "2199-01-31"},
    ],
)
def test_absence_needs_a_source_and_a_past_date(more: dict[str, str]) -> None:
    assert isinstance(row(EvidenceRow, **(EVIDENCE | more)), list)
    attested = EVIDENCE | {"source": "Maker", "observed_at": "2026-01-31"}
    assert isinstance(row(EvidenceRow, **attested), EvidenceRow)


def test_presence_needs_neither() -> None:
    said = row(EvidenceRow, **(EVIDENCE | {"status": "contains"}))
    assert isinstance(said, EvidenceRow) and said.source == "unnamed"
