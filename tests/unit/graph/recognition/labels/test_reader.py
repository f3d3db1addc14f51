from __future__ import annotations

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import LabelRefused
from graph.recognition.labels.label import LONGEST, Label
from graph.recognition.labels.reader import read_label
from graph.recognition.labels.vocabulary import languages, vocabulary
from graph.recognition.recogniser import Recogniser


def read(text: str, language: str | None = None) -> tuple[set[str], set[str]]:
    label = read_label(text, Recogniser(), language)
    return set(label.contains), set(label.may_contain)


@pytest.mark.parametrize(
    ("text", "contains", "may_contain"),
    [
        # what is in the list, and what is emphasised
        ("Milk, sugar, may contain traces of nuts", {"milk"}, {"tree-nuts"}),
        ("water, SOY lecithin, **wheat** flour", {"soy", "wheat"}, set()),
        ("sugar, <b>MILK</b>powder, <strong>egg</strong>s", {"milk", "egg"}, set()),
        ("Zucker, **Milch**pulver, _Weizen_mehl", {"milk", "wheat"}, set()),
        ("WEIZENMEHL, VOLLMILCHPULVER, HÜHNEREI", {"wheat", "milk", "egg"}, set()),
        ("Weizen-\nmehl, Milch-\npulver", {"wheat", "milk"}, {"gluten"}),
        ("Nuesse, Kaese, Huehnerei", {"tree-nuts", "milk", "egg"}, set()),
        ("lactosérum, œufs, fève de soja, blé", {"milk", "egg", "soy", "wheat"}, set()),
        ("LACTOSERUM, OEUFS, BLE, CELERI", {"milk", "egg", "wheat", "celery"}, set()),
        ("leche, huevos, cacahuetes, altramuces", {"milk", "egg", "peanut", "lupin"}, set()),
        ("latte, uova, frutta a guscio, sedano", {"milk", "egg", "tree-nuts", "celery"}, set()),
        ("ｍｉｌｋ, eg\u200bgs, s\u00adoy", {"milk", "egg", "soy"}, set()),
        ("milk (skimmed, 3.5 %), [egg (white)]", {"milk", "egg"}, set()),
        # additives
        ("colour E150d, preservative E220", {"sulphites"}, set()),
        ("emulsifier E 322, E-1105", {"egg"}, {"soy"}),
        ("soy lecithin (E322)", {"soy"}, {"egg"}),
        ("sunflower lecithin, E330, E440", set(), set()),
        # traces
        ("sugar. May contain: milk, eggs and nuts.", set(), {"milk", "egg", "tree-nuts"}),
        ("Kann Spuren von Nüssen, Milch und Soja enthalten.", set(), {"tree-nuts", "milk", "soy"}),
        ("Kann Nüsse enthalten. Milch", {"milk"}, {"tree-nuts"}),
        ("Kann enthalten: Sesam, Senf.", set(), {"sesame", "mustard"}),
        ("Peut contenir des traces d’œufs et de lait", set(), {"egg", "milk"}),
        ("Traces éventuelles de fruits à coque", set(), {"tree-nuts"}),
        ("Puede contener trazas de leche", set(), {"milk"}),
        ("Può contenere tracce di sesamo", set(), {"sesame"}),
        ("Made in a facility that also processes peanuts.", set(), {"peanut"}),
        ("Produced on a line which handles fish and milk", set(), {"fish", "milk"}),
        ("In einem Betrieb hergestellt, in dem auch Sellerie verarbeitet wird", set(), {"celery"}),
        ("Fabriqué dans un atelier qui utilise du sésame", set(), {"sesame"}),
        ("Elaborado en una fábrica que procesa soja", set(), {"soy"}),
        ("Prodotto in uno stabilimento che utilizza uova", set(), {"egg"}),
        ("sugar (may contain nuts), milk", {"milk"}, {"tree-nuts"}),
        # where traces end
        ("May contain nuts. Contains milk.", {"milk"}, {"tree-nuts"}),
        ("may contain nuts, contains milk", {"milk"}, {"tree-nuts"}),
        ("May contain nuts\nIngredients: milk", {"milk"}, {"tree-nuts"}),
        ("May contain nuts\nmilk, sugar", {"milk"}, {"tree-nuts"}),
        ("May contain\nnuts,\nmilk", set(), {"tree-nuts", "milk"}),
        ("milk made in a facility that packs eggs", {"milk"}, {"egg"}),
        ("butter (may contain nuts, milk, eggs", {"milk", "egg", "tree-nuts"}, set()),
        ("nuts, may contain nuts", {"tree-nuts"}, set()),
        # claims are kept apart
        ("free from milk", set(), set()),
        ("milk-free, glutenfrei, sans soja, sin huevo, senza uova, ohne Nüsse", set(), set()),
        ("Free from milk or eggs. Contains nuts", {"tree-nuts"}, set()),
        ("Free from: gluten, milk, eggs.", set(), set()),
        ("ohne Zusatz von Milch", set(), set()),
        # a claim says nothing about what follows it
        ("gluten free oats, milk", {"oats", "milk"}, set()),
        ("without sugar, milk", {"milk"}, set()),
        ("sans sucre, lait", {"milk"}, set()),
        ("free from gluten and milk", {"milk"}, set()),
        ("free from everything but milk", {"milk"}, set()),
        ("dairy free, milk", {"milk"}, set()),
        ("milk free range eggs", {"egg", "milk"}, set()),
        # a claim that is denied, or that another language would make of it
        ("not free from milk", {"milk"}, set()),
        ("nicht laktosefrei", {"milk"}, set()),
        ("cannot guarantee that it is free from nuts", set(), {"tree-nuts"}),
        ("no leite", {"milk"}, set()),
        ("No. 1 milk", {"milk"}, set()),
        # false friends
        ("coconut milk, coconut cream", {"coconut"}, set()),
        ("Kokosmilch, lait de coco, leche de coco, latte di cocco", {"coconut"}, set()),
        ("Milchsäure, lactic acid, acide lactique, ácido láctico", set(), set()),
        ("cocoa butter, Kakaobutter, beurre de cacao, burro di cacao", set(), set()),
        ("crème de noyaux, creme de violette", set(), {"almond"}),
        ("buckwheat, Buchweizenmehl, sarrasin, grano saraceno", set(), set()),
        ("nutmeg, Muskatnuss, noix de muscade, noce moscata", set(), set()),
        ("eggplant, butternut squash, cream of tartar, milk thistle", set(), set()),
        ("peanut butter, Erdnussbutter", {"peanut"}, set()),
        ("Sojamilch, almond milk, oat milk", {"soy", "almond", "oats"}, set()),
        ("coconut\nmilk", {"coconut", "milk"}, set()),
        ("coconut, milk", {"coconut", "milk"}, set()),
        ("water, sugar, Eis, Eisen, doughy, minute, nutrition", set(), set()),
    ],
)
def test_allergens_are_read(text: str, contains: set[str], may_contain: set[str]) -> None:
    assert read(text) == (contains, may_contain)


