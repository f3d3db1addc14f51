"""The files of the pages: operations that the schema has, modules loaded, text as text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from tests.support.pages import ROOT

PAGES = ("storefront", "console")
MODULES = sorted(module for page in PAGES for module in (ROOT / page).rglob("*.js"))
SCHEMA = build_schema((ROOT / "gql" / "schema.graphql").read_text(encoding="utf-8"))
NOT_LOADED = {"storefront/worker.js"}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def operations(page: str) -> DocumentNode:
    return parse(text(ROOT / page / "operations.graphql"))


def modules(page: str) -> list[Path]:
    return sorted((ROOT / page).rglob("*.js"))


@pytest.mark.parametrize("page", PAGES)
def test_every_operation_fits_the_schema_and_fails_in_its_types(page: str) -> None:
    assert validate(SCHEMA, operations(page)) == []


@pytest.mark.parametrize("page", PAGES)
def test_the_page_asks_for_every_operation_and_no_other(page: str) -> None:
    there = {
        definition.name.value
        for definition in operations(page).definitions
        if isinstance(definition, OperationDefinitionNode) and definition.name
    }
    asked = re.findall(
        r'\b(?:ask|askAll|watch|follow)\((?:list, )?"(\w+)"', "".join(map(text, modules(page)))
    )
    assert set(asked) == there


def test_no_operation_shows_a_drink_on_offer_without_its_safety() -> None:
    offered = next(
        definition
        for definition in operations("storefront").definitions
        if isinstance(definition, FragmentDefinitionNode) and definition.name.value == "Offered"
    )
    fields = {getattr(selection, "name").value for selection in offered.selection_set.selections}  # noqa: B009
    assert {"drink", "safety"} <= fields


@pytest.mark.parametrize("page", PAGES)
def test_the_page_loads_every_module_ahead(page: str) -> None:
    """Its own, and those of the storefront that its own import."""
    named = re.findall(r'(?:href|src)="/([^"]+\.js)"', text(ROOT / page / "index.html"))
    own = {str(module.relative_to(ROOT)) for module in modules(page)} - NOT_LOADED
    imported = {
        str((module.parent / path).resolve().relative_to(ROOT))
        for module in modules(page)
        for path in re.findall(r'from "([^"]+)"', text(module))
    }
    assert imported <= set(named)
    assert set(named) == own | imported and len(named) == len(set(named))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_comes_from_an_answer_becomes_text_never_markup(path: Path) -> None:
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser"
    assert not re.search(rf"{markup}|\beval\(|new Function", text(path))
    assert len(text(path).splitlines()) < 200


def test_the_collector_is_small_and_needs_nothing() -> None:
    """As it is served, with its comments."""
    code = text(ROOT / "storefront" / "events.js")
    assert len(code.encode()) < 3000
    assert "import" not in code
