"""Texts of consents, and the setting of grounds: the operator's, read strictly."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from graph.people.consent_texts import ConsentTextInvalid, read_consent_texts
from graph.people.purposes import ALL, Ground, GroundInvalid, Purpose, grounds_said, purposes_said

OWN = '[training]\nversion = "7"\ntitle = "Lernen"\ntext = "Dürfen wir?"\n'


def test_our_texts_are_templates_and_complete() -> None:
    texts = read_consent_texts()
    for purpose in ALL:
        text = texts.of(purpose, "fr-CA")
        assert text.template and text.language == "en" and text.version.startswith("template")


def test_the_operators_texts_come_before_ours(tmp_path: Path) -> None:
    (tmp_path / "de.toml").write_text(OWN, encoding="utf-8")
    texts = read_consent_texts(tmp_path)
    own = texts.of(Purpose.TRAINING, "de-AT")
    assert (own.version, own.language, own.template) == ("7", "de", False)
    assert own.hash == hashlib.sha256("Lernen\nDürfen wir?".encode()).hexdigest()
    assert texts.of(Purpose.SAFETY, "de").language == "en"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("de.toml", "[spam]\n", "de.toml.*'spam' is no purpose"),
        ("de.toml", '[training]\nversion = "1"\n', r"\[training\].*exactly these keys"),
        ("de.toml", OWN.replace('"Lernen"', '" "'), r"\[training\] title is not a text"),
        ("de.toml", OWN.replace('"7"', "7"), r"\[training\] version is not a text"),
        ("de.toml", "not toml", "is no TOML"),
        ("German.toml", OWN, "'German' is no language"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConsentTextInvalid, match=said):
        read_consent_texts(tmp_path)


def test_grounds_are_those_of_the_table() -> None:
    assert grounds_said(" ") is None and grounds_said("consent") == {}
    assert grounds_said("asked-elsewhere") == dict.fromkeys(ALL, Ground.ASKED_ELSEWHERE)
    assert grounds_said("training = legitimate-interest, safety=consent") == {
        Purpose.TRAINING: Ground.LEGITIMATE_INTEREST
    }
    assert purposes_said("safety, training,") == (Purpose.SAFETY, Purpose.TRAINING)


@pytest.mark.parametrize(
    "text",
    [
        *("safety=contract", "marketing=legitimate-interest", "experiments=contract"),
        *("training=before consents were recorded", "spam=consent", "training", "contract"),
    ],
)
def test_no_purpose_holds_on_a_ground_that_cannot_carry_it(text: str) -> None:
    with pytest.raises(GroundInvalid):
        grounds_said(text)
