"""The threat model: each threat names files and tests that exist, or says that it is open."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from gql.request.policy import POLICY, Role
from service.http.security_headers import GUARDS, HSTS
from tests.support.pages import DOCS, ROOT, first_cells

PAGE = (DOCS / "security.md").read_text(encoding="utf-8")
_, MODEL = PAGE.split("\n## Threat model\n")
MODEL, OPEN = MODEL.split("\n## What is open\n")
FLOWS = dict(re.findall(r"^### (.+?)\n(.+?)(?=^### |\Z)", MODEL, re.MULTILINE | re.DOTALL))
ROWS = [
    pytest.param(*row, id=f"{flow} {row[0]} {row[1][:30]}")
    for flow, text in FLOWS.items()
    for row in re.findall(r"^\| ([STRIDE]) \| (.+?) \|(.*?)\| (.+?) \|$", text, re.MULTILINE)
]


@cache
def named_in(path: str) -> set[str]:
    """The names of the tests in a file below tests/; none if there is no such file."""
    file = ROOT / "tests" / path
    if not file.is_file():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def missing(shown: str) -> list[str]:
    """The tests of a cell that do not exist."""
    named = re.findall(r"`([^`]+)::(\w+)`", shown)
    return [name for path, name in named if name not in named_in(path)]


def test_the_page_tells_who_may_ask_for_each_field() -> None:
    by_roles: dict[frozenset[Role], list[str]] = {}
    for field, roles in POLICY.items():
        by_roles.setdefault(roles, []).append(field)
    said = re.findall(r"^\| (.+) \| (`(?:Query|Mutation|Subscription)\..+) \|$", PAGE, re.MULTILINE)
    assert len(said) == len(by_roles)
    assert {tuple(sorted(re.findall(r"`(.+?)`", fields))) for _, fields in said} == {
        tuple(sorted(fields)) for fields in by_roles.values()
    }


@pytest.mark.parametrize("flow", FLOWS)
def test_each_flow_has_a_threat_of_each_kind(flow: str) -> None:
    assert set(re.findall(r"^\| ([STRIDE]) \|", FLOWS[flow], re.MULTILINE)) == set("STRIDE")


@pytest.mark.parametrize(("letter", "threat", "against", "shown"), ROWS)
def test_each_threat_names_what_shows_that_it_is_met(
    letter: str, threat: str, against: str, shown: str
) -> None:
    if shown.startswith("open: "):
        assert not against.strip()
        return
    assert against.strip() and "::" in shown
    assert missing(shown) == []
    files = re.findall(r"`([\w./-]+\.\w+|Dockerfile)`", against)
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_what_is_open_is_listed_and_nothing_else() -> None:
    assert len(FLOWS) > 9 and len(ROWS) > 60
    said = set(re.findall(r"\| open: (.+?) \|$", MODEL, re.MULTILINE))
    assert said == set(re.findall(r"^- \*\*(.+?)\*\*: ", OPEN, re.MULTILINE))


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert missing("`unit/docs/test_security.py::test_nothing`") == ["test_nothing"]
    assert missing("`unit/docs/test_nothing.py::test_what_is_open`") == ["test_what_is_open"]


def test_the_headers_are_told_with_their_values() -> None:
    table = PAGE.split("\n## Headers\n")[1].split("\n## ")[0]
    assert first_cells(table) == [*GUARDS, "Strict-Transport-Security"]
    told = dict(re.findall(r"^\| `([\w-]+)` \| `([^`]+)`", table, re.MULTILINE))
    assert told == {**GUARDS, "Strict-Transport-Security": HSTS}
