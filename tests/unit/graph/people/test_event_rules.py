"""One set of rules for events, for the API and for an import."""

from __future__ import annotations

import math

import pytest

from graph.people.event_rules import context_fault, fault_of, rescaled, value_of

NOW = 1_770_000_000.0
AT = int(NOW * 1000)


@pytest.mark.parametrize("value", [None, 0.0, -5.0, 0.99, 5.01, 87.0, 1e9, math.inf, math.nan])
def test_a_rating_is_from_one_to_five(value: float | None) -> None:
    fault = fault_of("rating", value, AT, NOW)
    assert fault and fault.field == "value" and "from 1 to 5" in fault.reason


@pytest.mark.parametrize("value", [0.0, -1.0, 10_001.0, 1e300, math.inf, math.nan])
def test_a_purchase_is_of_some_drinks_and_not_of_too_many(value: float) -> None:
    fault = fault_of("purchase", value, AT, NOW)
    assert fault and fault.field == "value" and "up to 10000" in fault.reason


@pytest.mark.parametrize("at", [-1, AT + 2 * 86_400_000, 4_070_908_800_000])
def test_an_event_lies_between_1970_and_now(at: int) -> None:
    fault = fault_of("view", None, at, NOW)
    assert fault and fault.field == "at"


@pytest.mark.parametrize(
    ("type_", "value", "at"),
    [
        ("rating", 1.0, 0),
        ("rating", 5.0, AT),
        ("purchase", None, None),
        ("purchase", 10_000.0, AT + 3_600_000),
        ("view", 1e300, AT),
    ],
)
def test_what_can_be_has_no_fault(type_: str, value: float | None, at: int | None) -> None:
    assert fault_of(type_, value, at, NOW) is None


def test_only_what_is_counted_keeps_its_value() -> None:
    assert [
        value_of(type_, 3.0) for type_ in ("rating", "purchase", "like", "dislike", "view")
    ] == [
        3.0,
        3.0,
        1.0,
        -1.0,
        None,
    ]


def test_a_rating_on_another_scale_becomes_ours_and_stays_outside_if_it_was() -> None:
    on_ten = [rescaled(text, (0, 10)) for text in ("0", "5", "10", "87", "-1", "", "good")]
    assert on_ten == ["1.0", "3.0", "5.0", "35.8", "0.6", "", "good"]
    assert rescaled("100", (1, 100)) == "5.0"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("daypart", "brunch"),
        ("season", "Winter"),
        ("place", ""),
        ("place", "x" * 41),
        ("weather", "a\n"),
    ],
)
def test_what_is_no_word_of_a_context(name: str, word: str) -> None:
    assert context_fault(name, word)


@pytest.mark.parametrize(
    ("name", "word"), [("daypart", "night"), ("place", "bar"), ("music", "jazz")]
)
def test_what_is_a_word_of_a_context(name: str, word: str) -> None:
    assert context_fault(name, word) is None
