"""The features by DuckDB equal what plain Python counts of the same events."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from graph.crowds import EVERYWHERE, SMALLEST_GROUP
from streams.behaviour import behaviour_of
from streams.engine import WindowEngine
from streams.features import NAMES, FeatureInvalid, feature, features, parse
from tests.support.trend_events import HOUR, START, Sent, trend_events

MINUTE = 60_000
DAY = 24 * HOUR


def happened(event: Sent) -> int:
    said = event.document.get("at")
    return int(datetime.fromisoformat(said).timestamp() * 1000 + 0.5) if said else event.received


def counted(events: list[Sent]) -> list[Sent]:
    """What somebody known did, and what came in time."""
    return [
        event
        for event in events
        if "userId" in event.document and -MINUTE <= event.received - happened(event) <= HOUR
    ]


def wanted(event: Sent) -> bool:
    document = event.document
    if document["type"] == "rating":
        rating = document["rating"]
        least, most = rating.get("least", 1), rating.get("most", 5)
        return 1 + 4 * (rating["value"] - least) / (most - least) >= 3.5
    return document["type"] in ("purchase", "save", "like")


def people(seen: dict[Any, set[str]]) -> dict[Any, int]:
    return {key: len(who) for key, who in seen.items() if len(who) >= SMALLEST_GROUP}


def evaluated(name: str, events: list[Sent]) -> list[tuple[Any, ...]]:
    engine = WindowEngine()
    for first in range(0, len(events), 700):
        records = [event.record() for event in events[first : first + 700]]
        engine.add(behaviour_of(records).rows)
    windows = engine.evaluate(feature(name), feature(name).ends(START - 3 * HOUR, START + 2 * DAY))
    engine.close()
    return [row for rows in windows.values() for row in rows]


def test_trending_counts_people_by_place_and_window() -> None:
    events = trend_events(4_000)
    seen: dict[Any, set[str]] = defaultdict(set)
    for event in filter(wanted, counted(events)):
        context = event.document.get("context", {})
        places = {"everywhere"}
        places |= {f"{name}:{context[name]}" for name in ("store", "place") if name in context}
        pane = happened(event) // (10 * MINUTE) * 10 * MINUTE
        for place in places:
            for hop in range(1, 7):
                key = (event.document["drinkId"], place, pane + hop * 10 * MINUTE)
                seen[key].add(event.person)
    found = {row[:3]: row[3] for row in evaluated("trending", events)}
    assert len(found) > 500
    assert found == people(seen)


def test_co_purchases_count_people_who_bought_both() -> None:
    events = trend_events(4_000, people=120)
    bought: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in counted(events):
        if event.document["type"] == "purchase":
            bought[event.person].append((happened(event), event.document["drinkId"]))
    seen: dict[Any, set[str]] = defaultdict(set)
    for person, purchases in bought.items():
        for at, drink in purchases:
            for later, other in purchases:
                if drink != other and 0 <= later - at <= 3 * HOUR:
                    pair = (min(drink, other), max(drink, other))
                    for hop in range(1, 7):
                        seen[*pair, later // HOUR * HOUR + hop * HOUR].add(person)
    found = {row[:3]: row[3] for row in evaluated("co_purchases", events)}
    assert len(found) > 100
    assert found == people(seen)


def test_conversion_counts_those_who_looked_and_bought() -> None:
    events = trend_events(3_000)
    looked: dict[Any, set[str]] = defaultdict(set)
    bought: dict[Any, set[str]] = defaultdict(set)
    for event in counted(events):
        key = (event.document["drinkId"], happened(event) // DAY * DAY + DAY)
        if event.document["type"] in ("view", "click"):
            looked[key].add(event.person)
        if event.document["type"] == "purchase":
            bought[key].add(event.person)
    found = {row[:2]: row[2:] for row in evaluated("conversion", events)}
    assert len(found) > 10
    assert found == {key: (n, len(looked[key] & bought[key])) for key, n in people(looked).items()}


def test_dayparts_go_by_the_clock_of_the_place() -> None:
    events = trend_events(3_000)
    seen: dict[Any, set[str]] = defaultdict(set)
    for event in filter(wanted, counted(events)):
        hour = int(event.document["at"][11:13])
        own = "night"
        for first, name in ((6, "morning"), (12, "afternoon"), (17, "evening"), (22, "night")):
            own = name if hour >= first else own
        daypart = event.document.get("context", {}).get("daypart", own)
        day = happened(event) // DAY * DAY + DAY
        seen[event.document["drinkId"], daypart, day].add(event.person)
    found = {row[:3]: row[3] for row in evaluated("dayparts", events)}
    assert {key[1] for key in found} == {"morning", "evening", "night"}
    assert found == people(seen)


def test_sessions_count_each_event_once() -> None:
    events = trend_events(2_000)
    visits: dict[Any, dict[str, Sent]] = defaultdict(dict)
    for event in counted(events):
        if session := event.document.get("sessionId"):
            key = (event.person, session, happened(event) // DAY * DAY + DAY)
            visits[key][event.document["eventId"]] = event
    found = {row[:3]: row[3:] for row in evaluated("sessions", events)}
    assert found == {
        key: (
            min(map(happened, own.values())),
            max(map(happened, own.values())),
            len(own),
            len(
                {e.document["drinkId"] for e in own.values() if e.document["type"] in "view click"}
            ),
            len({e.document["drinkId"] for e in own.values() if e.document["type"] == "purchase"}),
        )
        for key, own in visits.items()
    }


def test_what_a_key_of_a_page_sends_moves_no_feature() -> None:
    visits = [
        Sent(START, {"eventId": f"e{n}", "sessionId": f"s{n}", "drinkId": "cola", "type": "view"})
        for n in range(50)
    ]
    assert behaviour_of([visit.record() for visit in visits]).rows == []


def test_late_and_early_events_are_counted_as_such() -> None:
    events = [event.record() for event in trend_events(3_000)]
    behaviour = behaviour_of(events)
    assert 40 < behaviour.late < 120
    assert behaviour.ahead == 0
    ahead = {"eventId": "e", "userId": "ann", "drinkId": "cola", "type": "view"}
    ahead["at"] = "2030-01-01T00:00:00Z"
    assert behaviour_of([Sent(START, ahead).record()]).ahead == 0  # refused by the validator
    ahead["at"] = datetime.fromtimestamp((START + HOUR) / 1000).astimezone().isoformat()
    assert behaviour_of([Sent(START, ahead).record()]).ahead == 1


def test_every_feature_says_what_it_is() -> None:
    assert [one.name for one in features()] == list(NAMES)
    for one in features():
        assert one.title.endswith(".")
        assert one.span % one.hop == 0
        assert [column.type for column in one.key if column.name == "window_end"] == ["BIGINT"]
    assert [one.name for one in features() if one.is_personal] == ["sessions"]


def test_no_feature_tells_of_fewer_people_than_anything_else_does() -> None:
    for told in features():
        floors = set(re.findall(r"^HAVING .* >= (\d+)$", told.sql, re.MULTILINE))
        assert floors == (set() if told.is_personal else {str(SMALLEST_GROUP)})
    assert set(re.findall(r"'(\w+)'", feature("trending").sql)) == {EVERYWHERE}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("SELECT 1", "does not begin with a title", id="no header"),
        pytest.param("-- A.\n/*\nlate: 1 min\n*/\n", "does not say: every, key", id="too little"),
        pytest.param(
            "-- A.\n/*\nlate: 1 min\nwindow: 1 h\nevery: 1 s\nkey: a INT\nvalues: b INT\n*/\n",
            "a window is written",
            id="another unit",
        ),
    ],
)
def test_a_file_without_its_header_is_refused(text: str, why: str) -> None:
    with pytest.raises(FeatureInvalid, match=why):
        parse("own", text)
