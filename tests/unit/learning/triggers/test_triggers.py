"""Triggers: what a rule may be, what fires it, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.audience.triggers import Fired
from graph.catalogue.entities import Catalogue, Drink, Group
from graph.people.profiles import Event, Preference, Profile
from learning.errors import TriggerRefused
from learning.triggers.deciding import Happened, Tally, decide
from learning.triggers.definition import Triggers, read_triggers

NOON = int(datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000
RULE: dict[str, Any] = {
    "id": "more-roast",
    "when": "purchase",
    "if": {},
    "then": {"action": "offer", "message": "More of that roast"},
    "cool_down_hours": 10,
}
SOUND = """
[[triggers]]
id = "more-roast"
when = "purchase"
if = { flavors = ["roasted"], purchases_at_least = 2 }
then = { action = "offer", message = "More of that roast" }
"""


def catalogue() -> Catalogue:
    drink = Drink("mocha", "Mocha", "coffee", flavors=("smoky",), available_until="2026-11-30")
    old = Drink("old", "Old", "coffee", available_until="2026-11-29")
    flavors = {
        "smoky": Group("smoky", "Smoky", ("roasted",)),
        "roasted": Group("roasted", "Roasted", ()),
    }
    return Catalogue(1, 1, (drink, old), {}, {}, flavors, {}, row_of={"mocha": 0, "old": 1})


ANN = Profile(
    "ann",
    likes=(Preference("flavor", "smoky"),),
    segments=("regulars",),
    history=(Event("mocha", "purchase", 1.0, NOON), Event("mocha", "purchase", 1.0, NOON - HOUR)),
)


def fired(
    *rules: Mapping[str, Any],
    limits: Mapping[str, Any] | None = None,
    person: Profile = ANN,
    before: tuple[Fired, ...] = (),
    event: Happened | None = None,
    now: int = NOON,
    tally: Tally | None = None,
) -> str | None:
    triggers = Triggers.model_validate({"limits": limits or {}, "triggers": list(rules)})
    what = event or Happened("e", "purchase", "mocha", now)
    made = decide(triggers, what, person, catalogue(), before, now, tally or Tally())
    return made.trigger_id if made else None


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"kinds": ["coffee"]}, True),
        ({"kinds": ["tea"]}, False),
        ({"flavors": ["roasted"]}, True),
        ({"flavors": ["roasted"], "kinds": ["tea"]}, False),
        ({"styles": ["espresso"]}, False),
        ({"likes": ["smoky"]}, True),
        ({"likes": ["roasted"]}, False),
        ({"segments": ["regulars", "others"]}, True),
        ({"segments": ["others"]}, False),
        ({"purchases_at_least": 2}, True),
        ({"purchases_at_least": 3}, False),
        ({"purchases_at_most": 1}, False),
        ({"on_offer": True}, True),
        ({"on_offer": False}, False),
        ({"hours": ["11:00", "12:01"]}, True),
        ({"hours": ["12:01", "11:00"]}, False),
    ],
)
def test_all_conditions_must_hold(condition: dict[str, Any], holds: bool) -> None:
    assert fired({**RULE, "if": condition}) == ("more-roast" if holds else None)


def test_another_event_or_an_unknown_drink_fires_nothing() -> None:
    assert fired(RULE, event=Happened("e", "view", "mocha", NOON)) is None
    assert fired(RULE, event=Happened("e", "purchase", "gone", NOON)) is None


def earlier(hours: float, trigger: str = "more-roast") -> Fired:
    return Fired(trigger, "x", NOON - int(hours * HOUR), NOON, "mocha")


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"person": Profile("ann", remembering=False)}, "no consent"),
        ({"person": Profile("ann", personalisation=False)}, "no consent"),
        ({"event": Happened("e", "purchase", "mocha", NOON - 2 * HOUR)}, "old news"),
        ({"limits": {"quiet": ["11:00", "13:00"]}}, "quiet hours"),
        ({"limits": {"quiet": ["23:30", "00:30"], "zone": "Pacific/Auckland"}}, None),
        ({"limits": {"quiet": ["00:30", "01:30"], "zone": "Pacific/Auckland"}}, "quiet hours"),
        ({"before": (earlier(9),)}, "cool-down"),
        ({"before": (earlier(11),)}, None),
        ({"before": (earlier(1, "other"),)}, None),
        ({"before": (earlier(1, "other"), earlier(23, "other"))}, "cap"),
        ({"before": (earlier(1, "other"), earlier(25, "other"))}, None),
    ],
)
def test_what_holds_a_trigger_back(case: dict[str, Any], why: str | None) -> None:
    tally = Tally()
    assert fired(RULE, tally=tally, **case) == (None if why else "more-roast")
    assert dict(tally.held) == ({("more-roast", why): 1} if why else {})


ALERT = {**RULE, "id": "told", "then": {"action": "alert", "message": "Somebody bought it"}}


def test_an_alert_disturbs_nobody_so_neither_quiet_hours_nor_the_cap_hold_it_back() -> None:
    quiet = {"quiet": ["11:00", "13:00"]}
    full = (earlier(1, "other"), earlier(23, "other"))
    assert fired(ALERT, limits=quiet, before=full) == "told"
    assert fired(ALERT, before=(earlier(1, "told"),)) is None
    assert fired(ALERT, person=Profile("ann", remembering=False)) is None


def test_an_alert_does_not_count_for_the_cap_of_what_people_are_told() -> None:
    told = (earlier(1, "told"), earlier(2, "told"), earlier(3, "told"))
    assert fired(RULE, {**ALERT, "priority": -1}, before=told) == "more-roast"


def test_the_highest_priority_fires_alone_and_the_next_if_it_is_held_back() -> None:
    urgent = {**RULE, "id": "urgent", "priority": 5}
    assert fired(RULE, urgent) == "urgent"
    assert fired(RULE, urgent, before=(earlier(1, "urgent"),)) == "more-roast"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("flavors = [", "allergies = [", "allergy, diet or verdict"),
        ('["roasted"]', '["almond-flavor"]', "'almond'"),
        ("More of that roast", "Now without milk", "'milk'"),
        ('"purchase"', '"sneeze"', "triggers.0.when"),
        ('id = "more-roast"\n', "", "'triggers.0.id' is missing"),
        ("flavors = [", "flavours = [", "unknown"),
        (', message = "More of that roast"', "", "an offer needs a message"),
        ('"offer", message = "More of that roast"', '"alert"', "an alert needs a message"),
        ('"offer", message = "More of that roast"', '"poll"', "a poll is named"),
        ("[[triggers]]", '[limits]\nzone = "Mars"\n[[triggers]]', "'Mars'"),
        ("[[triggers]]", '[limits]\nquiet = ["25:00", "08:00"]\n[[triggers]]', "'25:00'"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    path = tmp_path / "triggers.toml"
    path.write_text(SOUND, encoding="utf-8")
    assert [trigger.id for trigger in read_triggers(path).triggers] == ["more-roast"]
    assert was in SOUND
    path.write_text(SOUND.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(TriggerRefused) as refused:
        read_triggers(path)
    assert said in refused.value.message and "triggers.toml" in refused.value.message
