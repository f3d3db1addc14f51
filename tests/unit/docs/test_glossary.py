"""The glossary: each term once, in order, with a source, and in the code."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.support.pages import DOCS, ROOT

HOUSE = (
    *("graph", "embeddings", "events", "warehouse", "streams", "recommend", "learning", "gql"),
    "service",
)
ROWS = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| `([^|]+)` \| ([^|]+) \|$",
    (DOCS / "glossary.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
# words of before that the field does not use, each with the one it uses
RETIRED = {
    "Keeper": "SnapshotStore",
    "Parts": "Dependencies",
    "Asking": "Viewer",
    "OffersMade": "ImpressionLog",
    "Offered": "RecommendationItem",
    "Occasions": "ContextModel",
    "Discretion": "Redaction",
    "Forgetting": "Eraser",
    "Workshop": "TrainingRuntime",
    "Unfinished": "Checkpoint",
    "Lesson": "FitTask",
    "Examiner": "Evaluator",
    "Soundness": "SanityChecks",
    "Doors": "ConnectionLimits",
    "Crew": "WorkerGroup",
    "Listed": "ShownList",
    "Place": "ListCursor",
}


@cache
def definitions() -> set[str]:
    """The names of all classes and functions of the house."""
    return {
        node.name
        for name in HOUSE
        for path in (ROOT / name).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_each_term_once_in_order_with_a_source() -> None:
    terms = [term for term, *_ in ROWS]
    assert len(terms) > 20
    assert terms == sorted(set(terms), key=str.lower)
    assert all(meaning.strip() and source.strip() for _, meaning, _, source in ROWS)


def test_each_term_is_in_the_code() -> None:
    assert {name for _, _, name, _ in ROWS} <= definitions()


@pytest.mark.parametrize("word", RETIRED)
def test_no_word_of_before_comes_back(word: str) -> None:
    assert RETIRED[word] in definitions() and word not in definitions()
