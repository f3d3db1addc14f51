"""Simulated people: reproducible, labelled, never near what would hurt them, with real tastes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest

from graph.simulation.people import (
    ALCOHOL,
    ARCHETYPES,
    DAYS,
    END,
    LONGEST,
    PREVALENCE,
    SHORTEST,
    SimulatedPeople,
    SimulationCatalogue,
    simulate_people,
)
from tests.support.pages import ROOT

KINDS = {
    "coffee": ("milk-coffee", "coffee-flavor", "milk", False, True),
    "tea": ("black-teas", "floral", "", False, True),
    "smoothie": ("green-smoothies", "vegetal", "peanut", False, False),
    "soda": ("colas", "sweet", "", False, False),
    "mocktail": ("virgin-classics", "lime", "sulphites", False, False),
    "beer": ("ales", "hoppy", "gluten", True, False),
    "wine": ("red-wines", "tannic", "sulphites", True, False),
    "cocktail": ("sours", "juniper", "egg", True, False),
    "milkshake": ("milkshakes", "creamy", "milk", False, False),
    "hot-drink": ("mulled-drinks", "cinnamon", "tree-nuts", False, True),
    "energy": ("energy-drinks", "sour", "", False, False),
    "fermented": ("wild-ferments", "salty", "mustard", False, False),
}
EACH = 20


def a_catalogue(everywhere: frozenset[str] = frozenset()) -> SimulationCatalogue:
    """Twenty drinks of each kind; every second one holds the kind's allergen."""
    rows = [(kind, n, *KINDS[kind]) for kind in KINDS for n in range(EACH)]
    return SimulationCatalogue(
        drink_ids=tuple(f"{kind}-{n}" for kind, n, *_ in rows),
        kinds=tuple(row[0] for row in rows),
        styles=tuple(frozenset({row[2]}) for row in rows),
        flavors=tuple(frozenset({row[3]}) for row in rows),
        allergens=tuple(
            everywhere | (frozenset({row[4]} - {""}) if row[1] % 2 else frozenset()) for row in rows
        ),
        alcoholic=tuple(row[5] for row in rows),
        hot=tuple(row[6] for row in rows),
        groups=tuple(
            frozenset({ALCOHOL} if row[5] else set())
            | frozenset({"animal-product"} if row[4] in ("milk", "egg") else set())
            for row in rows
        ),
    )


@pytest.fixture(scope="module")
def catalogue() -> SimulationCatalogue:
    return a_catalogue()


@pytest.fixture(scope="module")
def people(catalogue: SimulationCatalogue) -> SimulatedPeople:
    return simulate_people(catalogue, people=800, seed=7)


def digest(people: SimulatedPeople) -> str:
    return hashlib.sha256(repr((people.users, people.interactions)).encode()).hexdigest()


def histories(people: SimulatedPeople) -> dict[str, list[str]]:
    drinks: dict[str, list[str]] = defaultdict(list)
    for event in people.interactions:
        drinks[event.user_id].append(event.drink_id)
    return drinks


def test_same_seed_same_people_and_another_seed_others(catalogue: SimulationCatalogue) -> None:
    once, again, other = (simulate_people(catalogue, 50, seed) for seed in (1, 1, 2))
    assert digest(once) == digest(again) != digest(other)
    assert [u.likes for u in once.users] != [u.likes for u in other.users]


def test_people_do_not_depend_on_string_hashing() -> None:
    program = (
        "from tests.unit.graph.simulation.test_people import *;"
        "print(digest(simulate_people(a_catalogue(), 20, 3)))"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashing in ("1", "2")
    }
    assert digests == {digest(simulate_people(a_catalogue(), 20, 3)) + "\n"}


def test_a_person_is_the_same_in_a_larger_crowd(catalogue: SimulationCatalogue) -> None:
    few, many = simulate_people(catalogue, 5, 4), simulate_people(catalogue, 9, 4)
    assert few.users == many.users[:5]
    assert few.interactions == many.interactions[: len(few.interactions)]


