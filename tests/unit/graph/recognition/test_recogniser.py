from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.recognition.names import How
from graph.recognition.recogniser import Recogniser
from graph.recognition.resolution import Unresolved


@pytest.fixture(scope="module")
def names() -> Recogniser:
    names = Recogniser()
    for identifier, name, synonyms in (
        ("lemon-juice", "Lemon juice", ["juice of lemon"]),
        ("lemon", "Lemon", []),
        ("chocolate", "Chocolate", []),
        ("apricot", "Apricot", []),
        ("white-rum", "White rum", ["light rum", "silver"]),
        ("silver-tequila", "Silver tequila", ["silver"]),
        ("white-wine", "White wine", []),
        ("red-wine", "Red wine", ["claret"]),
        ("bourbon", "Bourbon", ["maker s mark"]),
        ("rye-whiskey", "Rye whiskey", ["rye"]),
        ("creme-de-menthe", "Crème de menthe", []),
        ("creme-de-cacao", "Crème de cacao", []),
        ("cacao", "Cacao", []),
        ("tree-nut", "Tree nut", ["nuts"]),
        ("peanut", "Peanut", ["groundnut"]),
        ("half-and-half", "Half and half", []),
        ("nutmeg", "Nutmeg", []),
        ("candy", "Candy", ["sweets"]),
        ("cider", "Dry cider", []),
        ("seven-up", "7 Up", []),
        ("milk", "Milk", []),
        ("beer", "Beer", []),
        ("soda-family", "Soda family", []),
        ("moscato", "Moscato d'Asti", []),
    ):
        names.described.add(identifier, name, synonyms)
    names.groups.add("soda-family")
    names.named.add("secret-syrup", "Secret syrup", [])
    names.named.add("lemon-or-lime", "lemon or lime", [])
    return names


@pytest.mark.parametrize(
    ("text", "expected", "how"),
    [
        ("lemon-juice", ["lemon-juice"], {How.ID}),
        ("LEMON JUICE", ["lemon-juice"], {How.NAME}),
        ("Lemons", ["lemon"], {How.ID, How.PLURAL}),
        ("creme de menthe", ["creme-de-menthe"], {How.NAME, How.ACCENTS}),
        ("Juice of Lemon", ["lemon-juice"], {How.SYNONYM}),
        ("juice of 1/2 lemon", ["lemon-juice"], {How.WITHOUT_MEASURE}),
        ("Freshly squeezed lemon juice", ["lemon-juice"], {How.WITHOUT_PREPARATION}),
        ("Lemons, chilled", ["lemon"], {How.WITHOUT_PREPARATION, How.PLURAL}),
        ("2 lemon wedges", ["lemon"], {How.WITHOUT_MEASURE, How.WITHOUT_PREPARATION}),
        ("Light Rum", ["white-rum"], {How.SYNONYM}),
        ("secret syrup", ["secret-syrup"], {How.NAME}),
        ("Maker's Mark", ["bourbon"], {How.SYNONYM}),
        ("Makers Mark", ["bourbon"], {How.SYNONYM}),
        ("moscato d asti", ["moscato"], {How.NAME}),
        ("MOSCATO D’ASTI", ["moscato"], {How.NAME}),
        ("7 Up", ["seven-up"], {How.NAME}),
        ("7 oz 7 up", ["seven-up"], {How.WITHOUT_MEASURE}),
        ("sweets", ["candy"], {How.SYNONYM}),
        ("Light rum, lemon wheel", ["white-rum", "lemon"], {How.LIST}),
        ("half and half, nutmeg", ["half-and-half", "nutmeg"], {How.LIST}),
        ("lemon (if needed)", ["lemon"], {How.ID}),
        ("white or red wine, chilled", ["white-wine", "red-wine"], {How.ALTERNATIVES}),
        ("lemon juice or bourbon, to taste", ["lemon-juice", "bourbon"], {How.ALTERNATIVES}),
        ("red wine (claret)", ["red-wine"], {How.LIST}),
        ("bourbon or rye", ["bourbon", "rye-whiskey"], {How.ALTERNATIVES}),
        ("bourbon and/or rye", ["bourbon", "rye-whiskey"], {How.ALTERNATIVES}),
        ("bourbon/rye", ["bourbon", "rye-whiskey"], {How.ALTERNATIVES}),
        ("white or red wine", ["white-wine", "red-wine"], {How.SHARED_WORD, How.ALTERNATIVES}),
        ("2 oz white or red wine", ["white-wine", "red-wine"], {How.WITHOUT_MEASURE}),
        # either may be meant, so both count
        (
            "creme de menthe or cacao",
            ["creme-de-menthe", "cacao", "creme-de-cacao"],
            {How.ALTERNATIVES},
        ),
    ],
)
def test_text_is_found(names: Recogniser, text: str, expected: list[str], how: set[How]) -> None:
    resolution = names.resolve(text)
    assert list(resolution.ingredients) == expected
    assert how <= set(resolution.how)


