"""Additives by name, plain foods and remarks are understood, and hide no allergen."""

from __future__ import annotations

import pytest

from graph.recognition.labels.reader import read_label
from graph.recognition.labels.remarks import Remarks
from graph.recognition.labels.vocabulary import languages, rows_of, vocabulary
from graph.recognition.recogniser import Recogniser
from tests.unit.knowledge.bundle import rows

FACTS = [
    *((row["language"], row["name"]) for row in rows_of("additive_names")),
    *((row["language"], row["name"]) for row in rows_of("plain_foods")),
    *((row["language"], row["phrase"]) for row in rows_of("label_remarks")),
]


def test_what_is_understood_says_nothing_of_an_allergen() -> None:
    assert [text for _, text in FACTS if read_label(text, Recogniser()).findings] == []
    assert {language for language, _ in FACTS} <= set(languages())


def test_an_additive_by_name_is_one_of_the_list_and_has_no_allergen() -> None:
    additives = vocabulary(None).additives
    for row in rows_of("additive_names"):
        assert [additive.status for additive in additives[row["number"]]] == [None], row
        assert row["source"]


def test_what_the_graph_knows_by_these_names_has_no_allergen(bundled: Recogniser) -> None:
    allergic = {
        row["subject"]
        for row in rows("ingredients/allergen_evidence")
        if row["subject_type"] == "ingredient" and row["status"] != "absent"
    }
    lost = [
        (text, ingredient)
        for _, text in FACTS
        for ingredient in bundled.resolve(text).ingredients
        if ingredient in allergic
    ]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "Water, citric acid",
        "Water, acidity regulator: citric acid, antioxidant (ascorbic acid).",
        "Water, acids (citric acid, malic acid), sweetener: sucralose",
        "Water, sugar, acid citric acid and gum arabic",
        "Water, no artificial colours",
        "Water. No artificial colours, flavours or preservatives.",
        "Water, sugar. Suitable for vegans. Shake well.",
        "Wasser, Zucker, Säuerungsmittel Citronensäure, Rapsöl. Kühl und trocken lagern.",
        "Wasser, Zucker, ohne künstliche Aromen",
        "eau, sucre, acide citrique, ail, huile de colza, sans colorants ni conservateurs",
        "agua, azúcar, ácido cítrico, maíz, sin conservantes. Agitar antes de usar",
        "acqua, zucchero, acido citrico, aglio, senza coloranti. Agitare prima dell'uso",
    ],
)
def test_a_label_with_additives_and_remarks_is_complete(bundled: Recogniser, text: str) -> None:
    label = read_label(text, bundled)
    assert (label.findings, label.unread, label.complete) == ((), (), True)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("Water, natural flavouring", "natural flavouring"),
        ("Water, no artificial colours, flavourings, sugar", "flavourings"),
        ("Water, no colours and flavourings", "colours and flavourings"),
        ("Water, citric acid esters of fatty acids", "citric acid esters of fatty acids"),
        ("Water, citric acid xyzzy", "citric acid xyzzy"),
        ("Water, vegan xyzzy", "vegan xyzzy"),
        ("Water, shake well: no", "shake well"),
        ("Water, arôme", "arôme"),
    ],
)
def test_what_may_hold_more_stays_unread(bundled: Recogniser, text: str, unread: str) -> None:
    label = read_label(text, bundled)
    assert unread in label.unread
    assert not label.complete


@pytest.mark.parametrize(
    ("text", "allergen"),
    [
        ("Water, lecithin (E322)", "soy"),
        ("Water, sodium caseinate", "milk"),
        ("Water, lysozyme", "egg"),
        ("Water, preservative: sodium metabisulphite", "sulphites"),
        ("Water, modified starch", "wheat"),
        ("Water, citric acid, milk", "milk"),
        ("Water, no colours or milk", "milk"),
        ("Water, no flavourings, milk", "milk"),
        ("vegan, milk", "milk"),
    ],
)
def test_what_is_understood_takes_no_allergen_away(text: str, allergen: str) -> None:
    label = read_label(text, Recogniser())
    assert allergen in {*label.contains, *label.may_contain}


def test_a_claim_about_more_than_one_thing_reaches_as_far_as_its_or() -> None:
    label = read_label("No colours, flavours or preservatives", Recogniser())
    assert [claim.text for claim in label.claims] == ["No colours, flavours or preservatives"]
    assert Remarks.of("en").left_out(["sugar", "cane"], "en") == 1