def test_every_id_says_that_it_is_simulated(people: SimulatedPeople) -> None:
    assert [u.id for u in people.users] == [f"simulated-{n:04d}" for n in range(1, 801)]
    assert all(e.event_id.startswith(f"{e.user_id}-") for e in people.interactions)
    assert len({e.event_id for e in people.interactions}) == len(people.interactions)
    assert {e.user_id for e in people.interactions} == {u.id for u in people.users}


def test_nobody_touches_what_would_hurt_them(
    catalogue: SimulationCatalogue, people: SimulatedPeople
) -> None:
    held = dict(zip(catalogue.drink_ids, catalogue.allergens, strict=True))
    drinks = histories(people)
    allergic = {u.id: {a.split(":")[0] for a in u.allergies} - {"none"} for u in people.users}
    assert sum(map(bool, allergic.values())) > 40
    assert not [(u, d) for u, has in allergic.items() for d in drinks[u] if has & held[d]]


def test_nobody_touches_what_they_avoid(
    catalogue: SimulationCatalogue, people: SimulatedPeople
) -> None:
    groups = dict(zip(catalogue.drink_ids, catalogue.groups, strict=True))
    drinks = histories(people)
    avoiding = {u.id: set(u.avoids) for u in people.users if u.avoids}
    assert {group for avoided in avoiding.values() for group in avoided} == {
        ALCOHOL,
        "animal-product",
    }
    assert not [(u, d) for u, avoided in avoiding.items() for d in drinks[u] if avoided & groups[d]]


def test_without_a_safe_drink_there_is_no_history() -> None:
    dangerous = a_catalogue(everywhere=frozenset(PREVALENCE))
    people = simulate_people(dangerous, 300, 5)
    drinking = {event.user_id for event in people.interactions}
    allergic = {u.id for u in people.users if u.allergies not in ((), ("none",))}
    assert allergic
    assert drinking == {u.id for u in people.users} - allergic


def test_allergies_are_as_common_as_in_life(catalogue: SimulationCatalogue) -> None:
    crowd = simulate_people(catalogue, 2000, 11).users
    counts = Counter(a.split(":")[0] for u in crowd for a in u.allergies)
    for allergen, share in PREVALENCE.items():
        spread = 4 * np.sqrt(2000 * share * (1 - share))
        assert abs(counts[allergen] - 2000 * share) <= spread, allergen
    sober = sum(ALCOHOL in user.avoids for user in crowd) / len(crowd)
    assert 0.09 < sober < 0.15


def test_allergies_are_written_as_the_import_reads_them(people: SimulatedPeople) -> None:
    written = {a for u in people.users for a in u.allergies} - {"none"}
    form = re.compile(r"[a-z-]+:(SEVERE|(MODERATE|MILD)(:traces)?)")
    assert [each for each in written if not form.fullmatch(each)] == []
    assert any(each.endswith(":traces") for each in written)
    assert any(not user.allergies for user in people.users), "some people declare nothing"


def test_rows_are_the_import_format(people: SimulatedPeople) -> None:
    user = next(u for u in people.users if len(u.likes) > 1)
    assert list(user.row()) == ["id", "allergies", "avoids", "likes", "dislikes", "regulation"]
    assert user.row()["likes"] == "|".join(user.likes)
    columns = "event_id,user_id,drink_id,type,value,at,context_daypart,context_season"
    assert ",".join(people.interactions[0].row()) == columns


def test_likes_and_dislikes_are_labels_of_the_catalogue(
    catalogue: SimulationCatalogue, people: SimulatedPeople
) -> None:
    labels = frozenset().union(*catalogue.styles, *catalogue.flavors)
    for user in people.users:
        assert {*user.likes, *user.dislikes} <= labels
        assert not {*user.likes} & {*user.dislikes}


def test_history_lengths(people: SimulatedPeople) -> None:
    lengths = np.array([len(drinks) for drinks in histories(people).values()])
    assert lengths.min() >= SHORTEST
    assert lengths.max() <= LONGEST
    assert 20 < lengths.mean() < 30
    assert np.median(lengths) < lengths.mean(), "many short histories and few long ones"


