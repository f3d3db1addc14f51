"""The page on architecture: every room has its line, and the walks are ways through the code."""

from __future__ import annotations

import ast
import re

from tests.support.pages import DOCS, ROOT

TEXT = (DOCS / "architecture.md").read_text(encoding="utf-8")
HOUSE = (
    *("graph", "embeddings", "events", "connectors", "warehouse", "streams", "recommend", "gql"),
    *("learning", "service"),
)
MOST_FILES = 10
MOST_MODULES = 20


def rooms() -> dict[str, str]:
    """Each package and what its docstring says of it."""
    faces = [path for name in HOUSE for path in sorted((ROOT / name).rglob("__init__.py"))]
    return {
        f"{face.parent.relative_to(ROOT)}/": ast.get_docstring(
            ast.parse(face.read_text(encoding="utf-8"))
        )
        or ""
        for face in faces
    }


def walks() -> dict[str, list[str]]:
    """The files of each walk, in order."""
    part = TEXT.partition("## Four walks")[2].partition("\n## ")[0]
    return {
        walk.partition("\n")[0]: re.findall(r"^\d+\. `([^`]+)`", walk, re.MULTILINE)
        for walk in part.split("\n### ")[1:]
    }


def imported(path: str) -> set[str]:
    """The modules that a file imports, as paths."""
    files: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            files |= {f"{name.replace('.', '/')}.py" for name in names}
            files |= _handed_on(node.module)
    return files


def _handed_on(package: str) -> set[str]:
    face = ROOT / package.replace(".", "/") / "__init__.py"
    return imported(str(face.relative_to(ROOT))) if face.exists() else set()


def test_every_room_has_its_line() -> None:
    told = dict(re.findall(r"^\| `([^`]+/)` \| (.+) \|$", TEXT.partition("## Four walks")[0], re.M))
    assert told == rooms()


def test_no_room_is_a_corridor() -> None:
    sizes = {
        room: len([path for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"])
        for room in rooms()
    }
    assert {room: size for room, size in sizes.items() if size > MOST_MODULES} == {}


def test_the_walks_are_short_and_lead_from_file_to_file() -> None:
    assert list(walks()) == ["A request", "An imported row", "An event", "A retrain"]
    for name, files in walks().items():
        assert 2 <= len(files) <= MOST_FILES, name
        for number, file in enumerate(files[1:], start=1):
            assert any(file in imported(before) for before in files[:number]), f"{name}: {file}"


def test_contributing_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+/[\w/]+(?:\.\w+|/))`", text))
    assert len(named) > 20
    assert {path for path in named if not (ROOT / path).exists()} == set()