def test_only_the_language_that_is_named_takes_anything_away() -> None:
    assert read("ohne Milch", "de") == (set(), set())
    assert read("ohne Milch", "fr") == ({"milk"}, set())
    assert read("kann Milch enthalten", "de") == (set(), {"milk"})
    assert read("kann Milch enthalten", "it") == ({"milk"}, set())
    assert read("lait de coco", "fr") == ({"coconut"}, set())
    assert read("lait de coco", "en") == ({"coconut", "milk"}, set())
    assert read("Sellerie, LAIT", "en") == ({"celery", "milk"}, set())


def test_claims_are_kept_with_their_words() -> None:
    label = read_label("Glutenfrei, ohne Zucker. Free from milk or eggs", Recogniser())
    assert [(claim.allergen, claim.text) for claim in label.claims] == [
        ("gluten", "Glutenfrei"),
        (None, "ohne Zucker"),
        ("milk", "Free from milk"),
        ("egg", "Free from milk or eggs"),
    ]


def test_a_finding_names_its_place() -> None:
    text = "Zucker, **MILCH**pulver, sugar"
    finding = read_label(text, Recogniser()).findings[0]
    assert text[finding.start : finding.end] == finding.text == "MILCH**pulver"
    assert finding.emphasised
    assert finding.source


