"""Every piece of a label is understood, joins two understood pieces, or is listed as unread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.recognition.labels.reader import read_label
from graph.recognition.recogniser import Recogniser


@pytest.mark.parametrize(
    "text",
    [
        # signs and pictures where a word should be
        *("Water, ????, sugar", "Water, 🥛, sugar", "Water, \ufffd, sugar", "Water, \ue000, sugar"),
        *("Water, =, sugar", "Water, €, sugar", "Water \u0007 sugar", "Water, \u2800, sugar"),
        *("Water, 🥚\ufe0f sugar", "Water, -, sugar", "Water, •, sugar", "Water, &, sugar"),
        *("Water, …, sugar", "Water, sugar...", "Water, \u200b, sugar", "Water, \u0301, sugar"),
        # numbers and percentages of nothing
        *("Water, 12, sugar", "Water, 12%, sugar", "Water, %, sugar", "Water, (%), sugar"),
        # words that only join or qualify
        *("Water, and, sugar", "Water, sugar and", "and sugar", "Water, organic, sugar"),
        *("Wasser, mit, Zucker", "eau, et, sucre", "Water (and), sugar", "Water, preservative"),
        *("Water, emulsifier:", "Water, colour ()", "Water, sugar &", "Water, sugar -"),
        # nothing at all
        *(
            "Water, , sugar",
            "Water,, sugar",
            "Water, sugar,",
            "Water, sugar,\n",
            ", water",
            "Water, (), sugar",
        ),
        *("Water, [()], sugar", "Water:, sugar", "Water. , sugar"),
        # sentences that are cut off, or name what is not known
        "Water, sugar, may contain traces of:",
        "Water, sugar. May contain",
        "Water, sugar. May contain xyzzy.",
        "Water, sugar. Contains:",
        "Water, sugar. Contains xyzzy.",
        "Wasser, Zucker. Kann Spuren von",
        "eau, sucre. Peut contenir des traces de",
        "Water, sugar. Made in a facility xyzzy that also processes nuts.",
        "Water, without xyzzy",
        "Water, free from: gluten, xyzzy.",
        # cut off within a word, other scripts, letters that only look alike
        *(
            "Water, sugar, mil",
            "Water, sugar. May cont",
            "Water, 牛乳",
            "Water, молоко",
            "Water, حليب",
        ),
        *("Water, mi1k", "Water, m\u0456lk", "Water, \u1160"),
        # run-on words of which one part is not known
        *("Water, milkxyzzy", "Water, xyzzymilch", "Wasser, Milchkrimskrams", "milkwhatnot"),
        *("Water, xyzzymilchfrei", "Weizenxyzmehl, Wasser"),
    ],
)
def test_what_holds_nothing_known_is_unread(bundled: Recogniser, text: str) -> None:
    label = read_label(text, bundled)
    assert not label.complete
    assert label.unread


@pytest.mark.parametrize(
    "text",
    [
        "Water, sugar, milk (skimmed)",
        "Water; sugar (30 %) & milk.",
        "Ingredients:\n• water\n• sugar\n• milk*\n",
        "Water, sugar, preservative (E220), emulsifier: soy lecithin.",
        "Water, “milk”, cream®.",
        "Water, sugar. May contain traces of nuts and milk.",
        "Water, sugar. Made in a facility that also processes peanuts.",
        "Wasser, Zucker. Kann Spuren von Nüssen und Milch enthalten.",
        "Water, sugar. Allergy advice: contains milk.",
        "Water, sugar. Free from gluten. Without salt.",
        "Wasser, Weizenmehl, Vollmilchpulver, Sojaeiweiß, Haselnusskerne, Eipulver",
    ],
)
def test_what_is_all_known_is_complete(bundled: Recogniser, text: str) -> None:
    label = read_label(text, bundled)
    assert (label.unread, label.complete) == ((), True)


@pytest.mark.parametrize(
    ("text", "contains"),
    [
        ("Water, milkegg", {"milk", "egg"}),
        ("Water, eggmilk", {"milk", "egg"}),
        ("Water, MILCHEI", {"milk", "egg"}),
        ("Water, EIMILCH", {"milk", "egg"}),
        ("Water, soymilkegg", {"soy", "milk", "egg"}),
        ("Wasser, Weizensojamehl", {"wheat", "soy"}),
        ("Wasser, eimilchfrei", {"egg", "milk"}),
    ],
)
def test_a_run_on_word_says_what_all_its_parts_say(
    bundled: Recogniser, text: str, contains: set[str]
) -> None:
    label = read_label(text, bundled)
    assert contains <= set(label.contains)
    assert label.complete


KNOWN = ("water", "sugar", "milk", "eggs", "E330", "salt", "soy lecithin")
LOST = (
    "xyzzy",
    "🥛",
    "????",
    "and",
    "12",
    "",
    "%",
    "молоко",
    "()",
    "\ufffd",
    "with",
)


@given(
    known=st.lists(st.sampled_from(KNOWN), min_size=1, max_size=6),
    lost=st.sampled_from(LOST) | st.text("qxzwvкжщ漢字ñ?=€^~🍺🥜", min_size=2, max_size=8),
    place=st.integers(0, 6),
    between=st.sampled_from([", ", "; ", ",\n", " , "]),
)
def test_a_piece_that_is_not_known_is_listed(
    bundled: Recogniser, known: list[str], lost: str, place: int, between: str
) -> None:
    assert read_label(between.join(known), bundled).complete
    label = read_label(between.join([*known[:place], lost, *known[place:]]), bundled)
    assert not label.complete
    assert label.unread


@given(text=st.text(max_size=60))
def test_every_letter_and_sign_is_understood_or_listed(bundled: Recogniser, text: str) -> None:
    """A text without one known substance is never complete."""
    label = read_label(text, bundled)
    if label.complete:
        assert (
            any(
                item.additives or (item.resolution and item.resolution.resolved)
                for item in label.ingredients
            )
            or label.findings
        )
