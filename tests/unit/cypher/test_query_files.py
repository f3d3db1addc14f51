"""The form of every query file, without a database."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from graph.query_files import load
from graph.schema import schema_files, statements
from service.cli.generate import generated
from tests.support.histories import growth_of, spoken_of
from tests.support.query_files import ROOT, body_of, code, columns, query_names, schema_paths

PROJECT = ROOT.parent
PACKAGES = (
    *("cypher", "graph", "embeddings", "recommend", "learning", "gql", "events", "warehouse"),
    "service",
)
FOLDERS = {
    "access",
    "capture",
    "catalogue",
    "changes",
    "people",
    "recommend",
    "training",
    "outbox",
    "experiments",
    "audience",
    "privacy",
    "engine",
    "export",
    "analytics",
}
TYPES = re.compile(r"(STRING|INTEGER|FLOAT|BOOLEAN|MAP|LIST<(STRING|INTEGER|FLOAT|BOOLEAN|MAP)>)\Z")
WRITES = re.compile(r"\b(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|FOREACH|LOAD CSV|DROP)\b")
HEADER = re.compile(
    r"\A// [A-Z][^\n:]*: [^\n]+\.\n"  # title, what it does
    r"/\*\n(?:(?!mode:|returns:|:param)[^\n]*\n)*"  # description
    r"mode: {4}(?:read|write)\n"
    r"returns:(?: \w+ [A-Z<>]+(?:,(?: |\n {9})\w+ [A-Z<>]+)*)?\n"
    r"(?::param [a-z]\w* => [^\n]+\n)*\*/\n(?=\S)"
)
CYPHER_IN_PYTHON = re.compile(r"\b(MATCH|MERGE|CREATE|UNWIND|DELETE)\s*[($\[]")
NAMES = query_names()
GENERATED = generated()


def test_the_folders_are_those_of_the_house() -> None:
    assert {name.split("/")[0] for name in NAMES} <= FOLDERS
    assert all(re.fullmatch(r"[a-z]+/[a-z_]+", name) for name in NAMES), "no numbers, one folder"


@pytest.mark.parametrize("name", NAMES)
def test_the_header_has_the_form_of_the_house(name: str) -> None:
    text = load(name).text
    assert HEADER.match(text), text.split("*/")[0]
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert all(line == line.rstrip() and "\t" not in line for line in text.splitlines())
    assert ";" not in code(text), "one statement a file, and no end mark"


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_those_declared_in_order_and_camel_case(name: str) -> None:
    query = load(name)
    assert set(re.findall(r"\$(\w+)", body_of(name))) == set(query.parameters)
    declared = re.findall(r"^:param (\w+) =>", query.text, re.MULTILINE)
    assert len(declared) == len(set(declared))
    assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", name) for name in declared)


@pytest.mark.parametrize("name", NAMES)
def test_only_write_files_write(name: str) -> None:
    assert bool(WRITES.search(body_of(name))) == (load(name).mode == "write")


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_named_and_declared_in_order(name: str) -> None:
    returned = columns(body_of(name))
    assert None not in returned
    assert returned == [column for column, _ in load(name).returns]
    assert all(TYPES.match(type_) for _, type_ in load(name).returns)
    assert returned or load(name).mode == "write"


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_has_an_order(name: str) -> None:
    body = body_of(name)
    for limit in re.finditer(r"\bLIMIT\b", body):
        before = body[: limit.start()].rsplit("RETURN", 1)[-1].rsplit("WITH", 1)[-1]
        assert "ORDER BY" in before or _looks_at_some(name, limit.group(), body[limit.start() :])
    if load(name).mode == "read" and "ORDER BY" not in body:
        assert name in ONE_ROW, "rows in no order"


def _looks_at_some(name: str, limit: str, rest: str) -> bool:
    return name in LOOKS_AT_SOME and rest.startswith(f"{limit} $most")


# Files that look at `most` of one node's relationships: to put them in order would read them all.
LOOKS_AT_SOME = {"people/profile", "recommend/people_alike", "recommend/reason_paths"}

# Files that answer one row, whatever the graph holds.
ONE_ROW = {
    "catalogue/bundled_state",
    "catalogue/catalogue_version",
    "catalogue/inventory",
    "catalogue/newest_ingredient_change",
    "changes/drink_state",
    "engine/schema_version",
    "people/profile",
    "training/events_since",
}


def test_something_is_said_of_how_the_work_of_each_file_grows() -> None:
    for name in NAMES:
        growth_of(name)
    assert spoken_of() <= set(NAMES), "files that are gone"


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_left_to_be_filled_in(name: str) -> None:
    assert not re.search(r"%\(|%s|\{\{|\{\}|\$\$|\$\{", body_of(name))


def test_schema_files_are_numbered_and_can_be_applied_again() -> None:
    assert list(schema_files()) == list(range(1, len(schema_paths()) + 1))
    for path in schema_paths():
        text = path.read_text(encoding="utf-8")
        assert re.match(r"// [A-Z][^\n]+\.\n", text), path.name
        for statement in statements(text):
            assert re.match(r"CREATE (CONSTRAINT|INDEX|VECTOR INDEX) \w+ IF NOT EXISTS ", statement)


def test_every_file_is_loaded_exactly_once() -> None:
    loaded = Counter(name for path in sources() for name in loads(path))
    served = [name for name in NAMES if not name.startswith("analytics/")]
    assert loaded == Counter(served)


def test_no_query_is_written_or_put_together_in_python() -> None:
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not CYPHER_IN_PYTHON.search(node.value), (path.name, node.lineno)


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_generated_files_are_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run `tastegraph generate`"


def test_the_index_names_every_file() -> None:
    index = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"]({name}.cypher)" not in index] == []


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py"))]


def loads(path: Path) -> list[str]:
    """The query files that a module loads; each must be named in full."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "graph.query_files"
        and any(alias.name == "load" and alias.asname is None for alias in node.names)
        for node in ast.walk(tree)
    )
    if not imported or path.name == "query_index.py":  # it reads the headers of all
        return []
    lines: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "load":
            [argument] = node.args
            assert isinstance(argument, ast.Constant), (path.name, node.lineno)
            lines.append(str(argument.value))
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_looked_for_after_a_write(name: str) -> None:
    """Where a MATCH finds nothing, the embedded engine drops writes before it after 200 rows."""
    written = False
    for line in body_of(name).splitlines():
        written = written or bool(re.match(r"(SET|CREATE|MERGE|DELETE|REMOVE)\b", line))
        assert not (written and line.startswith("MATCH")), line
