from __future__ import annotations

import pytest

from graph.counting import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs"), (1200, "1,200 pairs")]
)
def test_one_is_singular_and_all_else_plural(number: int, said: str) -> None:
    assert counted(number, "pair") == said


def test_a_verb_agrees_with_its_noun() -> None:
    assert counted(1, "drink is", "drinks are") == "1 drink is"
    assert counted(3, "drink is", "drinks are") == "3 drinks are"
