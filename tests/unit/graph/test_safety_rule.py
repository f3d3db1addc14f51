"""The safety rule by examples that a food-safety officer could read."""

from __future__ import annotations

import networkx as nx
import pytest

from graph.safety_rule import Allergy, Node, Person, SafetyRule
from graph.vocabulary import Verdict

CONTAINS, MAY_CONTAIN = Verdict.CONTAINS, Verdict.MAY_CONTAIN
ABSENT, UNKNOWN = Verdict.ABSENT, Verdict.UNKNOWN


class Bar:
    """A small bar, told in sentences."""

    def __init__(self) -> None:
        self.graph: nx.MultiDiGraph[Node] = nx.MultiDiGraph()

    def allergen(self, name: str, *, part_of: str | None = None) -> None:
        self.graph.add_node(("allergen", name))
        if part_of:
            self.graph.add_edge(("allergen", name), ("allergen", part_of), type="PART_OF")

    def ingredient(
        self,
        name: str,
        *,
        is_a: str = "",
        made_of: str = "",
        reviewed: bool | None = True,
        diets_reviewed: bool | None = True,
    ) -> None:
        self.graph.add_node(("ingredient", name), reviewed=reviewed, diets_reviewed=diets_reviewed)
        for type_, other in (("IS_A", is_a), ("MADE_OF", made_of)):
            if other:
                self.graph.add_edge(("ingredient", name), ("ingredient", other), type=type_)

    def diet(self, name: str, *avoids: str, **limits: float) -> None:
        self.graph.add_node(("diet", name), **limits)
        for part in avoids:
            self.graph.add_edge(("diet", name), ("ingredient", part), type="AVOIDS")

    def drink(
        self,
        name: str,
        *parts: str,
        complete: bool | None = True,
        abv: float | None = None,
        caffeine: float | None = None,
    ) -> None:
        node: Node = ("drink", name)
        self.graph.add_node(node, recipe_complete=complete, abv=abv, caffeine=caffeine)
        for part in parts:
            self.graph.add_edge(node, ("ingredient", part), type="CONTAINS")

    def evidence(
        self,
        subject: Node,
        status: str,
        allergen: str,
        *,
        source: str | None = "the producer",
        observed_at: str | None = "2026-01-01",
    ) -> None:
        self.graph.add_edge(
            subject, ("allergen", allergen), type=status, source=source, observed_at=observed_at
        )

    @property
    def rule(self) -> SafetyRule:
        return SafetyRule(self.graph)

    def is_safe(self, drink: str, *allergies: Allergy) -> bool:
        return self.rule.is_safe(Person(allergies), drink)


@pytest.fixture
def bar() -> Bar:
    """Tree nuts are a group; almonds and walnuts are in it. Milk stands alone."""
    bar = Bar()
    bar.allergen("tree-nuts")
    bar.allergen("almond", part_of="tree-nuts")
    bar.allergen("walnut", part_of="tree-nuts")
    bar.allergen("milk")
    bar.ingredient("almond")
    bar.evidence(("ingredient", "almond"), "HAS_ALLERGEN", "almond")
    bar.ingredient("rum")
    bar.ingredient("lime")
    bar.ingredient("orgeat", made_of="almond")
    bar.drink("mai-tai", "rum", "lime", "orgeat")
    bar.drink("daiquiri", "rum", "lime")
    return bar


def test_orgeat_is_made_of_almonds_so_a_mai_tai_contains_almond(bar: Bar) -> None:
    assert bar.rule.verdict("mai-tai", "almond") is CONTAINS
    assert not bar.is_safe("mai-tai", Allergy("almond", "MILD", accepts_traces=True))


def test_a_daiquiri_of_reviewed_rum_and_lime_is_free_of_almond(bar: Bar) -> None:
    assert bar.rule.verdict("daiquiri", "almond") is ABSENT
    assert bar.is_safe("daiquiri", Allergy("almond", "SEVERE"))


