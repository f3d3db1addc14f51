from __future__ import annotations

import pytest

from graph.errors import ImportRefused
from graph.importing.hierarchy import DEEPEST, check_hierarchy


def chain(steps: int) -> list[tuple[str, str]]:
    return [(f"i{number}", f"i{number + 1}") for number in range(steps)]


def test_a_tree_passes() -> None:
    check_hierarchy("ingredients", [("butter", "dairy"), ("cream", "dairy"), ("butter", "cream")])
    check_hierarchy("ingredients", chain(DEEPEST))
    check_hierarchy("ingredients", [])


def test_a_circle_is_refused_with_its_path() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]
    with pytest.raises(ImportRefused, match="a -> b -> c -> a"):
        check_hierarchy("ingredients", edges)


def test_a_thing_that_is_itself_is_refused() -> None:
    with pytest.raises(ImportRefused, match="a -> a"):
        check_hierarchy("ingredients", [("a", "a")])


def test_a_chain_deeper_than_queries_look_is_refused() -> None:
    with pytest.raises(ImportRefused, match=f"chain of {DEEPEST + 1} steps"):
        check_hierarchy("ingredients", chain(DEEPEST + 1))