def test_events_form_plausible_funnels(people: SimulatedPeople) -> None:
    counts = Counter(event.type for event in people.interactions)
    assert set(counts) == {"view", "save", "purchase", "rating", "like", "dislike"}
    assert counts["view"] > counts["purchase"] > counts["rating"] > counts["dislike"]
    assert {e.value for e in people.interactions if e.type == "rating"} == set("12345")
    assert {e.value for e in people.interactions if e.type != "rating"} == {""}
    bought: set[tuple[str, str]] = set()
    for event in people.interactions:
        if event.type == "purchase":
            bought.add((event.user_id, event.drink_id))
        if event.type in ("rating", "like", "dislike"):
            assert (event.user_id, event.drink_id) in bought


def test_events_lie_in_the_window_in_order(people: SimulatedPeople) -> None:
    times = [datetime.strptime(e.at, "%Y-%m-%dT%H:%M:%S%z") for e in people.interactions]
    assert min(times) >= END - timedelta(days=DAYS)
    assert max(times) < END
    moments: dict[str, list[str]] = defaultdict(list)
    for event in people.interactions:
        moments[event.user_id].append(event.at)
    assert all(each == sorted(each) for each in moments.values())


def test_people_of_one_archetype_overlap_more_than_others(people: SimulatedPeople) -> None:
    drinks = {user: set(history) for user, history in list(histories(people).items())[:300]}
    same, different = [], []
    for drink, other in combinations(drinks, 2):
        overlap = len(drinks[drink] & drinks[other]) / len(drinks[drink] | drinks[other])
        alike = people.archetypes[drink] == people.archetypes[other]
        (same if alike else different).append(overlap)
    assert len(ARCHETYPES) >= 10
    assert set(people.archetypes.values()) == set(ARCHETYPES)
    assert np.mean(same) > 2 * np.mean(different)


def test_popularity_is_skewed(people: SimulatedPeople) -> None:
    counts = sorted(Counter(e.drink_id for e in people.interactions).values(), reverse=True)
    assert sum(counts[: len(counts) // 5]) > 0.5 * sum(counts)


def test_one_and_the_same_people_drink_alcohol_later_in_the_day(
    catalogue: SimulationCatalogue, people: SimulatedPeople
) -> None:
    alcoholic = dict(zip(catalogue.drink_ids, catalogue.alcoholic, strict=True))
    early = {user for user, main in people.archetypes.items() if main == "coffee-lover"}
    shares: dict[str, list[bool]] = defaultdict(list)
    for event in people.interactions:
        if event.user_id in early:
            shares[event.context_daypart].append(alcoholic[event.drink_id])
    assert np.mean(shares["morning"]) < 0.3 * np.mean(shares["evening"])
    assert len(shares["morning"]) > len(shares["night"])


def test_hot_drinks_are_for_the_cold_months(catalogue: SimulationCatalogue) -> None:
    def hot_share(end: datetime) -> float:
        events = simulate_people(catalogue, 300, 2, end).interactions
        hot = dict(zip(catalogue.drink_ids, catalogue.hot, strict=True))
        return sum(hot[event.drink_id] for event in events) / len(events)

    winter, summer = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    assert hot_share(winter) > 1.3 * hot_share(summer)


def test_unusable_input_is_refused(catalogue: SimulationCatalogue) -> None:
    empty = SimulationCatalogue((), (), (), (), (), (), ())
    with pytest.raises(ValueError, match="without drinks"):
        simulate_people(empty, 1, 1)
    with pytest.raises(ValueError, match="time zone"):
        simulate_people(catalogue, 1, 1, datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="columns of"):
        SimulationCatalogue(("a", "b"), ("tea",), (), (), (), (), ())


def test_two_thousand_people_take_less_than_three_seconds(catalogue: SimulationCatalogue) -> None:
    started = time.process_time()
    simulate_people(catalogue, 2000, 1)
    assert time.process_time() - started < 3
