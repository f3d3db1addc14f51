"""A no on a label is believed only where it is certain; whatever is in doubt still warns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.recognition.labels.answers import related
from graph.recognition.labels.label import LONGEST
from graph.recognition.labels.reader import read_label
from graph.recognition.labels.tokens import tokens_of
from graph.recognition.labels.vocabulary import languages, rows_of, vocabulary
from graph.recognition.recogniser import Recogniser


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        # an answer
        *(("Milk - No", "milk"), ("Milk: no", "milk"), ("MILK – NO.", "milk")),
        *(("Eggs: none", "egg"), ("Milk : absent", "milk"), ("Soya\tno", "soy")),
        *(("Lait : non", "milk"), ("Œufs : aucun", "egg"), ("Milch: nein", "milk")),
        *(("Eier: keine", "egg"), ("Nüsse – nicht enthalten", "tree-nuts"), ("Leche: no", "milk")),
        *(("Latte: no", "milk"), ("Uova: assenti", "egg"), ("Melk: nee", "milk")),
        *(("Leite: não", "milk"), ("Cereals containing gluten: no", "gluten")),
        # whom it is suitable for
        ("suitable for people with milk allergy", "milk"),
        ("This product is suitable for people with a milk allergy.", "milk"),
        ("Suitable for peanut allergy sufferers", "peanut"),
        ("suitable for people with milk allergy. Store in a cool place.", "milk"),
        ("geeignet für Milchallergiker", "milk"),
        ("Für Erdnussallergiker geeignet.", "peanut"),
        ("geeignet für Personen mit Sojaallergie", "soy"),
        ("Convient aux personnes allergiques au lait", "milk"),
        ("Apto para alérgicos a la leche", "milk"),
        ("Adatto a persone allergiche al latte", "milk"),
        ("Geschikt voor mensen met melkallergie", "milk"),
        ("Adequado para alérgicos ao leite", "milk"),
        # what was a claim before
        *(("milk free", "milk"), ("contains no milk", "milk"), ("dairy-free", "milk")),
        ("Gluten free - no artificial colours", "gluten"),
        ("free from cashew nuts", "cashew"),
        ("sans céréales contenant du gluten", "gluten"),
    ],
)
def test_a_certain_no_is_a_claim_and_no_finding(text: str, claimed: str) -> None:
    label = read_label(text, Recogniser())
    assert label.findings == ()
    assert claimed in [claim.allergen for claim in label.claims]


@pytest.mark.parametrize(
    "text",
    [
        # more is said
        "Milk - No added sugar",
        "Milk - No. 1 brand",
        "Milk - No. One brand",
        "Milk - Now in",
        "Milk - No\nadded sugar",
        "MILK - NO\nSUGAR",
        "Milk no",
        "Milk-no",
        "Milk: no (see below)",
        "Milk: no?",
        "Milk? No",
        "Milk: no | yes",
        "(Milk: no",
        "not suitable for people with milk allergy",
        "suitable for people with milk allergy? No",
        "suitable for people with milk allergy: no",
        "suitable for people with milk allergy | No",
        "suitable for people with milk allergy. No.",
        "suitable for people with milk allergy\nNo",
        "suitable for people with milk allergy\nonly if baked",
        "suitable for people with milk allergy if baked",
        "Not\nsuitable for people with milk allergy",
        "never suitable for people with milk allergy",
        "suitable for people with milk or egg allergy",
        "suitable for people with milk intolerance",
        "nicht geeignet für Milchallergiker",
        "geeignet für Milchallergiker? Nein",
        "ne convient pas aux personnes allergiques au lait",
        "no apto para alérgicos a la leche",
        "non adatto a persone allergiche al latte",
        # what stands before turns it round
        "Free from:\nMilk: no",
        "Free from\nMilk: no",
        "Suitable for:\nMilk: no",
        "Fri for\nMilk: no",
        "Fri for: Milk: no",
        "Does not contain: Milk: no",
        "Allergens not contained\nMilk: no",
        "Without. Milk: no",
        "Safe for people allergic to\nMilk | no",
        "Allergen | Free from\nMilk | no",
        "milk free: no",
        "Milk free | No",
        "milk-free? No",
        "milk free – no",
        "milk free: not certified",
        "free from milk: no",
        "contains no milk? No",
        # a food is no whole allergen, and another language's word no answer
        "Milk powder: no",
        "Milchpulver: nein",
        "Lactose: no",
        "Butter: no",
        "Leite: no",
        "Milch: no",
        "Milk: nein",
        "suitable for people with lactose allergy",
        "without milk chocolate",
        "ohne Milchschokolade",
        "ohne Kuhmilch",
        "sans chocolat au lait",
        "senza latte di vacca",
        "milk chocolate free",
        # something else on the label names it
        "Milk: no. Ingredients: cream",
        "Milk: no\nMay contain milk",
        "Milk: no\nMilk: yes",
        "Contains milk. Suitable for people with milk allergy.",
        "no milk, may contain milk",
        "suitable for people with milk allergy, milk",
    ],
)
def test_an_uncertain_no_still_warns_of_milk(text: str) -> None:
    label = read_label(text, Recogniser())
    assert "milk" in {*label.contains, *label.may_contain}


@pytest.mark.parametrize(
    ("text", "contains", "claimed"),
    [
        ("Milk: yes\nEggs: no\nSoya: no", {"milk"}, {"egg", "soy"}),
        ("Milk: no, Eggs: yes; Soya: no", {"egg"}, {"milk", "soy"}),
        ("| Milk | no |\n| Egg | yes |\n", {"egg"}, {"milk"}),
        ("| Allergen | Contains |\n|---|---|\n| Milk | No |\n| Egg | Yes |", {"egg"}, {"milk"}),
        ("Allergens: milk - no, eggs - yes", {"egg"}, {"milk"}),
        ("Milch\tnein\nEier\tja", {"egg"}, {"milk"}),
        ("Lait : non\nŒufs : oui", {"egg"}, {"milk"}),
        ("Nuts: no\nAlmonds: yes", {"tree-nuts", "almond"}, set()),
        ("Almonds: yes\nHazelnuts: no", {"almond"}, {"hazelnut"}),
        ("Nut - No peanuts", {"tree-nuts"}, {"peanut"}),
    ],
)
def test_a_table_is_read_row_by_row(text: str, contains: set[str], claimed: set[str]) -> None:
    label = read_label(text, Recogniser())
    assert set(label.contains) == contains
    assert {claim.allergen for claim in label.claims} == claimed


def test_a_table_after_a_list_that_is_understood_is_read(bundled: Recogniser) -> None:
    text = "Ingredients: water, sugar, salt.\nMilk: no\nEggs: no"
    label = read_label(text, bundled)
    assert (label.contains, label.complete) == ((), True)
    assert read_label(text.replace("salt", "xyzzy"), bundled).contains == ("egg", "milk")


def test_only_the_language_that_is_named_answers() -> None:
    assert read_label("Milch: nein", Recogniser(), "de").findings == ()
    assert read_label("Milch: nein", Recogniser(), "fr").contains == ("milk",)


def test_an_allergen_is_related_to_its_groups_and_its_parts_alone() -> None:
    assert related("almond") == {"almond", "tree-nuts"}
    assert {"almond", "hazelnut"} < related("tree-nuts")
    assert related("milk") == {"milk"}


def test_every_name_of_a_whole_allergen_is_a_word_of_it_in_its_language() -> None:
    words = vocabulary(None)
    for row in rows_of("whole_allergens"):
        findings = words.allergens([token.text for token in tokens_of(row["name"])]) or []
        assert (row["language"], row["allergen"]) in {
            (finding.language, finding.allergen) for finding in findings
        }
    assert {row["language"] for row in rows_of("label_answers")} == set(languages())


PIECES = st.sampled_from(
    ("milk", "no", "yes", ":", " - ", "|", "\n", ".", "?", ",", "free", "free from", "(", ")")
) | st.sampled_from(
    ("not", "suitable for people with milk allergy", "1", "xyzzy", "sugar", "contains", "none")
)


@given(before=st.lists(PIECES, max_size=5), after=st.lists(PIECES, max_size=5))
def test_what_is_put_around_an_answer_never_loses_the_milk_of_a_list(
    before: list[str], after: list[str]
) -> None:
    label = read_label(f"Milk, sugar\n{' '.join(before)} Milk: no {' '.join(after)}", Recogniser())
    assert "milk" in {*label.contains, *label.may_contain}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part", ["milk: no\n", "milk: no, ", "no milk? ", "milk free ", "milk|no|"]
)
def test_many_answers_are_read(part: str) -> None:
    text = (part * LONGEST)[: LONGEST - LONGEST % len(part)]
    assert read_label(text, Recogniser())
