"""Filters over a large catalogue: the processor's time that a request waits for on the event loop.

.venv/bin/python -m benchmarks.filters [--drinks 100000]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

import numpy as np

from benchmarks.search import named, timed
from graph.catalogue.entities import Catalogue, Drink, Ingredient
from recommend.safety.masks import Masks
from recommend.state.filters import DrinkFilter, Filters

REPEATS = 50
TODAY = date(2026, 11, 29)
FLAVORS = tuple(f"flavor-{number}" for number in range(60))
STYLES = tuple(f"style-{number}" for number in range(40))
INGREDIENTS = tuple(f"ingredient-{number}" for number in range(2000))
KNOWN = 0.8  # of each quantity, in how many drinks

F = DrinkFilter
ASKED = {
    "a limit": F(max_abv=12.5),
    "four limits": F(max_abv=12.5, min_price=2.0, max_caffeine=20.0, max_sugar=30.0),
    "kinds": F(kinds=("Cocktail", "beer")),
    "a style": F(styles=("style-3",)),
    "two flavors": F(flavors=("flavor-3", "flavor-7")),
    "a producer": F(producers=("producer-77",)),
    "served hot": F(served_hot=True),
    "an ingredient": F(ingredients=("ingredient-7",)),
    "without an ingredient": F(without_ingredients=("ingredient-7",)),
    "a text": F(search="colada"),
    "a text, negated": F(negated=F(search="colada")),
    "a text and limits": F(search="colada", max_abv=12.5, max_price=9.0),
    "not this, or one of two": F(
        negated=F(kinds=("beer",), max_abv=3.0),
        any_of=(F(flavors=("flavor-3",)), F(search="colada", max_price=9.0)),
    ),
}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--drinks", type=int, default=100_000)
    bar = stocked(arguments.parse_args().drinks)
    masks = Masks(bar)
    building, filters = timed(lambda: Filters(bar, masks))
    assert isinstance(filters, Filters)
    searched, _ = timed(lambda: type(filters.search)(bar))
    print(f"{len(bar.drinks):,} drinks; arrays are built in {building - searched:.0f} ms")
    print("\n| filter | drinks found | first | p50 | p99 |\n|---|---|---|---|---|")
    for name, wanted in ASKED.items():
        times = [asked(filters, wanted, day) for day in range(REPEATS)]
        count = int(filters.matching(wanted).sum())
        spread = f"{times[0]:.2f} | {median(times):.2f} | {np.percentile(times, 99):.2f}"
        print(f"| {name} | {count:,} | {spread} |")


def asked(filters: Filters, wanted: DrinkFilter, day: int) -> float:
    """Return the milliseconds of a filter on a day that nobody asked for before."""
    filters.search.levels("")  # nothing is remembered from the search before
    return timed(lambda: filters.available(TODAY + timedelta(day)) & filters.matching(wanted))[0]


def stocked(drinks: int, seed: int = 1) -> Catalogue:
    """Return drinks of which all is said that a filter asks for, each quantity of most."""
    random = np.random.default_rng(seed)
    bar = named(drinks, seed)
    parts = {
        ingredient: Ingredient(ingredient, ingredient, True, (), (), (), ())
        for ingredient in INGREDIENTS
    }
    described = tuple(_described(random, row, drink) for row, drink in enumerate(bar.drinks))
    return replace(bar, drinks=described, ingredients=parts)


def _described(random: np.random.Generator, row: int, drink: Drink) -> Drink:
    abv, caffeine, sugar, price = (
        float(value) if known < KNOWN else None
        for value, known in zip(random.random(4) * 40, random.random(4), strict=True)
    )
    return replace(
        drink,
        abv=abv,
        caffeine=caffeine,
        sugar=sugar,
        price=price,
        served_hot=bool(row % 5 == 0) if row % 3 else None,
        recipe_complete=True,
        available_until=(TODAY + timedelta(row % 400)).isoformat() if row % 10 == 0 else None,
        ingredients=_some(random, INGREDIENTS, 5),
        flavors=_some(random, FLAVORS, 3),
        styles=_some(random, STYLES, 1),
        producers=(f"producer-{row % 500}",),
    )


def _some(random: np.random.Generator, names: Sequence[str], count: int) -> tuple[str, ...]:
    return tuple(names[place] for place in random.integers(0, len(names), count))


if __name__ == "__main__":
    main()