@pytest.mark.parametrize(
    "measure",
    [
        *("2 oz", "1 cup", "60 ml", "60ml", "½ tsp", "1½ oz", "1-2 dashes", "1 1/2 fl oz", "12"),
        *("a dash of", "3 cl.", "1/2 bottle", "two pinches", "2 inch", "about 3 tbsp of"),
        *("2 cuillères à soupe de", "1 c. à s. de", "3 verres", "un verre de", "4 cl de"),
    ],
)
def test_a_measure_is_left_out(names: Recogniser, measure: str) -> None:
    resolution = names.resolve(f"{measure} milk")
    assert resolution.ingredients == ("milk",)
    assert How.WITHOUT_MEASURE in resolution.how
    assert resolution.dropped


@pytest.mark.parametrize(
    "text",
    [
        *("ＭＩＬＫ", "mi\u200blk", "mi\u00adlk", "\u202amilk\u202c", "mi\u0301lk", "mılk"),
        *("\ufeffMILK", "mil\u2060k", "MİLK", "ｍilk"),
    ],
)
def test_odd_letters_are_read_as_people_see_them(names: Recogniser, text: str) -> None:
    assert names.resolve(text).ingredients == ("milk",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lemon juce", Unresolved.UNKNOWN),  # no likeness
        ("silver", Unresolved.AMBIGUOUS),
        ("fresh silver", Unresolved.UNKNOWN),
        ("soda family", Unresolved.ONLY_A_GROUP),
        ("milk or soda family", Unresolved.ONLY_A_GROUP),
        ("hot chocolate", Unresolved.UNKNOWN),  # has milk in it
        ("dried apricot", Unresolved.UNKNOWN),  # has sulphites in it
        ("151 lemon", Unresolved.UNKNOWN),  # a number that may be part of a name
        ("0.5 % beer", Unresolved.UNKNOWN),
        ("lemon or apricots or kumquat", Unresolved.UNKNOWN),  # one alternative is unknown
        ("lemon, orange", Unresolved.UNKNOWN),  # one of them is unknown
        ("lemon, 1 oz", Unresolved.UNKNOWN),  # something is cut off
        ("lemon, dash", Unresolved.UNKNOWN),
        ("(2 oz)", Unresolved.UNKNOWN),
        ("chilled, fresh", Unresolved.UNKNOWN),
        ("lemon (from Amalfi)", Unresolved.UNKNOWN),
        ("ground nuts", Unresolved.UNKNOWN),  # groundnuts are peanuts
        ("sweet or dry cider", Unresolved.UNKNOWN),  # sweet is no candy
        ("milk-free", Unresolved.UNKNOWN),
        ("no milk", Unresolved.UNKNOWN),
        ("klim", Unresolved.UNKNOWN),
        ("\u202eklim", Unresolved.UNKNOWN),  # looks like milk, is not
        ("mіlk", Unresolved.UNKNOWN),  # a Cyrillic i
        ("fresh", Unresolved.UNKNOWN),
        ("", Unresolved.UNKNOWN),
        ("!!!", Unresolved.UNKNOWN),
        ("milk, " * 200, Unresolved.UNKNOWN),
        ("a" * 100_000, Unresolved.UNKNOWN),
        ("(" * 50_000, Unresolved.UNKNOWN),
        ("milk and " * 20_000, Unresolved.UNKNOWN),
    ],
)
def test_anything_else_is_not_guessed(names: Recogniser, text: str, problem: Unresolved) -> None:
    resolution = names.resolve(text)
    assert resolution.problem is problem
    assert resolution.ingredients == ()


def test_a_text_that_was_only_named_before_is_read_again(names: Recogniser) -> None:
    assert names.resolve("lemon or apricot").ingredients == ("lemon", "apricot")
    assert names.resolve("lemon or lime").ingredients == ("lemon-or-lime",)


def test_suggestions_are_for_people_only(names: Recogniser) -> None:
    resolution = names.resolve("lemon juce", suggestions=5)
    assert not resolution.resolved and not resolution.ingredients
    assert resolution.suggestions[0].ingredient == "lemon-juice"
    assert 1 <= len(resolution.suggestions) <= 5
    assert resolution.suggestions[0].score >= resolution.suggestions[-1].score
    assert names.resolve("lemon", suggestions=5).suggestions == ()
    assert names.resolve("lemon juce").suggestions == ()


