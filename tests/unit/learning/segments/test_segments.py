"""Segments: what a rule may be, who is in which group, and what tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.audience.segments import SMALLEST_SEGMENT, Bought
from graph.catalogue.entities import Catalogue, Drink, Group
from learning.errors import SegmentRefused
from learning.segments.computing import computed
from learning.segments.definition import Communities, Rfm, Rule, Segments, read_segments
from learning.segments.rfm import fifths, groups_by_rfm
from learning.segments.rules import members_by_rule

DAY = 86_400_000
NOW = 1_793_526_000_000
FLAVORS = ("roasted", "sweet", "lime", "almond-flavor")


def catalogue() -> Catalogue:
    """Ten coffees that taste roasted, or sweet too, and ten sodas of lime; all with almond."""
    drinks = tuple(
        Drink(
            f"{kind}-{n}",
            f"{kind} {n}",
            kind,
            flavors=(flavor, "almond-flavor") if kind == "coffee" else (flavor,),
            styles=("espresso",) if kind == "coffee" else (),
        )
        for kind, flavor in (("coffee", "roasted"), ("soda", "lime"))
        for n in range(10)
    )
    flavors = {id_: Group(id_, id_.title(), ()) for id_ in FLAVORS}
    styles = {
        "espresso": Group("espresso", "Espresso", ("hot-drinks",)),
        "hot-drinks": Group("hot-drinks", "Hot drinks", ()),
    }
    rows = {drink.id: row for row, drink in enumerate(drinks)}
    return Catalogue(1, 1, drinks, {}, {}, flavors, styles, row_of=rows)


def bought(
    drink: str, times: int = 1, days: int = 3, spent: float = 4.0, part: str = "evening"
) -> Bought:
    at = NOW - days * DAY
    return Bought(drink, times, at, at, spent, (part,) * times)


def two_crowds(people: int = 60) -> dict[str, list[Bought]]:
    """Half buy coffees, half sodas, each some of them."""
    return {
        f"person-{n:02}": [bought(f"{('coffee', 'soda')[n % 2]}-{(n + k) % 10}") for k in range(5)]
        for n in range(people)
    }


def refused(folder: Path, text: str) -> str:
    path = folder / "segments.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SegmentRefused) as error:
        read_segments(path)
    return error.value.message


def test_what_comes_along_is_sound() -> None:
    assert {rule.id for rule in read_segments().segments} >= {"mornings", "curious"}


@pytest.mark.parametrize("key", ["allergies", "allergen", "diet", "avoids", "verdict", "max_abv"])
def test_no_rule_is_about_what_somebody_must_not_have(tmp_path: Path, key: str) -> None:
    said = refused(tmp_path, f'[[segments]]\nid = "a"\nname = "A"\n{key} = ["milk"]\n')
    assert "allergy, diet or verdict" in said and f"'{key}'" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('styles = ["plant-milk-coffee"]', "'milk'"),
        ('flavors = ["almond-flavor"]', "'almond'"),
        ('name = "Vegans"\nbought_at_least = 1', "vegan"),
        ('dayparts = ["noon"]', "'noon'"),
        ("", "no condition"),
        ("colour = 1", "unknown"),
        ("bought_at_least = 0", "bought_at_least"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    name = "" if "name" in text else 'name = "A"\n'
    assert said in refused(tmp_path, f'[[segments]]\nid = "a"\n{name}{text}\n')


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ({"kinds": ("coffee",)}, {"ann", "ben"}),
        ({"kinds": ("coffee",), "share": 0.9}, {"ann"}),
        ({"styles": ("hot-drinks",), "dayparts": ("evening",), "share": 0.9}, {"ann"}),
        ({"flavors": ("lime",), "share": 0.4}, {"ben", "cem"}),
        ({"bought_at_least": 4}, {"ann"}),
        ({"bought_at_most": 2, "quiet_days": 30}, {"cem"}),
        ({"drinks_at_least": 2}, {"ben"}),
        ({"spent_at_least": 8.0}, {"ann", "ben"}),
        ({"within_days": 2}, {"ben"}),
        ({"dayparts": ("morning",)}, {"ben"}),
    ],
)
def test_a_rule_is_true_of_whom_it_says(rule: dict[str, object], members: set[str]) -> None:
    customers = {
        "ann": [bought("coffee-1", times=4, spent=12.0)],
        "ben": [bought("coffee-2", days=1, part="morning"), bought("soda-2")],
        "cem": [bought("soda-1", days=40, spent=3.0)],
    }
    made = Rule.model_validate({"id": "a", "name": "A", **rule})
    assert members_by_rule(made, customers, catalogue(), NOW) == members


def test_communities_are_the_crowds_and_are_told_by_their_flavors() -> None:
    customers = two_crowds()
    found = computed(Segments(communities=Communities()), customers, catalogue(), NOW)
    by_id = {segment.record.id: segment for segment in found.segments}
    assert set(by_id) == {"taste-roasted", "taste-lime"}
    assert by_id["taste-lime"].members == {name for name in customers if int(name[-2:]) % 2}
    [told] = by_id["taste-roasted"].record.flavors
    # almond is as telling as roasted, and names an allergen
    assert (told.id, told.lift, told.share) == ("roasted", 2.0, 1.0)
    again = computed(Segments(communities=Communities()), customers, catalogue(), NOW)
    assert again == found


def test_no_segment_is_small() -> None:
    rule = Rule(id="coffee", name="Coffee", kinds=("coffee",))
    wanted = Segments(segments=(rule,), communities=Communities())
    enough = computed(wanted, two_crowds(2 * SMALLEST_SEGMENT), catalogue(), NOW)
    assert {len(segment.members) for segment in enough.segments} == {SMALLEST_SEGMENT}
    few = computed(wanted, two_crowds(2 * SMALLEST_SEGMENT - 2), catalogue(), NOW)
    assert few.segments == () and "coffee" in few.too_small


def test_rfm_puts_everybody_into_one_group() -> None:
    customers = {
        **{f"champion-{n}": [bought("coffee-1", 9, days=1, spent=90.0)] for n in range(20)},
        **{f"newcomer-{n}": [bought("coffee-1", 1, days=1)] for n in range(20)},
        **{f"slipping-{n}": [bought("coffee-1", 9, days=200, spent=60.0)] for n in range(20)},
        **{f"asleep-{n}": [bought("coffee-1", 1, days=300)] for n in range(20)},
    }
    groups = groups_by_rfm(customers)
    assert {id_: {name.split("-")[0] for name in people} for id_, people in groups.items()} == {
        "rfm-champions": {"champion"},
        "rfm-newcomers": {"newcomer"},
        "rfm-slipping": {"slipping"},
        "rfm-asleep": {"asleep"},
    }
    assert sum(map(len, groups.values())) == len(customers)
    found = computed(Segments(rfm=Rfm()), customers, catalogue(), NOW)
    assert {segment.record.kind for segment in found.segments} == {"rfm"}
    assert groups_by_rfm({}) == {}


def test_equal_customers_are_in_the_same_fifth() -> None:
    assert fifths([1.0, 1.0, 1.0, 1.0, 9.0]) == [3, 3, 3, 3, 5]
    assert fifths(list(range(10))) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
