from __future__ import annotations

import unicodedata

import pytest
from rapidfuzz.distance import OSA

from graph.catalogue.popularity import Popularity
from recommend.safety.masks import Masks
from recommend.state.catalogue_view import CatalogueView
from recommend.state.filters import DrinkFilter, Filters
from recommend.state.name_search import Level, Search
from recommend.state.snapshot import Snapshot
from recommend.state.word_index import WordIndex
from tests.unit.recommend.catalogues import catalogue, drink, group

BAR = catalogue(
    drink("Piña Colada", kind="cocktail", styles=("tiki",)),
    drink("Gin & Tonic", kind="cocktail", styles=("highball",)),
    drink("Pink Gin", kind="cocktail"),
    drink("Ginger Ale", kind="soda"),
    drink("Virgin Mary", kind="mocktail"),
    drink("Flat White", kind="coffee"),
    drink("Crème Brûlée Latte", kind="coffee"),
    drink("Cappuccino", kind="coffee"),
    drink("K.G.B.", kind="cocktail"),
    drink("Chocolate Cola", kind="soda"),
    drink("Cola", kind="soda"),
    drink("Hefeweizen", kind="beer"),
    drink("Whisky Sour", kind="cocktail", styles=("sour",)),
    drink("Jägermeister", kind="liqueur"),
    drink("French 75", kind="cocktail"),
    drink("抹茶ラテ", kind="tea"),
    drink("The Last Word", kind="cocktail"),
    styles=(group("sour"), group("tiki"), group("highball")),
)
SEARCH = Search(BAR)


def drinks_named(text: str) -> list[str]:
    """Return the drinks that a text finds, in the order of a list."""
    snapshot = Snapshot.of(BAR, None, Popularity())
    levels, places = snapshot.view.levels(text), snapshot.view.places(text)
    rows = sorted(range(len(BAR.drinks)), key=lambda row: places[row])
    return [BAR.drinks[row].name for row in rows if levels[row]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pina colada", "Piña Colada"),
        (unicodedata.normalize("NFD", "Piña Colada"), "Piña Colada"),
        ("PIÑA-COLADA", "Piña Colada"),
        ("pinacolada", "Piña Colada"),
        ("pina coladas", "Piña Colada"),
        ("creme", "Crème Brûlée Latte"),
        ("brulee creme", "Crème Brûlée Latte"),
        ("flat-white", "Flat White"),
        ("flatwhite", "Flat White"),
        ("kgb", "K.G.B."),
        ("k g b", "K.G.B."),
        ("gin and tonic", "Gin & Tonic"),
        ("gin tonic", "Gin & Tonic"),
        ("G&T", "Gin & Tonic"),
        ("g+t", "Gin & Tonic"),
        ("capuchino", "Cappuccino"),
        ("cappucino", "Cappuccino"),
        ("cappuc", "Cappuccino"),
        ("wheat beer", "Hefeweizen"),
        ("whiskey sour", "Whisky Sour"),
        ("wihsky suor", "Whisky Sour"),
        ("jaegermeister", "Jägermeister"),
        ("jagermeister", "Jägermeister"),
        ("抹茶", "抹茶ラテ"),
        ("last word", "The Last Word"),
        ("pinacolda", "Piña Colada"),
    ],
)
def test_a_drink_is_found_however_its_name_is_spelled(text: str, name: str) -> None:
    assert drinks_named(text) == [name]


@pytest.mark.parametrize(
    "text", ["???", "\ud800", "🍺", "xyzzy", "fr", "gun", "french 76", "cola flat", "zz", "-"]
)
def test_what_names_nothing_finds_nothing(text: str) -> None:
    expected = {"fr": ["French 75"], "gun": ["Gin & Tonic", "Pink Gin"]}
    assert drinks_named(text) == expected.get(text, [])


