from __future__ import annotations

from embeddings.serving.ancestors import nearest_known

TREE = {
    "pear-gin": ["gin", "pear"],
    "gin": ["spirit"],
    "pear": ["fruit"],
    "spirit": ["beverage"],
    "fruit": ["food"],
    "loop": ["hoop"],
    "hoop": ["loop"],
}


def above(*ids: str, known: set[str]) -> list[str]:
    return nearest_known(ids, lambda id_: TREE.get(id_, []), known)


def test_what_is_known_stands_for_itself() -> None:
    assert above("gin", "pear", known={"pear", "gin", "spirit"}) == ["gin", "pear"]


def test_the_nearest_generation_of_which_something_is_known_stands_for_the_unknown() -> None:
    assert above("pear-gin", known={"gin", "pear", "spirit"}) == ["gin", "pear"]
    assert above("pear-gin", known={"pear", "spirit", "food"}) == ["pear"]
    assert above("pear-gin", known={"spirit", "food"}) == ["spirit"]


def test_each_stands_once_and_without_a_known_ancestor_nothing_does() -> None:
    assert above("pear-gin", "gin", known={"gin"}) == ["gin"]
    assert above("pear-gin", "loop", "stranger", known=set()) == []