def test_who_is_allergic_to_tree_nuts_is_warned_of_almonds(bar: Bar) -> None:
    assert bar.rule.verdict("mai-tai", "tree-nuts") is CONTAINS
    assert not bar.is_safe("mai-tai", Allergy("tree-nuts"))


def test_what_contains_some_tree_nut_may_be_any_of_them(bar: Bar) -> None:
    bar.ingredient("nut-liqueur")
    bar.evidence(("ingredient", "nut-liqueur"), "HAS_ALLERGEN", "tree-nuts")
    bar.drink("nutty", "nut-liqueur")
    assert bar.rule.verdict("nutty", "walnut") is CONTAINS
    assert not bar.is_safe("nutty", Allergy("walnut"))


def test_a_sister_in_the_group_is_another_allergen(bar: Bar) -> None:
    assert bar.rule.verdict("mai-tai", "walnut") is ABSENT
    assert bar.is_safe("mai-tai", Allergy("walnut"))


def test_who_is_allergic_to_nothing_here_may_have_all(bar: Bar) -> None:
    assert bar.is_safe("mai-tai")


@pytest.mark.parametrize(
    ("severity", "accepts", "safe"),
    [
        ("MILD", True, True),
        ("MODERATE", True, True),
        ("MILD", False, False),
        ("SEVERE", True, False),  # never, whatever the person says
        (None, True, False),  # not stated counts as severe
        ("severe", True, False),  # so does what is not one of ours
        ("mild", True, False),
    ],
)
def test_traces_pass_only_who_accepts_them_and_is_known_not_to_be_severe(
    bar: Bar, severity: str | None, accepts: bool, safe: bool
) -> None:
    bar.evidence(("ingredient", "rum"), "MAY_CONTAIN", "milk")
    assert bar.rule.verdict("daiquiri", "milk") is MAY_CONTAIN
    assert bar.is_safe("daiquiri", Allergy("milk", severity, accepts)) is safe


def test_traces_do_not_pass_where_the_rest_of_the_recipe_is_unknown(bar: Bar) -> None:
    bar.ingredient("house-syrup", reviewed=False)
    bar.drink("house-punch", "rum", "house-syrup")
    bar.evidence(("ingredient", "rum"), "MAY_CONTAIN", "milk")
    assert bar.rule.verdict("house-punch", "milk") is MAY_CONTAIN
    assert not bar.is_safe("house-punch", Allergy("milk", "MILD", accepts_traces=True))


def test_presence_wins_over_traces_and_over_a_declared_absence(bar: Bar) -> None:
    bar.evidence(("drink", "mai-tai"), "FREE_FROM", "almond")
    bar.evidence(("drink", "mai-tai"), "MAY_CONTAIN", "almond")
    assert bar.rule.verdict("mai-tai", "almond") is CONTAINS


def test_traces_win_over_a_declared_absence(bar: Bar) -> None:
    bar.evidence(("ingredient", "lime"), "MAY_CONTAIN", "almond")
    bar.evidence(("drink", "daiquiri"), "FREE_FROM", "almond")
    assert bar.rule.verdict("daiquiri", "almond") is MAY_CONTAIN


def test_an_ingredient_that_nobody_reviewed_may_hold_anything(bar: Bar) -> None:
    bar.ingredient("secret-bitters", reviewed=False)
    bar.drink("secret", "rum", "secret-bitters")
    assert bar.rule.verdict("secret", "milk") is UNKNOWN
    assert not bar.is_safe("secret", Allergy("milk", "MILD", accepts_traces=True))


@pytest.mark.parametrize("reviewed", [False, None])
def test_review_goes_all_the_way_down(bar: Bar, reviewed: bool | None) -> None:
    bar.ingredient("sugar", reviewed=reviewed)
    bar.ingredient("syrup", made_of="sugar")
    bar.ingredient("fine-syrup", is_a="syrup")
    bar.drink("sweet", "fine-syrup")
    assert bar.rule.verdict("sweet", "milk") is UNKNOWN