def test_the_better_a_name_fits_the_sooner_it_comes() -> None:
    assert drinks_named("cola") == ["Cola", "Chocolate Cola", "Piña Colada"]
    assert drinks_named("gin") == ["Gin & Tonic", "Ginger Ale", "Pink Gin", "Virgin Mary"]
    assert drinks_named("sour") == ["Whisky Sour"]
    assert [Level(level).name for level in sorted(set(SEARCH.levels("gin").tolist()))] == [
        *("NOTHING", "PART", "WORD", "BEGINNING_OF_NAME"),
    ]


def test_kinds_and_styles_are_found_below_names() -> None:
    assert drinks_named("coffee") == ["Cappuccino", "Crème Brûlée Latte", "Flat White"]
    assert drinks_named("tiki") == ["Piña Colada"]
    assert drinks_named("gin cocktails") == ["Gin & Tonic", "Pink Gin"]


def test_typing_errors_are_looked_for_only_where_nothing_is_called_so() -> None:
    assert drinks_named("cola") and "Cocoa" not in drinks_named("cola")
    assert set(SEARCH.levels("colla").tolist()) == {Level.NOTHING, Level.ONE_ERROR}


def test_an_index_is_used_again_until_a_name_changes() -> None:
    more = catalogue(*BAR.drinks, drink("Mai Tai"))
    assert SEARCH.renewed(BAR) is SEARCH
    assert SEARCH.renewed(more) is None
    newer = CatalogueView.of(more, CatalogueView.of(BAR))
    assert newer.levels("maitai").tolist()[-1] == Level.NAME


def test_text_without_a_word_is_no_condition_only_if_it_is_blank() -> None:
    filters = Filters(BAR, Masks(BAR))
    assert filters.matching(DrinkFilter(search="  ")).all()
    assert not filters.matching(DrinkFilter(search="!")).any()


@pytest.mark.parametrize("kind", ["Cocktail", "cocktails", "COCKTAIL "])
def test_kinds_are_one_however_they_are_spelled(kind: str) -> None:
    filters = Filters(BAR, Masks(BAR))
    exact = filters.matching(DrinkFilter(kinds=("cocktail",)))
    assert filters.matching(DrinkFilter(kinds=(kind,))).tolist() == exact.tolist()
    assert exact.sum() == 7


def test_words_are_found_in_any_way_by_one_walk() -> None:
    index = WordIndex({"gin": [0, 1], "ginger": [2], "virgin": [3], "tonic": [0]})
    assert index.exactly("gin").tolist() == [0, 1]
    assert index.beginning("gin").tolist() == [0, 1, 2]
    assert sorted(index.holding("gin").tolist()) == [0, 1, 2, 3]
    assert [rows.tolist() for rows in index.alike("tonci", 1)] == [[0]]
    assert [rows.tolist() for rows in index.alike("gun", 2)] == [[0, 1], []]


@pytest.mark.parametrize("word", ["cola", "tonic", "daiquiri", "gin"])
def test_typing_errors_are_found_among_numbers_as_one_by_one(word: str) -> None:
    names = ["cola", "cola2", "col", "tonci", "tonic", "dacquiri", "123", "12345678", "g1n", "gi"]
    index = WordIndex({name: [row] for row, name in enumerate(names)})
    for most in (1, 2):
        expected = [
            [row for row, name in enumerate(names) if OSA.distance(word, name) == errors]
            for errors in range(1, most + 1)
        ]
        assert [sorted(rows.tolist()) for rows in index.alike(word, most)] == expected


def test_a_number_is_found_by_a_part_of_it() -> None:
    index = WordIndex({"54321": [0], "7up": [1], "cola": [2], "up": [3]})
    assert index.holding("432").tolist() == [0]
    assert sorted(index.holding("up").tolist()) == [1, 3]
    assert index.holding("7").tolist() == [1]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert Search(catalogue()).levels("gin").tolist() == []
    index = WordIndex({})
    for rows in (
        index.exactly("a"),
        index.beginning("a"),
        index.holding("a"),
        *index.alike("a", 2),
    ):
        assert rows.tolist() == []
