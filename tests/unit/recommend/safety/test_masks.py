from __future__ import annotations

import pytest

from graph.catalogue.entities import Catalogue, Diet
from graph.people.profiles import Profile
from graph.safety_rule import Allergy
from recommend.safety.masks import VERDICTS, AllergenTree, Masks, reachable
from tests.unit.recommend.catalogues import MILK, NUTS, catalogue, drink, group, ingredient

BAR = catalogue(
    drink("empty"),  # recipes without parts stand first, in the middle and last
    drink("daiquiri", "rum", "lime", abv=20.0),
    drink("mai-tai", "rum", "lime", "orgeat", abv=20.0),
    drink("nothing"),
    drink("cocoa", "chocolate", abv=0.0, caffeine=5.0),
    drink("secret-cocoa", "chocolate", "secret"),
    drink("special", "lime", recipe_complete=False),
    drink("lime-soda", "lime", abv=0.0, caffeine=0.0),
    drink("cola", recipe_complete=False, declared_absent=("tree-nuts",)),
    drink("new", "lime", "added-a-moment-ago"),
    drink("last"),
)


def verdict(bar: Catalogue, drink_id: str, allergen: str) -> str:
    masks = Masks(bar)
    return VERDICTS[masks.codes[masks.tree.position[allergen], bar.row_of[drink_id]]]


def allowed(profile: Profile, bar: Catalogue = BAR) -> set[str]:
    mask = Masks(bar).allowed(profile)
    return {drink.id for drink, passes in zip(bar.drinks, mask, strict=True) if passes}


def allergic(allergen: str, severity: str | None = "MILD", accepts: bool = False) -> Profile:
    return Profile("somebody", allergies=(Allergy(allergen, severity, accepts),))


@pytest.mark.parametrize(
    ("drink_id", "allergen", "expected"),
    [
        ("daiquiri", "almond", "ABSENT"),
        ("mai-tai", "almond", "CONTAINS"),
        ("mai-tai", "tree-nuts", "CONTAINS"),
        ("mai-tai", "walnut", "ABSENT"),
        ("cocoa", "milk", "MAY_CONTAIN"),
        ("secret-cocoa", "milk", "MAY_CONTAIN"),
        ("secret-cocoa", "almond", "UNKNOWN"),
        ("special", "almond", "UNKNOWN"),
        ("empty", "almond", "UNKNOWN"),
        ("nothing", "almond", "UNKNOWN"),
        ("last", "almond", "UNKNOWN"),
        ("cola", "almond", "ABSENT"),
        ("cola", "milk", "UNKNOWN"),
        ("new", "milk", "UNKNOWN"),
    ],
)
def test_verdicts(drink_id: str, allergen: str, expected: str) -> None:
    assert verdict(BAR, drink_id, allergen) == expected


def test_somebody_without_allergies_is_allowed_everything() -> None:
    assert allowed(Profile("somebody")) == {drink.id for drink in BAR.drinks}


def test_only_what_is_known_to_be_absent_is_allowed() -> None:
    assert allowed(allergic("almond")) == {"daiquiri", "cocoa", "lime-soda", "cola"}
    assert allowed(allergic("milk")) == {"daiquiri", "mai-tai", "lime-soda"}


@pytest.mark.parametrize(
    ("severity", "accepts", "passes"),
    [("MILD", True, True), ("SEVERE", True, False), (None, True, False), ("MILD", False, False)],
)
def test_traces(severity: str | None, accepts: bool, passes: bool) -> None:
    drinks = allowed(allergic("milk", severity, accepts))
    assert ("cocoa" in drinks) == passes
    assert "secret-cocoa" not in drinks, "traces in a recipe that is not known otherwise"


def test_an_allergen_that_the_catalogue_lacks_allows_nothing() -> None:
    assert allowed(allergic("stardust")) == set()


def test_a_declaration_that_was_not_understood_allows_nothing() -> None:
    assert allowed(Profile("somebody", unresolved=("allergies: nust",))) == set()


def test_all_allergies_count() -> None:
    both = Profile("somebody", allergies=(Allergy("almond", "MILD"), Allergy("milk", "MILD")))
    assert allowed(both) == {"daiquiri", "lime-soda"}


def test_who_avoids_a_group_gets_only_known_recipes_without_it() -> None:
    assert allowed(Profile("somebody", avoids=("spirit",))) == {"cocoa", "lime-soda"}


def test_limits_leave_out_what_is_over_them_or_unknown() -> None:
    assert allowed(Profile("somebody", max_abv=0.0)) == {"cocoa", "lime-soda"}
    assert allowed(Profile("somebody", max_abv=20.0, max_caffeine=0.0)) == {"lime-soda"}


