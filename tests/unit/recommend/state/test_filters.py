from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from recommend.safety.masks import Masks
from recommend.state.filters import NO_FILTER, DrinkFilter, Filters
from tests.unit.recommend.catalogues import catalogue, drink, group

BAR = catalogue(
    drink(
        "Mai Tai",
        "rum",
        "lime",
        "orgeat",
        kind="cocktail",
        styles=("tiki",),
        flavors=("nutty", "sour"),
        abv=20.0,
        caffeine=0.0,
        price=9.5,
        served_hot=False,
    ),
    drink("Cocoa", "chocolate", kind="hot chocolate", flavors=("sweet",), abv=0.0, served_hot=True),
    drink("House Tea", "secret", kind="tea", caffeine=20.0, price=3.0),
    drink("Limeade", "lime", styles=("sour",), flavors=("sour",), abv=0.0, caffeine=0.0),
    drink("Mystery"),
    styles=(group("mixed"), group("sour", "mixed"), group("tiki", "sour")),
)


def matching(**wanted: Any) -> set[str]:
    mask = Filters(BAR, Masks(BAR)).matching(DrinkFilter(**wanted))
    return {drink.id for drink, matches in zip(BAR.drinks, mask, strict=True) if matches}


def test_no_condition_matches_everything() -> None:
    assert matching() == {drink.id for drink in BAR.drinks}
    assert Filters(BAR, Masks(BAR)).matching(NO_FILTER).all()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"kinds": ("tea", "cocktail")}, {"House Tea", "Mai Tai"}),
        ({"styles": ("tiki",)}, {"Mai Tai"}),
        ({"styles": ("mixed",)}, {"Mai Tai", "Limeade"}),
        ({"flavors": ("sour",)}, {"Mai Tai", "Limeade"}),
        ({"flavors": ("sour", "nutty")}, {"Mai Tai"}),
        ({"ingredients": ("lime",)}, {"Mai Tai", "Limeade"}),
        ({"ingredients": ("lime", "spirit")}, {"Mai Tai"}),
        ({"ingredients": ("no-such-part",)}, set()),
        ({"without_ingredients": ("almonds",)}, {"Cocoa", "Limeade"}),
        ({"without_ingredients": ("lime", "chocolate")}, set()),
        ({"max_abv": 0.0}, {"Cocoa", "Limeade"}),
        ({"max_caffeine": 19.9}, {"Mai Tai", "Limeade"}),
        ({"max_price": 3.0}, {"House Tea"}),
        ({"served_hot": True}, {"Cocoa"}),
        ({"served_hot": False}, {"Mai Tai"}),
        ({"search": "TAI"}, {"Mai Tai"}),
        ({"search": "tea house"}, {"House Tea"}),
        ({"search": "hot chocolate"}, {"Cocoa"}),
        ({"search": "tiki"}, {"Mai Tai"}),
        ({"search": "nothing such"}, set()),
        ({"search": "sour", "max_abv": 0.0}, {"Limeade"}),
    ],
)
def test_conditions(wanted: dict[str, Any], expected: set[str]) -> None:
    assert matching(**wanted) == expected


F = DrinkFilter


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"negated": F()}, set()),
        ({"negated": F(kinds=("tea",))}, {"Mai Tai", "Cocoa"}),  # two have no kind
        ({"negated": F(max_abv=5.0)}, {"Mai Tai"}),  # two say nothing of alcohol
        ({"min_abv": 20.0}, {"Mai Tai"}),
        ({"negated": F(min_abv=1.0)}, {"Cocoa", "Limeade"}),
        ({"negated": F(ingredients=("lime",))}, {"Cocoa"}),  # tea and mystery are not known
        ({"negated": F(without_ingredients=("lime",))}, {"Mai Tai", "Limeade"}),
        ({"negated": F(styles=("tiki",))}, {"Limeade"}),
        ({"negated": F(flavors=("sour", "nutty"))}, {"Cocoa", "Limeade"}),
        ({"negated": F(served_hot=True)}, {"Mai Tai"}),
        ({"negated": F(negated=F(max_abv=5.0))}, {"Cocoa", "Limeade"}),
        ({"any_of": (F(kinds=("tea",)), F(max_abv=0.0))}, {"House Tea", "Cocoa", "Limeade"}),
        ({"any_of": (F(kinds=("tea",)), F(kinds=("tea",), max_abv=0.0))}, {"House Tea"}),
        ({"negated": F(any_of=(F(max_abv=5.0), F(kinds=("tea",))))}, {"Mai Tai"}),
        ({"all_of": (F(max_abv=0.0), F(search="lime"))}, {"Limeade"}),
        (
            {"negated": F(all_of=(F(max_abv=0.0), F(search="lime")))},
            {"Mai Tai", "Cocoa", "House Tea", "Mystery"},
        ),
        ({"kinds": ("cocktail",), "any_of": (F(max_price=5.0), F(served_hot=True))}, set()),
    ],
)
def test_combined_conditions(wanted: dict[str, Any], expected: set[str]) -> None:
    assert matching(**wanted) == expected


@pytest.mark.parametrize(
    ("begins", "ends", "offered"),
    [
        (None, None, True),
        ("2026-11-21", "2026-11-21", True),
        ("2026-11-21T18:00:00Z", None, True),
        (None, "2026-11-21T00:00:00Z", True),
        ("2026-11-22", None, False),
        (None, "2026-11-20", False),
        ("2026-12-01", "2026-01-01", False),
    ],
)
def test_available_from_the_first_to_the_last_day(
    begins: str | None, ends: str | None, offered: bool
) -> None:
    bar = catalogue(drink("punch", available_from=begins, available_until=ends))
    mask = Filters(bar, Masks(bar)).available(date(2026, 11, 21))
    assert mask.tolist() == [offered]


def test_another_day_is_another_answer() -> None:
    bar = catalogue(drink("punch", available_from="2026-12-01"))
    filters = Filters(bar, Masks(bar))
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 11, 30)]
    assert [filters.available(day).tolist() for day in days] == [[False], [True], [False]]