def items(label: Label) -> list[tuple[str, int, int | None, float | None, tuple[str, ...]]]:
    return [
        (
            ingredient.text,
            ingredient.level,
            ingredient.within,
            ingredient.percent,
            ingredient.resolution.ingredients if ingredient.resolution else ingredient.additives,
        )
        for ingredient in label.ingredients
    ]


def test_the_list_is_read_with_its_brackets_percentages_and_additives(bundled: Recogniser) -> None:
    label = read_label(
        "Ingredients: 12% whole milk, sugar (30 %), chocolate [cocoa powder, emulsifier: "
        "lecithins (E322, E 476)]. Contains milk. May contain nuts.",
        bundled,
    )
    listed = items(label)
    assert listed[0] == ("12% whole milk", 0, None, 12.0, ("whole-milk",))
    assert listed[1] == ("sugar", 0, None, 30.0, ("sugar",))
    assert [(text, level, within) for text, level, within, *_ in listed[2:]] == [
        ("chocolate", 0, None),
        ("cocoa powder", 1, 2),
        ("lecithins", 1, 2),
        ("E322", 2, 4),
        ("E 476", 2, 4),
    ]
    assert [ingredient.additives for ingredient in label.ingredients[5:]] == [("322",), ("476",)]
    assert label.unread == ()
    assert label.complete


@pytest.mark.parametrize(
    "text",
    [
        "",
        "free from milk",
        "Contains milk.",  # no list
        "milk, sugar, xyzzy",
        "milk, (sugar",
        "milk), sugar",
        "milk, **sugar**",  # emphasised as only allergens are
        "milk, E99999",
        "mіlk, sugar",  # a Cyrillic letter
        "milk, " + "a" * 500,
        "milk, 牛乳",
    ],
)
def test_what_is_not_understood_makes_it_incomplete(bundled: Recogniser, text: str) -> None:
    assert read_label("milk, sugar", bundled).complete
    assert not read_label(text, bundled).complete


def test_what_is_not_understood_is_said(bundled: Recogniser) -> None:
    label = read_label("milk, grandma's secret, **sugar**, E99999", bundled)
    assert label.unread == ("grandma's secret", "E99999", "sugar")


def test_a_label_that_is_too_long_is_refused(bundled: Recogniser) -> None:
    assert read_label(("milk, " * LONGEST)[:LONGEST], bundled).contains == ("milk",)
    with pytest.raises(
        LabelRefused, match=r"10,001 characters; at most 10,000.*Send only"
    ) as refused:
        read_label("x" * (LONGEST + 1), bundled)
    assert refused.value.argument == "text"


def test_an_unknown_language_is_refused_with_those_that_are_known(bundled: Recogniser) -> None:
    with pytest.raises(
        LabelRefused, match=r"'xx' is not a language.*de, en, es, fr, it"
    ) as refused:
        read_label("milk", bundled, "xx")
    assert refused.value.argument == "language"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part",
    [
        *("(", ")", "*a", "_a_", "<b>", "<b ", "a,", "may contain ", "kann ", "free from ", "no "),
        *("**", "milk and ", "e", "E322", "1.", "%", "\u202e", "a\u0301", "\n", "&", "milch "),
        *("facility ", "kann milch ", "(milk"),
    ],
)
def test_a_hostile_label_is_read(bundled: Recogniser, part: str) -> None:
    text = (part * LONGEST)[:LONGEST]
    assert read_label(text, bundled).contains == read_label(part, bundled).contains