@pytest.mark.parametrize("complete", [False, None])
def test_an_incomplete_recipe_may_hold_anything(bar: Bar, complete: bool | None) -> None:
    bar.drink("daily-special", "rum", complete=complete)
    assert bar.rule.verdict("daily-special", "milk") is UNKNOWN
    assert not bar.is_safe("daily-special", Allergy("milk"))


def test_an_empty_recipe_is_no_recipe(bar: Bar) -> None:
    bar.drink("mystery", complete=True)
    assert bar.rule.verdict("mystery", "milk") is UNKNOWN


def test_a_producer_can_declare_an_unknown_drink_free_of_an_allergen(bar: Bar) -> None:
    bar.drink("cola", complete=False)
    bar.evidence(("drink", "cola"), "FREE_FROM", "milk")
    assert bar.rule.verdict("cola", "milk") is ABSENT
    assert bar.is_safe("cola", Allergy("milk", "SEVERE"))
    assert not bar.is_safe("cola", Allergy("almond"))


@pytest.mark.parametrize(
    ("source", "observed_at"),
    [(None, "2026-01-01"), ("", "2026-01-01"), ("the producer", None), ("the producer", "")],
)
def test_a_declared_absence_without_source_or_date_says_nothing(
    bar: Bar, source: str | None, observed_at: str | None
) -> None:
    bar.drink("cola", complete=False)
    bar.evidence(("drink", "cola"), "FREE_FROM", "milk", source=source, observed_at=observed_at)
    assert bar.rule.verdict("cola", "milk") is UNKNOWN


def test_a_warning_without_source_or_date_still_warns(bar: Bar) -> None:
    bar.evidence(("drink", "daiquiri"), "HAS_ALLERGEN", "milk", source=None, observed_at=None)
    assert bar.rule.verdict("daiquiri", "milk") is CONTAINS


def test_absence_of_a_group_covers_its_members_but_not_the_other_way_round(bar: Bar) -> None:
    bar.drink("cola", complete=False)
    bar.evidence(("drink", "cola"), "FREE_FROM", "tree-nuts")
    bar.drink("lemonade", complete=False)
    bar.evidence(("drink", "lemonade"), "FREE_FROM", "almond")
    assert bar.is_safe("cola", Allergy("almond"))
    assert bar.is_safe("lemonade", Allergy("almond"))
    assert not bar.is_safe("lemonade", Allergy("tree-nuts"))


def test_one_pure_ingredient_clears_no_drink(bar: Bar) -> None:
    """An ingredient declared free of milk says nothing of what else is in the glass."""
    bar.ingredient("oat-milk", reviewed=False)
    bar.evidence(("ingredient", "oat-milk"), "FREE_FROM", "milk")
    bar.drink("oat-latte", "oat-milk")
    assert bar.rule.verdict("oat-latte", "milk") is UNKNOWN


def test_ingredients_that_are_made_of_each_other_are_followed_once(bar: Bar) -> None:
    bar.ingredient("mother", made_of="kombucha")
    bar.ingredient("kombucha", made_of="mother")
    bar.drink("ferment", "kombucha")
    assert bar.rule.verdict("ferment", "milk") is ABSENT
    bar.evidence(("ingredient", "mother"), "HAS_ALLERGEN", "milk")
    assert bar.rule.verdict("ferment", "milk") is CONTAINS


def test_groups_that_are_part_of_each_other_are_followed_once(bar: Bar) -> None:
    bar.allergen("lactose", part_of="milk")
    bar.allergen("milk", part_of="lactose")
    bar.evidence(("ingredient", "lime"), "HAS_ALLERGEN", "lactose")
    assert not bar.is_safe("daiquiri", Allergy("milk"))


def test_a_chain_of_any_length_is_followed(bar: Bar) -> None:
    bar.ingredient("base-0")
    for number in range(1, 40):
        bar.ingredient(f"base-{number}", made_of=f"base-{number - 1}")
    bar.drink("long", "base-39")
    assert bar.is_safe("long", Allergy("milk"))
    bar.evidence(("ingredient", "base-0"), "HAS_ALLERGEN", "milk")
    assert not bar.is_safe("long", Allergy("milk"))


