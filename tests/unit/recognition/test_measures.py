from __future__ import annotations

import pytest

from graph.recognition.measures import Measure, read_measure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 1/2 oz", Measure(44.4, "ml", "")),
        ("1  3/4 oz", Measure(51.8, "ml", "")),
        ("2-3 oz", Measure(73.9, "ml", "")),
        ("4cl", Measure(40.0, "ml", "")),
        ("½", Measure(0.5, "piece", "")),
        ("2 dashes", Measure(2.0, "dash", "")),
        ("dash", Measure(1.0, "dash", "")),
        ("1/2 kg chopped", Measure(500.0, "g", "chopped")),
        ("2 oz Hazlenut", Measure(59.1, "ml", "Hazlenut")),
        ("Juice of 1/2", Measure(0.5, "piece", "Juice of")),
        ("", Measure(None, None, "")),
        ("to taste", Measure(None, None, "to taste")),
        ("1/0 oz", Measure(29.6, "ml", "")),
        ("1,5 oz", Measure(44.4, "ml", "")),
        ("0,75 l", Measure(750.0, "ml", "")),
        ("0,125 l", Measure(125.0, "ml", "")),
        (",5 oz", Measure(14.8, "ml", "")),
        ("1,5-2,5 cl", Measure(20.0, "ml", "")),
        ("1,000 ml", Measure(1000.0, "ml", "")),
        ("2,5 cl Milch, warm", Measure(25.0, "ml", "Milch, warm")),
        ("2 oz, chilled", Measure(59.1, "ml", ", chilled")),
        ("1,2,3", Measure(1.0, "piece", ",2,3")),
    ],
)
def test_a_measure_is_an_amount_a_unit_and_the_rest(text: str, expected: Measure) -> None:
    assert read_measure(text) == expected
