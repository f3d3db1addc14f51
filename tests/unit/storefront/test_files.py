"""The storefront's files: operations that the schema has, modules that are loaded, text as text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, build_schema, parse, validate

from tests.support.pages import ROOT

FOLDER = ROOT / "storefront"
MODULES = sorted(FOLDER.rglob("*.js"))
OPERATIONS = parse((FOLDER / "operations.graphql").read_text(encoding="utf-8"))
SCHEMA = build_schema((ROOT / "gql" / "schema.graphql").read_text(encoding="utf-8"))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_operation_fits_the_schema_and_fails_in_its_types() -> None:
    assert validate(SCHEMA, OPERATIONS) == []


def test_the_page_asks_for_every_operation_and_no_other() -> None:
    there = {
        definition.name.value
        for definition in OPERATIONS.definitions
        if isinstance(definition, OperationDefinitionNode) and definition.name
    }
    asked = re.findall(
        r'\b(?:ask|askAll|watch|follow)\((?:list, )?"(\w+)"', "".join(map(text, MODULES))
    )
    assert set(asked) == there


def test_no_operation_shows_a_drink_on_offer_without_its_safety() -> None:
    offered = next(
        definition
        for definition in OPERATIONS.definitions
        if isinstance(definition, FragmentDefinitionNode) and definition.name.value == "Offered"
    )
    fields = {getattr(selection, "name").value for selection in offered.selection_set.selections}  # noqa: B009
    assert {"drink", "safety"} <= fields


def test_the_page_loads_every_module_ahead() -> None:
    named = re.findall(r'(?:href|src)="/storefront/([^"]+\.js)"', text(FOLDER / "index.html"))
    loaded = {str(module.relative_to(FOLDER)) for module in MODULES} - {"worker.js"}
    assert set(named) == loaded and len(named) == len(loaded)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_what_comes_from_an_answer_becomes_text_never_markup(path: Path) -> None:
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser"
    assert not re.search(rf"{markup}|\beval\(|new Function", text(path))
    assert len(text(path).splitlines()) < 200


def test_the_collector_is_small_and_needs_nothing() -> None:
    """As it is served, with its comments."""
    code = text(FOLDER / "events.js")
    assert len(code.encode()) < 3000
    assert "import" not in code
