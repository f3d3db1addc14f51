"""What time it is, is handed in: one module reads the machine's clock."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.pages import ROOT

PACKAGES = (
    *("graph", "embeddings", "events", "warehouse", "recommend", "learning", "gql", "service"),
)
HANDED_IN = ("graph", "events", "warehouse", "recommend", "learning", "gql")
CLOCK = ROOT / "graph" / "clock.py"
OF_DATES = {"now", "utcnow", "today"}
OF_TIME = {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"}
OF_THE_GRAPH = re.compile(r"\b(?:datetime|localdatetime|date|time|localtime|timestamp)\(\s*\)")


def readings(text: str) -> list[str]:
    """Where a module reads the date or the time of day; what only counts seconds is none."""
    lines: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node.value)
            of_dates = name.split(".")[-1] in ("datetime", "date") and node.attr in OF_DATES
            if of_dates or (name == "time" and node.attr in OF_TIME):
                lines.append(f"line {node.lineno}: {name}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            lines += [f"line {node.lineno}" for alias in node.names if alias.name in OF_TIME]
    return lines


def asked(text: str) -> list[int]:
    """The lines that ask the machine's clock themselves, instead of one that is handed in."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "utc_now"
    ]


def sources(packages: tuple[str, ...]) -> list[Path]:
    return [path for name in packages for path in sorted((ROOT / name).rglob("*.py"))]


def test_one_module_reads_the_clock_of_the_machine() -> None:
    readers = {
        str(path.relative_to(ROOT)): lines
        for path in sources(PACKAGES)
        if (lines := readings(path.read_text(encoding="utf-8"))) and path != CLOCK
    }
    assert readers == {}
    assert len(readings(CLOCK.read_text(encoding="utf-8"))) == 1


def test_inner_packages_have_their_clock_handed_in() -> None:
    askers = {
        str(path.relative_to(ROOT)): lines
        for path in sources(HANDED_IN)
        if (lines := asked(path.read_text(encoding="utf-8")))
    }
    assert askers == {}


def test_no_query_reads_the_clock_of_the_graph() -> None:
    queries = sorted((ROOT / "cypher").rglob("*.cypher"))
    assert len(queries) > 100
    assert [path.name for path in queries if OF_THE_GRAPH.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "clock = time.time",
        "time.time_ns()",
        "from time import time as clock",
    ],
)
def test_a_reading_is_found(line: str) -> None:
    assert readings(line)


@pytest.mark.parametrize("line", ["time.monotonic()", "time.perf_counter()", "clock().date()"])
def test_counting_seconds_is_no_reading(line: str) -> None:
    assert not readings(line)
