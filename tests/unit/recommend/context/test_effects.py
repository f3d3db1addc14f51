"""What is learned of moments, in worlds where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.context import EVEN, WEATHERS, World, by_name, recovery, simulate
from recommend.context.effects import ContextEffect, Purchases, learn
from recommend.context.model import RequestContext, context_model_of, daypart_of


def weather(world: World) -> ContextEffect:
    return by_name(learn(world.purchases, world.traits), "weather")


@pytest.fixture(scope="module")
def learned() -> ContextEffect:
    """What is learned where each weather makes its own kind and flavor likelier."""
    return weather(simulate(0.8, seed=1, habits=EVEN))


def test_an_effect_is_found_as_large_as_it_is(learned: ContextEffect) -> None:
    assert learned.used and learned.families == ("kind", "style", "flavor")
    effect, error, deviation = recovery(learned, 0.8)
    assert abs(effect - 0.8) < 3 * error and deviation < 2


def test_the_trait_that_matters_is_lifted_most(learned: ContextEffect) -> None:
    for number, weather in enumerate(WEATHERS):
        first, second = sorted(
            learned.effects[weather], key=lambda trait: -learned.effects[weather][trait]
        )[:2]
        assert {first, second} == {("kind", f"kind-{number}"), ("flavor", f"flavor-{number}")}


def test_without_an_effect_nothing_is_used() -> None:
    for seed in range(4):
        world = simulate(0.0, seed, people=200)
        learned = learn(world.purchases, world.traits)
        assert {field.name for field in learned} == {"weather", "place"}
        assert not any(field.used or field.effects for field in learned)
        assert context_model_of(learned).effects == {}


def test_what_only_tells_people_apart_is_no_effect() -> None:
    """Half of the people drink tea, in the morning; the others coffee, in the evening."""
    random = np.random.default_rng(3)
    person = np.repeat(np.arange(100), 12)
    drink = (person % 2) * 10 + random.integers(0, 10, person.size)
    said = [("evening", "morning")[buyer % 2] for buyer in person.tolist()]
    swapped = random.random(person.size) < 0.1  # now and then at the other time, their own drink
    said = [
        ("evening" if daypart == "morning" else "morning") if swap else daypart
        for daypart, swap in zip(said, swapped, strict=True)
    ]
    purchases = Purchases(person, drink, random.integers(0, 99, person.size), {"daypart": said})
    traits = [[("kind", "coffee" if row < 10 else "tea")] for row in range(20)]
    assert not by_name(learn(purchases, traits), "daypart").used


def test_too_few_purchases_say_nothing() -> None:
    purchases = Purchases(
        np.array([0, 1]), np.array([0, 0]), np.array([1, -1]), {"place": ["bar", "home"]}
    )
    (place,) = learn(purchases, [[("kind", "tea")]])
    assert (place.name, place.events, place.used) == ("place", 0, False)
    assert learn(purchases, [[]])[0].used is False


def test_purchases_without_a_day_are_held_out_too() -> None:
    world = simulate(0.8, seed=4, people=300)
    one = world.purchases
    undated = Purchases(one.person, one.drink, np.full(one.day.size, -1), one.said)
    assert by_name(learn(undated, world.traits), "weather").used


@pytest.mark.parametrize(
    ("hour", "daypart"),
    [(0, "night"), (5, "night"), (6, "morning"), (12, "afternoon"), (17, "evening"), (22, "night")],
)
def test_an_hour_says_the_daypart(hour: int, daypart: str) -> None:
    assert daypart_of(hour) == daypart


def test_only_what_is_said_plays_a_part() -> None:
    assert RequestContext(weather="hot", place="").said() == {"weather": "hot"}
