"""What people call their allergies, in five languages, means allergens of the law."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from graph.connection import Row
from graph.recognition.allergy_names import allergens_named
from graph.recognition.names import Names
from graph.recognition.recogniser import Recogniser
from recommend.safety.masks import reachable


def rows(*place: str) -> list[dict[str, str]]:
    path = resources.files("graph").joinpath("knowledge", *place)
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def law() -> Names:
    names = Names()
    for row in rows("law", "allergens.csv"):
        names.add(row["id"], row["name"])
    return names


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(("sulfites", {"sulphites"}), ("SULPHITES", {"sulphites"}), ("soya", {"soy"})),
        *(("dairy", {"milk"}), ("lactose", {"milk"}), ("Ei", {"egg"}), ("milk", {"milk"})),
        *(("nuts", {"tree-nuts", "peanut"}), ("Nüsse", {"tree-nuts", "peanut"})),
        *(("Nuesse", {"tree-nuts", "peanut"}), ("fruits à coque", {"tree-nuts"})),
        *(("huevos", {"egg"}), ("lattosio", {"milk"}), ("céleri", {"celery"})),
        *(("seafood", {"shellfish", "fish"}), ("malt", {"gluten"}), ("milk allergy", {"milk"})),
        *(("allergic to soya", {"soy"}), ("Laktoseintoleranz", {"milk"})),
        *(("not allergic to milk", set()), ("no milk", set()), ("beer", set()), ("", set())),
        *(("pollen", set()), ("milk and egg", set())),
    ],
)
def test_a_name_of_an_allergy_means_allergens(law: Names, text: str, meant: set[str]) -> None:
    assert set(allergens_named(text, law)) == meant


def test_every_name_means_allergens_of_the_law_and_has_a_source(law: Names) -> None:
    for row in rows("labels", "allergy_names.csv"):
        assert row["source"]
        assert set(row["allergens"].split("|")) <= {*allergens_named(row["name"], law)}


def test_an_allergen_that_is_not_in_the_graph_leaves_the_name_unknown() -> None:
    few = Names()
    few.add("tree-nuts", "Tree nuts")
    assert allergens_named("nuts", few) == ()


@pytest.mark.parametrize(
    ("text", "ingredient"),
    [
        *(("Milch", "cow-milk"), ("2 cl Sahne", "cream"), ("Wodka", "vodka"), ("lait", "cow-milk")),
        *(("leche", "cow-milk"), ("azúcar", "sugar"), ("zucchero", "sugar")),
    ],
)
def test_words_of_the_labels_languages_name_ingredients(
    bundled: Recogniser, text: str, ingredient: str
) -> None:
    assert bundled.resolve(text).ingredients == (ingredient,)


@pytest.mark.parametrize(
    ("text", "avoided"),
    [
        *(("Ei", "egg-product"), ("egg", "egg-product"), ("œufs", "egg-product")),
        *(("huevos", "egg-product"), ("Eiweiß", "egg-white"), ("egg white", "egg-white")),
        *(("Milch", "milk"), ("lait", "milk"), ("latte", "milk"), ("Kuhmilch", "cow-milk")),
        *(("Wodka", "vodka"), ("Mandeln", "almond"), ("egg-product", "egg-product")),
        *(("wine", "wine"), ("vin blanc", "white-wine"), ("Wodka-Mix", None), ("2 cl Wodka", None)),
    ],
)
def test_a_word_names_what_somebody_avoids(
    bundled: Recogniser, text: str, avoided: str | None
) -> None:
    assert bundled.avoided(text) == avoided


def test_who_avoids_a_word_avoids_no_less_than_a_recipe_means_by_it(
    bundled: Recogniser, known: list[Row]
) -> None:
    parents = {
        str(row["id"]): tuple(part for part in f"{row['is_a']}|{row['made_of']}".split("|") if part)
        for row in known
    }
    for row in rows("labels", "avoided_words.csv"):
        assert bundled.avoided(row["word"]) == row["ingredient"]
        for meant in bundled.resolve(row["word"]).ingredients:
            assert row["ingredient"] in reachable(meant, parents), row["word"]
