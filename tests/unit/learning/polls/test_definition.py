"""Polls in files: what is said of a wrong one, and that allergies are no taste."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning.errors import PollRefused
from learning.polls.definition import read_polls

SOUND = """
[[polls]]
id = "too-sweet"
moment = "after-purchase"
question = "Was it sweeter than you like?"
flavors = ["sweet"]
options = [{ id = "yes", text = "Yes", dislikes = ["sweet"] }, { id = "no", text = "No" }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "polls.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_comes_along_is_sound() -> None:
    polls = read_polls()
    assert [poll.id for poll in polls.polls][:2] == ["which-drink", "too-sweet"]
    assert {poll.moment for poll in polls.polls} == {"cold-start", "after-purchase"}


def test_a_file_says_what_is_asked(tmp_path: Path) -> None:
    [poll] = read_polls(written(tmp_path, SOUND)).polls
    assert poll.named_flavors == {"sweet"}
    assert read_polls(written(tmp_path, "")).polls == ()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        pytest.param('"after-purchase"', '"at-noon"', "polls.0.moment", id="no such moment"),
        pytest.param("flavors = [", "flavours = [", "'polls.0.flavours' is unknown", id="key"),
        pytest.param('id = "too-sweet"\n', "", "'polls.0.id' is missing", id="without an id"),
        pytest.param(', { id = "no", text = "No" }', "", "two options", id="one option"),
        pytest.param('id = "no"', 'id = "yes"', "the same id", id="one id twice"),
        pytest.param('moment = "after', 'form = "pair"\nmoment = "after', "pair", id="pair"),
        pytest.param("sweeter than", "more milk than", "'milk'", id="an allergen"),
        pytest.param('text = "Yes"', 'text = "I am vegan"', "'vegan'", id="a diet"),
        pytest.param('text = "No"', 'text = "Ohne Nüsse"', "declared", id="in German"),
        pytest.param('dislikes = ["sweet"]', 'dislikes = ["almond-flavor"]', "'almond'", id="id"),
        pytest.param('moment', 'declare = "allergies"\nmoment', "no option", id="declared taste"),
        pytest.param("[[polls]]", "[[polls]", "is not TOML", id="no TOML"),
        pytest.param("[[polls]]", "[cap]\nquestions = 0\n[[polls]]", "cap.questions", id="cap"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_key(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    assert was in SOUND
    with pytest.raises(PollRefused) as refused:
        read_polls(written(tmp_path, SOUND.replace(was, becomes)))
    assert said in refused.value.message and "polls.toml" in refused.value.message


def test_an_answer_may_open_a_declaration(tmp_path: Path) -> None:
    text = SOUND.replace('flavors = ["sweet"]\n', 'declare = "allergies"\n')
    text = text.replace(', dislikes = ["sweet"]', "").replace(
        "Was it sweeter than you like?", "Are you allergic to anything?"
    )
    [poll] = read_polls(written(tmp_path, text)).polls
    assert poll.declare == "allergies"