def test_having_looks_into_groups_and_parts() -> None:
    having = Masks(BAR).having(["almonds"])
    assert [drink.id for drink, has in zip(BAR.drinks, having, strict=True) if has] == ["mai-tai"]


def test_evidence_on_the_drink_itself_counts() -> None:
    bar = catalogue(
        drink("a", "lime", contains=("milk",)),
        drink("b", "lime", may_contain=("milk",), declared_absent=("milk",)),
        drink("c", "chocolate", contains=("milk",), may_contain=("milk",)),
    )
    verdicts = [verdict(bar, drink, "milk") for drink in "abc"]
    assert verdicts == ["CONTAINS", "MAY_CONTAIN", "CONTAINS"]


def test_parts_of_each_other_and_missing_parts_end() -> None:
    bar = catalogue(
        drink("ferment", "kombucha"),
        drink("broken", "syrup"),
        ingredients=(
            ingredient("kombucha", "mother"),
            ingredient("mother", "kombucha", contains=("milk",)),
            ingredient("syrup", "no-such-part"),
        ),
    )
    assert verdict(bar, "ferment", "milk") == "CONTAINS"
    assert verdict(bar, "broken", "milk") == "UNKNOWN"


def test_nothing_at_all() -> None:
    masks = Masks(catalogue(ingredients=(), allergens=()))
    assert masks.codes.shape == (0, 0)
    assert masks.allowed(allergic("milk")).shape == (0,)


def test_the_tree_knows_what_evidence_touches() -> None:
    tree = AllergenTree.of(
        {allergen.id: allergen for allergen in (*NUTS, MILK, group("seeds", "tree-nuts"))}
    )
    names = {place: name for name, place in tree.position.items()}

    def of(places: list[int]) -> set[str]:
        return {names[place] for place in places}

    assert of(tree.affected(["almond"])) == {"almond", "tree-nuts"}
    assert of(tree.affected(["tree-nuts"])) == {"almond", "walnut", "seeds", "tree-nuts"}
    assert of(tree.cleared(["almond"])) == {"almond"}
    assert of(tree.cleared(["tree-nuts"])) == {"almond", "walnut", "seeds", "tree-nuts"}


def test_a_member_of_two_groups_is_touched_through_both() -> None:
    two = (group("nuts"), group("fruits"), group("coconut", "nuts", "fruits"))
    tree = AllergenTree.of({allergen.id: allergen for allergen in two})
    assert len(tree.affected(["nuts"])) == 3, "the other group may be about the coconut too"
    assert len(tree.cleared(["nuts"])) == 2


def test_reachable_includes_the_start_and_ends_in_circles() -> None:
    assert reachable("a", {"a": ["b"], "b": ["c"], "c": ["a"], "x": ["a"]}) == {"a", "b", "c"}
    assert reachable("alone", {}) == {"alone"}


def following(*diets: str) -> Profile:
    return Profile("somebody", diets=diets)


KITCHEN = catalogue(
    drink("latte", "milk", abv=0.0, caffeine=30.0),
    drink("oat-latte", "oat-drink", abv=0.0, caffeine=30.0),
    drink("mint-tea", "mint", abv=0.0, caffeine=0.0),
    drink("strong-tea", "mint", abv=0.0),
    drink("punch", "mint", abv=12.0, caffeine=0.0),
    drink("house-tea", "house-herbs", abv=0.0, caffeine=0.0),
    drink("half-tea", "mint", recipe_complete=False, abv=0.0, caffeine=0.0),
    drink("new-tea", "mint", "added-a-moment-ago", abv=0.0, caffeine=0.0),
    ingredients=(
        ingredient("animal-product"),
        ingredient("milk", "animal-product"),
        ingredient("oat-drink"),
        ingredient("mint"),
        ingredient("herbs", diets_reviewed=False),
        ingredient("house-herbs", "herbs"),
    ),
    diets=(
        Diet("vegan", "Vegan", None, None, ("animal-product",)),
        Diet("quiet", "Quiet", None, None, (), max_abv=0.5, max_caffeine=5.0),
    ),
)


def test_a_diet_leaves_out_what_it_avoids_and_what_nobody_reviewed_for_diets() -> None:
    assert allowed(following("vegan"), KITCHEN) == {
        "oat-latte",
        "mint-tea",
        "strong-tea",
        "punch",
    }


def test_a_diet_has_limits_and_an_unknown_quantity_is_within_none() -> None:
    assert allowed(following("quiet"), KITCHEN) == {"mint-tea"}


def test_of_two_diets_a_drink_must_suit_both() -> None:
    assert allowed(following("vegan", "quiet"), KITCHEN) == {"mint-tea"}


def test_nothing_suits_a_diet_that_is_not_known() -> None:
    assert allowed(following("of-tomorrow"), KITCHEN) == set()
