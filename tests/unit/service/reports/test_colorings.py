from __future__ import annotations

import pytest

import service.reports.colorings as module
from service.reports.colorings import NOT_STATED, OTHER, coloring, colorings
from service.reports.view import NothingToShow, View


def labels(view: View, name: str) -> list[str]:
    chosen = coloring(view, name)
    return [chosen.labels[place] for place in chosen.of]


def test_verdicts_are_those_of_the_safety_rule_and_unknown_is_never_safe(view: View) -> None:
    of_drinks = labels(view, "allergen:milk")
    assert of_drinks[:6] == [
        "CONTAINS",
        "MAY_CONTAIN",
        "UNKNOWN",
        "MAY_CONTAIN",
        "ABSENT",
        "MAY_CONTAIN",
    ]
    assert labels(view, "allergen:egg").count("UNKNOWN") == 1
    assert coloring(view, "allergen:milk").is_verdict


def test_a_style_is_shown_as_the_widest_that_it_is_part_of(view: View) -> None:
    of_drinks = labels(view, "style")
    assert of_drinks[:5] == ["Before dinner", "Tiki", "Before dinner", "Tiki", NOT_STATED]


def test_only_the_commonest_have_a_colour_of_their_own(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LABELS", 0)
    assert set(labels(view, "style")) == {OTHER, NOT_STATED}


def test_every_allergen_can_be_chosen(view: View) -> None:
    names = [coloring.name for coloring in colorings(view)]
    assert names == ["style", "kind", "allergen:egg", "allergen:milk"]


@pytest.mark.parametrize("name", ["allergen:mlik", "milk", "colour", ""])
def test_what_is_not_known_is_refused_with_what_is(view: View, name: str) -> None:
    with pytest.raises(NothingToShow, match="Use one of"):
        coloring(view, name)


def test_a_slip_of_the_pen_is_put_right(view: View) -> None:
    with pytest.raises(NothingToShow, match="allergen:milk"):
        coloring(view, "allergen:mlik")