# What has a known word in it and is something else: none of them may be taken for the second.
NEAR_MISSES = [
    ("eggplant", "egg"),
    ("egg fruit", "egg"),
    ("eggnog", "egg"),
    ("nut", "nutmeg"),
    ("nutmeg", "tree-nut"),
    ("coconut", "tree-nut"),
    ("doughnut", "tree-nut"),
    ("donut", "tree-nut"),
    ("butternut", "butter"),
    ("butternut squash", "butter"),
    ("butter bean", "butter"),
    ("buttercup", "butter"),
    ("peanut butter", "butter"),
    ("almond butter", "butter"),
    ("cocoa butter", "butter"),
    ("coconut milk", "whole-milk"),
    ("coconut milk", "cow-milk"),
    ("almond milk", "whole-milk"),
    ("milk thistle", "whole-milk"),
    ("milk thistle", "cow-milk"),
    ("milk chocolate", "whole-milk"),
    ("hot chocolate", "chocolate"),
    ("soya-free", "soybean"),
    ("soy free milk", "soy-milk"),
    ("gluten-free beer", "beer"),
    ("alcohol free beer", "beer"),
    ("beer, gluten free", "beer"),
    ("alcohol free gin", "gin"),
    ("non alcoholic gin", "gin"),
    ("vegan cream", "cream"),
    ("oat cream", "cream"),
    ("coconut cream", "cream"),
    ("cream of coconut", "cream"),
    ("cream of tartar", "cream"),
    ("dairy free cream", "cream"),
    ("cream soda", "cream"),
    ("ice cream", "cream"),
    ("cream, lactose free", "cream"),
    ("almond extract", "almond"),
    ("dried apricot", "apricot"),
    ("dried apricots", "apricot"),
    ("raisins", "grape"),
    ("buckwheat", "wheat-grain"),
    ("wheatgrass", "wheat-grain"),
    ("barley grass", "barley-grain"),
    ("malt vinegar", "vinegar"),
    ("clam juice", "juice"),
    ("celery salt", "salt"),
    ("fish sauce", "soy-sauce"),
    ("ground nuts", "tree-nut"),
    ("tiger nut", "tree-nut"),
    ("nut free chocolate", "chocolate"),
    ("sugar free syrup", "simple-syrup"),
    ("milk (lactose free)", "whole-milk"),
    ("egg white", "whole-egg"),
    ("egg replacer", "whole-egg"),
    ("lemon grass", "lemon"),
    ("ginger beer", "beer"),
    ("root beer", "beer"),
    ("sesame free tahini", "tahini"),
    ("mustard greens", "mustard"),
    ("wine gum", "wine"),
    ("wine vinegar", "wine"),
    ("sake bomb", "sake"),
    ("vegan egg", "whole-egg"),
    ("vegan", "vegan-ice-cream"),
    ("fish free worcestershire sauce", "worcestershire-sauce"),
]


@pytest.mark.parametrize(("text", "other"), NEAR_MISSES)
def test_a_near_miss_is_no_match(bundled: Recogniser, text: str, other: str) -> None:
    assert other not in bundled.resolve(text, suggestions=5).ingredients


def test_every_known_ingredient_is_found_by_its_name(
    bundled: Recogniser, known: list[dict[str, str]]
) -> None:
    lost = [
        row["name"]
        for row in known
        if row["id"] not in bundled.groups
        and bundled.resolve(f"2 oz {row['name'].upper()}").ingredients != (row["id"],)
        and bundled.resolve(row["name"]).ingredients != (row["id"],)
    ]
    assert lost == []


@given(text=st.text())
def test_no_text_raises(bundled: Recogniser, text: str) -> None:
    resolution = bundled.resolve(text, suggestions=2)
    assert resolution.resolved == bool(resolution.ingredients)
    assert not (resolution.resolved and resolution.suggestions)


@given(data=st.data())
def test_a_choice_with_something_unknown_is_unknown(
    bundled: Recogniser, data: st.DataObject
) -> None:
    known = ("gin", "milk", "lemon juice", "2 oz egg white", "honey")
    parts = [*data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=4)), "xyzzy"]
    joint = data.draw(st.sampled_from([" or ", ", ", " and ", "/", " and/or "]))
    assert not bundled.resolve(joint.join(data.draw(st.permutations(parts)))).resolved