def rows(name: str) -> list[dict[str, str]]:
    path = resources.files("graph").joinpath("knowledge", "labels", f"{name}.csv")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


WORDS = rows("allergen_words")
ALLERGENS = {
    row["id"]
    for row in csv.DictReader(
        resources.files("graph")
        .joinpath("knowledge", "law", "allergens.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
}
SAYING = [row for row in WORDS if row["status"] != "none"]


def test_every_word_is_about_an_allergen_of_the_law_and_has_a_source() -> None:
    assert {row["allergen"] for row in SAYING} <= ALLERGENS
    assert {row["allergen"] for row in rows("additives")} <= ALLERGENS | {""}
    assert not any(row["allergen"] for row in WORDS if row["status"] == "none")
    assert {row["status"] for row in WORDS} == {"contains", "may_contain", "none"}
    assert {row["match"] for row in WORDS} == {"word", "start", "part"}
    assert all(row["source"] for row in (*WORDS, *rows("additives")))
    assert {row["language"] for row in WORDS} == set(languages())


def test_every_language_has_words_for_every_allergen_of_the_eu() -> None:
    wanted = ALLERGENS - {"shellfish", "coconut", "chestnut", "pine-nut"}
    for language in ("en", "de", "fr", "es", "it"):
        assert wanted <= {row["allergen"] for row in SAYING if row["language"] == language}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt"])
def test_every_word_is_found_alone_whatever_the_language(language: str) -> None:
    lost = [
        (row["word"], row["allergen"], said)
        for row in SAYING
        if row["language"] == language
        for said in (None, language)
        if row["allergen"]
        not in {
            finding.allergen for finding in read_label(row["word"], Recogniser(), said).findings
        }
    ]
    assert lost == []


def test_no_word_of_a_sentence_is_a_word_of_an_allergen() -> None:
    words = vocabulary(None)
    clashing = [
        row["phrase"]
        for row in rows("label_phrases")
        if "…" not in row["phrase"] and words.allergens(row["phrase"].lower().split())
    ]
    assert clashing == []


def test_a_word_of_an_ingredient_means_one_that_is_known(bundled: Recogniser) -> None:
    assert {row["ingredient"] for row in rows("ingredient_words")} <= {
        thing.identifier for _, thing in bundled.described.spellings()
    }


NOISE = st.text(max_size=30)


@given(row=st.sampled_from(SAYING), before=NOISE, after=NOISE, capital=st.booleans())
def test_no_word_of_an_allergen_is_lost(
    row: dict[str, str], before: str, after: str, capital: bool
) -> None:
    word = row["word"].upper() if capital else row["word"]
    label = read_label(f"{before}, {word}, {after}", Recogniser())
    said = {finding.allergen for finding in label.findings} | {
        claim.allergen for claim in label.claims
    }
    assert row["allergen"] in said


@given(text=st.text(max_size=300), language=st.sampled_from([None, "en", "de", "fr", "es", "it"]))
def test_no_label_raises(text: str, language: str | None) -> None:
    label = read_label(text, Recogniser(), language)
    for finding in label.findings:
        assert text[finding.start : finding.end] == finding.text
    for place, item in enumerate(label.ingredients):
        assert item.within is None or item.within < place


@given(
    words=st.lists(
        st.sampled_from(["milk", "egg", "may contain", "free from", "(", ")", "nuts"])
        | st.sampled_from([",", ".", "\n", ":", "no", "contains", "without", "or", "free", "not"])
    )
)
def test_an_allergen_is_contained_possible_or_claimed_absent(words: list[str]) -> None:
    label = read_label(" ".join(words), Recogniser())
    said = {finding.allergen for finding in label.findings} | {
        claim.allergen for claim in label.claims
    }
    named = {"milk": "milk", "egg": "egg", "nuts": "tree-nuts"}
    assert {named[word] for word in words if word in named} <= said
