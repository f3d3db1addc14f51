"""What rises: against the windows before, at each place, from a floor of people on."""

from __future__ import annotations

from graph.crowds import EVERYWHERE
from streams.trends import trends_of

SPAN = 3_600_000
END = 24 * 30 * SPAN


def window(**counts: int) -> list[tuple[str, str, int, int]]:
    return [(drink, EVERYWHERE, 0, count) for drink, count in counts.items()]


def trending(windows: dict[int, list[tuple[str, str, int, int]]], people: int = 5) -> list[str]:
    found = trends_of(windows, END, SPAN, people)
    return [trend.drink_id for trend in found.get(EVERYWHERE, [])]


def test_what_more_people_than_usual_want_comes_first() -> None:
    usual = {END - back * SPAN: window(cola=100, mate=10) for back in range(1, 25)}
    assert trending({**usual, END: window(cola=110, mate=40, chai=6)}) == ["mate", "cola", "chai"]


def test_what_as_many_as_ever_want_is_not_trending() -> None:
    usual = {END - back * SPAN: window(cola=100) for back in range(1, 25)}
    assert trending({**usual, END: window(cola=100)}) == []


def test_fewer_people_than_the_floor_are_no_trend() -> None:
    assert trending({END: window(cola=9, mate=10)}, people=10) == ["mate"]
    assert trending({END: window(cola=4, mate=5)}, people=1) == ["mate"]


def test_each_place_has_its_own_trends() -> None:
    rows = [("cola", "store:harbour", 0, 7), ("mate", "store:park", 0, 8)]
    found = trends_of({END: rows}, END, SPAN, 5)
    assert {place: [trend.drink_id for trend in own] for place, own in found.items()} == {
        "store:harbour": ["cola"],
        "store:park": ["mate"],
    }
