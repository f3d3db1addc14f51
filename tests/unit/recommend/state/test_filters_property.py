"""Filters over columns say what is said of one drink after the other, in three values."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from graph.catalogue.entities import Catalogue, Drink
from graph.recognition.naming import normalise
from recommend.safety.masks import Masks
from recommend.state.filters import NO_FILTER, DrinkFilter, Filters
from tests.unit.recommend.catalogues import PARTS, catalogue, drink, group

KINDS = (None, "beer", "Crème Punch", "hot chocolate")
STYLES = ("mixed", "sour", "tiki", "plain")
GROUPS = {"sour": "mixed", "tiki": "sour"}
FLAVORS = ("sweet", "sour", "bitter")
PRODUCERS = ("north", "south")
QUANTITIES = (None, 0.0, 0.1, 4.999999999, 5.0, 5.000000001, 40.0)
DAYS = (None, "2026-11-28", "2026-11-29T18:00:00Z", "2026-11-30")
LIMITS = (0.0, 0.1, 5.0, 40.0)
QUANTITY_LIMITS = ("max_abv", "max_caffeine", "max_price", "min_abv", "min_price", "max_sugar")
PART_NAMES = tuple(part.id for part in PARTS)
PARENTS = {"rum": ("spirit",), "orgeat": ("almonds",)}


@pytest.mark.parametrize("seed", range(40))
def test_columns_say_what_is_said_of_each_drink(seed: int) -> None:
    chance = random.Random(seed)
    bar = catalogue(
        *(random_drink(chance, row) for row in range(60)),
        styles=tuple(group(style, *[GROUPS[style]] if style in GROUPS else []) for style in STYLES),
    )
    filters = Filters(bar, Masks(bar))
    for _ in range(25):
        wanted = random_filter(chance, depth=2)
        truth = filters.truth(wanted)
        expected = [meaning(bar, filters, row, wanted) for row in range(len(bar.drinks))]
        assert truth.holds.tolist() == [meant is True for meant in expected], wanted
        assert truth.fails.tolist() == [meant is False for meant in expected], wanted
        assert np.array_equal(filters.matching(wanted), truth.holds)


@pytest.mark.parametrize("seed", range(10))
def test_days_are_compared_drink_by_drink(seed: int) -> None:
    chance = random.Random(seed)
    bar = catalogue(*(random_drink(chance, row) for row in range(60)))
    for step in range(4):
        day = date(2026, 11, 27) + timedelta(step)
        mask = Filters(bar, Masks(bar)).available(day)
        assert mask.tolist() == [offered(drink, day.isoformat()) for drink in bar.drinks]


def test_what_is_not_known_passes_no_limit_and_no_opposite() -> None:
    bar = catalogue(drink("mystery"))
    filters = Filters(bar, Masks(bar))
    for name in QUANTITY_LIMITS:
        limit = replace(NO_FILTER, **{name: 0.0 if name.startswith("min") else 1e9})
        assert not filters.matching(limit).any()
        assert not filters.matching(DrinkFilter(negated=limit)).any()


def test_a_quantity_just_above_a_limit_is_above_it() -> None:
    bar = catalogue(drink("strong", abv=5.000000001), drink("weak", abv=5.0))
    assert Filters(bar, Masks(bar)).matching(DrinkFilter(max_abv=5.0)).tolist() == [False, True]


def test_a_catalogue_without_drinks_is_filtered() -> None:
    empty = catalogue()
    filters = Filters(empty, Masks(empty))
    assert filters.matching(DrinkFilter(max_abv=1.0, kinds=("beer",))).shape == (0,)
    assert filters.available(date(2026, 11, 29)).shape == (0,)


def meaning(bar: Catalogue, filters: Filters, row: int, wanted: DrinkFilter) -> bool | None:
    """Return whether a drink meets a filter; None where that is not known (Kleene 1952)."""
    said = [
        *conditions(bar, row, wanted),
        *(meaning(bar, filters, row, condition) for condition in wanted.all_of),
    ]
    if wanted.search and not wanted.search.isspace():
        said.append(bool(filters.search.levels(wanted.search)[row] > 0))
    if wanted.any_of:
        said.append(either([meaning(bar, filters, row, condition) for condition in wanted.any_of]))
    if wanted.negated:
        said.append(opposite(meaning(bar, filters, row, wanted.negated)))
    return both(said)


def conditions(bar: Catalogue, row: int, wanted: DrinkFilter) -> list[bool | None]:
    one = bar.drinks[row]
    said: list[bool | None] = []
    if wanted.kinds:
        names = {normalise(name) for name in wanted.kinds}
        said.append(None if one.kind is None else normalise(one.kind) in names)
    if wanted.styles:
        said.append(
            shared({above for style in one.styles for above in lineage(style)}, wanted.styles)
        )
    said += [shared(one.flavors, [flavor]) for flavor in wanted.flavors]
    if wanted.producers:
        said.append(shared(one.producers, wanted.producers))
    said += [has_part(one, part) for part in wanted.ingredients]
    said += [opposite(has_part(one, part)) for part in wanted.without_ingredients]
    if wanted.served_hot is not None:
        said.append(None if one.served_hot is None else one.served_hot is wanted.served_hot)
    for value, least, most in (
        (one.abv, wanted.min_abv, wanted.max_abv),
        (one.caffeine, None, wanted.max_caffeine),
        (one.price, wanted.min_price, wanted.max_price),
        (one.sugar, None, wanted.max_sugar),
    ):
        said += [None if value is None else value >= least] if least is not None else []
        said += [None if value is None else value <= most] if most is not None else []
    return said


def shared(own: Collection[str], wanted: Sequence[str]) -> bool | None:
    return any(id_ in own for id_ in wanted) if own else None


def lineage(style: str) -> list[str]:
    return [style, *lineage(GROUPS[style])] if style in GROUPS else [style]


def has_part(one: Drink, part: str) -> bool | None:
    """A part that is there is known to be there; that it is not, only of a recipe that is known."""
    parts = {above for name in one.ingredients for above in (name, *PARENTS.get(name, ()))}
    known = one.recipe_complete and one.ingredients and "secret" not in parts
    return True if part in parts else False if known else None


def offered(one: Drink, day: str) -> bool:
    begun = one.available_from is None or one.available_from[:10] <= day
    return begun and (one.available_until is None or day <= one.available_until[:10])


def both(said: Sequence[bool | None]) -> bool | None:
    return False if False in said else None if None in said else True


def either(said: Sequence[bool | None]) -> bool | None:
    return opposite(both([opposite(meant) for meant in said]))


def opposite(said: bool | None) -> bool | None:
    return None if said is None else not said


def random_drink(chance: random.Random, row: int) -> Drink:
    return drink(
        f"drink-{row}",
        *some(chance, PART_NAMES),
        name=f"{chance.choice(('Mai Tai', 'Gin Fizz', 'Cocoa'))} {row}",
        kind=chance.choice(KINDS),
        styles=some(chance, STYLES),
        flavors=some(chance, FLAVORS),
        producers=some(chance, PRODUCERS),
        recipe_complete=chance.random() < 0.7,
        served_hot=chance.choice((None, True, False)),
        available_from=chance.choice(DAYS),
        available_until=chance.choice(DAYS),
        **{name: chance.choice(QUANTITIES) for name in ("abv", "caffeine", "price", "sugar")},
    )


def random_filter(chance: random.Random, depth: int) -> DrinkFilter:
    """Return a filter of a few conditions, and of a few further filters."""
    conditions: dict[str, Any] = {
        "kinds": some(chance, ("BEER", "creme punch", "no such kind")),
        "styles": some(chance, STYLES),
        "flavors": some(chance, FLAVORS),
        "ingredients": some(chance, PART_NAMES),
        "without_ingredients": some(chance, PART_NAMES),
        "producers": some(chance, PRODUCERS),
        "served_hot": chance.random() < 0.5,
        "search": chance.choice(("mai", "cocoa", "hot", " ")),
        **{name: chance.choice(LIMITS) for name in QUANTITY_LIMITS},
    }
    names = chance.sample(sorted(conditions), chance.randrange(3))
    nested = {name: conditions[name] for name in names}
    if depth:
        nested |= {
            "all_of": _few(chance, depth),
            "any_of": _few(chance, depth),
            "negated": random_filter(chance, depth - 1) if chance.random() < 0.4 else None,
        }
    return DrinkFilter(**nested)


def _few(chance: random.Random, depth: int) -> tuple[DrinkFilter, ...]:
    return tuple(random_filter(chance, depth - 1) for _ in range(chance.choice((0, 0, 1, 2))))


def some(chance: random.Random, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(chance.sample(values, chance.choice((0, 1, 1, 2))))
