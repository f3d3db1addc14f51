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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 cuillères à soupe", Measure(30.0, "ml", "")),
        ("1 cuillerée à soupe de sucre", Measure(15.0, "ml", "sucre")),
        ("2 cuillers à café", Measure(10.0, "ml", "")),
        ("½ cuillère à thé", Measure(2.5, "ml", "")),
        ("2 c. à s.", Measure(30.0, "ml", "")),
        ("1 c.à.s. de sucre", Measure(15.0, "ml", "sucre")),
        ("3 c. à c. de miel", Measure(15.0, "ml", "miel")),
        ("1 c. à soupe", Measure(15.0, "ml", "")),
        ("1 CàS", Measure(15.0, "ml", "")),
        ("2 verres de vin blanc", Measure(2.0, "glass", "vin blanc")),
        ("1/2 verre d'eau", Measure(0.5, "glass", "eau")),
        ("un trait d’Angostura", Measure(1.0, "dash", "Angostura")),
        ("une pincée de sel", Measure(1.0, "pinch", "sel")),
        ("5 feuilles de menthe", Measure(5.0, "leaf", "menthe")),
        ("deux tranches", Measure(2.0, "slice", "")),
        ("1 tasse de lait", Measure(250.0, "ml", "lait")),
        ("2 litres", Measure(2000.0, "ml", "")),
        ("3 morceaux de sucre", Measure(3.0, "piece", "sucre")),
        ("4 cl de rhum", Measure(40.0, "ml", "rhum")),
        ("2 cl De Kuyper", Measure(20.0, "ml", "De Kuyper")),  # a brand
        ("cuillère à soupe", Measure(None, None, "cuillère à soupe")),
        ("un peu", Measure(None, None, "un peu")),
        ("1 c", Measure(1.0, "piece", "c")),
        ("1 cuillère, à soupe", Measure(1.0, "spoon", ", à soupe")),
    ],
)
def test_french_measures_are_read(text: str, expected: Measure) -> None:
    assert read_measure(text) == expected
