"""A table says of each drink what the drink says, however it came about."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.catalogue.drink import Drink
from graph.catalogue.drink_table import UNKNOWN, DrinkTable

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=5)
NAMES = st.sampled_from(["", "gin", "lime", "é", "🍋", "milk\n"])
LISTS = st.lists(NAMES, max_size=3, unique=True).map(tuple)
NUMBERS = st.none() | st.floats(allow_nan=False, width=64)
DRINKS = st.builds(
    Drink,
    id=TEXTS,
    name=TEXTS,
    kind=st.none() | NAMES,
    description=st.none() | TEXTS,
    abv=NUMBERS,
    caffeine=NUMBERS,
    sugar=NUMBERS,
    served_hot=st.sampled_from([None, True, False]),
    price=NUMBERS,
    recipe_complete=st.booleans(),
    available_from=st.none() | NAMES,
    available_until=st.none() | NAMES,
    changed_at=st.integers(0, 2**53),
    ingredients=LISTS,
    flavors=LISTS,
    styles=LISTS,
    producers=LISTS,
    contains=LISTS,
    may_contain=LISTS,
    declared_absent=LISTS,
)
MENUS = st.lists(DRINKS, max_size=6, unique_by=lambda drink: drink.id)
TEA = Drink("tea", "Tea", kind="tea", ingredients=("leaves", "water"), abv=0.0, contains=("milk",))


@given(MENUS)
def test_a_table_has_the_drinks_that_it_was_made_of(drinks: list[Drink]) -> None:
    table = DrinkTable.of(drinks)
    assert list(table) == drinks == [table[row] for row in range(len(drinks))]
    assert table[-1:] == drinks[-1:]
    assert table.rows_by_id() == {drink.id: row for row, drink in enumerate(drinks)}
    assert table.same_drinks(DrinkTable.of(reversed(drinks)))


@given(MENUS, MENUS)
def test_drinks_that_change_take_their_rows_and_new_ones_follow(
    old: list[Drink], new: list[Drink]
) -> None:
    expected = {drink.id: drink for drink in old} | {drink.id: drink for drink in new}
    rows = {id_: row for row, id_ in enumerate(expected)}
    table = DrinkTable.of(old).with_drinks([rows[drink.id] for drink in new], new)
    assert list(table) == list(expected.values())
    for kind in ("ingredient", "flavor", "style", "producer"):
        assert table.of_kind(kind).used() == {id_ for drink in table for id_ in drink.of(kind)}
    assert table.kinds.used() == {drink.kind for drink in table if drink.kind is not None}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "mate"},
        {"name": "tea"},
        {"kind": None},
        {"description": ""},
        {"abv": None},
        {"abv": math.nextafter(0.0, 1.0)},
        {"served_hot": False},
        {"recipe_complete": True},
        {"available_until": "2026-01-01"},
        {"ingredients": ("leaves",)},
        {"ingredients": ("leaves", "milk")},
        {"contains": ()},
        {"may_contain": ("milk",)},
        {"declared_absent": ("milk",)},
        {"changed_at": 7},
    ],
    ids=str,
)
def test_whatever_differs_is_seen(change: dict[str, Any]) -> None:
    other = Drink("soda", "Soda", ingredients=("water",))
    table = DrinkTable.of([TEA, other])
    assert table.same_drinks(DrinkTable.of([other, replace(TEA, ingredients=("water", "leaves"))]))
    assert not table.same_drinks(DrinkTable.of([replace(TEA, **change), other]))
    assert not table.same_drinks(DrinkTable.of([TEA]))


def test_columns_say_what_is_not_known() -> None:
    table = DrinkTable.of([TEA, Drink("soda", "Soda")])
    assert np.isnan(table.abv[1])
    assert table.served_hot.tolist() == [UNKNOWN, UNKNOWN]
    assert table.contains.rows_by_name()["milk"].tolist() == [0]
    assert table.ingredients.having("water").tolist() == [True, False]
    assert not table.ingredients.having("gin").any()
    with pytest.raises(IndexError):
        table[2]