def test_an_allergen_that_nobody_knows_is_judged_like_any_other(bar: Bar) -> None:
    assert bar.is_safe("daiquiri", Allergy("stardust"))
    bar.drink("cola", complete=False)
    assert not bar.is_safe("cola", Allergy("stardust"))


def test_what_was_not_understood_stops_everything(bar: Bar) -> None:
    assert not bar.rule.is_safe(Person(unresolved=("allergies: nust",)), "daiquiri")


def test_a_drink_that_is_not_there_is_not_safe(bar: Bar) -> None:
    assert not bar.is_safe("no-such-drink")


def test_who_avoids_a_group_avoids_all_in_it_and_all_that_is_unknown(bar: Bar) -> None:
    bar.ingredient("spirit")
    bar.ingredient("gin", is_a="spirit")
    bar.ingredient("secret-bitters", reviewed=False)
    bar.drink("gin-and-lime", "gin", "lime")
    bar.drink("limeade", "lime")
    bar.drink("secret", "lime", "secret-bitters")
    person = Person(avoids=("spirit",))
    safe = {
        drink: bar.rule.is_safe(person, drink) for drink in ("gin-and-lime", "limeade", "secret")
    }
    assert safe == {"gin-and-lime": False, "limeade": True, "secret": False}


@pytest.mark.parametrize(
    ("abv", "caffeine", "safe"),
    [(5.0, 40.0, True), (5.1, 40.0, False), (5.0, 40.1, False), (None, 0.0, False), (0, None, 0)],
)
def test_limits_hold_and_an_unknown_quantity_is_over_them(
    bar: Bar, abv: float | None, caffeine: float | None, safe: bool
) -> None:
    bar.drink("measured", "lime", abv=abv, caffeine=caffeine)
    person = Person(max_abv=5.0, max_caffeine=40.0)
    assert bar.rule.is_safe(person, "measured") is bool(safe)


def test_a_vegan_is_offered_no_milk_however_deep_it_is(bar: Bar) -> None:
    bar.ingredient("animal-product")
    bar.ingredient("dairy", is_a="animal-product")
    bar.ingredient("cream", is_a="dairy")
    bar.ingredient("irish-cream", made_of="cream")
    bar.diet("vegan", "animal-product")
    bar.drink("daiquiri", "rum")
    bar.drink("mudslide", "irish-cream")
    vegan = Person(diets=("vegan",))
    assert bar.rule.is_safe(vegan, "daiquiri")
    assert not bar.rule.is_safe(vegan, "mudslide")


@pytest.mark.parametrize("diets_reviewed", [False, None])
def test_for_a_diet_every_part_was_reviewed_for_diets(
    bar: Bar, diets_reviewed: bool | None
) -> None:
    bar.ingredient("red-colour", diets_reviewed=diets_reviewed)
    bar.ingredient("bitter-red", made_of="red-colour")
    bar.diet("vegan")
    bar.drink("spritz", "bitter-red")
    assert bar.rule.is_safe(Person(), "spritz")
    assert not bar.rule.is_safe(Person(diets=("vegan",)), "spritz")


@pytest.mark.parametrize(
    ("abv", "caffeine", "suits"), [(0.0, 0.0, True), (0.6, 0.0, False), (0.0, None, False)]
)
def test_a_diet_has_limits(bar: Bar, abv: float, caffeine: float | None, suits: bool) -> None:
    bar.diet("quiet", max_abv=0.5, max_caffeine=15.0)
    bar.drink("infusion", "rum", abv=abv, caffeine=caffeine)
    assert bar.rule.suits("infusion", "quiet") is suits


def test_nothing_suits_a_diet_that_is_not_known(bar: Bar) -> None:
    bar.drink("daiquiri", "rum")
    assert not bar.rule.is_safe(Person(diets=("of-tomorrow",)), "daiquiri")
