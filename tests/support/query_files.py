"""The query files as a reader sees them: their names, their code, their columns, their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import cypher
from graph.query_files import load

ROOT = Path(cypher.__file__).resolve().parent

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_COLUMN_NAME = re.compile(r"(?:\A|\bAS\s+)(\w+)\Z")
_GRAPH_VARIABLE = re.compile(r"(?<!\w)[(\[](\w+)(?=[:)\]{ ])")
_ITERATED = re.compile(r"\b(\w+)\s+IN\b")
_UNWOUND = re.compile(r"\bUNWIND\s+\$?\w+\s+AS\s+(\w+)")
_LABELS = re.compile(r"(?:\(\w*:|\bNOT \w+:|\bFOR \(\w+:)(\w+)")
_TYPES = re.compile(r"\[\w*:([\w|]+)")
_PATTERN_MAP = re.compile(r"(?<!\w)[(\[]\w*(?::[\w|]+)?\s*\{([^}]*)\}")
_MAP_KEY = re.compile(r"(\w+)\s*:(?!\w*\))")
_PROPERTY = re.compile(r"\b([a-z]\w*)\.([a-zA-Z_]\w*)")


def query_names() -> list[str]:
    """Every query file outside `schema/`, such as 'people/profile'."""
    paths = (path.relative_to(ROOT).with_suffix("") for path in ROOT.rglob("*.cypher"))
    return sorted(path.as_posix() for path in paths if path.parts[0] != "schema")


def schema_paths() -> list[Path]:
    return sorted((ROOT / "schema").glob("*.cypher"))


def code(text: str) -> str:
    """The text without comments, and with empty strings."""
    return _STRING.sub("''", _COMMENT.sub("", text)).strip()


def body_of(name: str) -> str:
    return code(load(name).text)


def columns(body: str) -> list[str | None]:
    """The names of the returned columns in order; None for one that has no name of its own."""
    projection = _projection(body)
    if projection is None:
        return []
    return [
        name[1] if (name := _COLUMN_NAME.search(column)) else None for column in _split(projection)
    ]


def _projection(body: str) -> str | None:
    starts = [match.end() for match in re.finditer(r"^RETURN\s", body, re.MULTILINE)]
    if not starts:
        return None
    rest = body[starts[-1] :]
    end = re.search(r"^(ORDER BY|SKIP|LIMIT)\b", rest, re.MULTILINE)
    return (rest[: end.start()] if end else rest).strip()


def _split(text: str) -> list[str]:
    """The parts between the commas outside all brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [re.sub(r"^DISTINCT\s+", "", part.strip()) for part in parts]


@dataclass(frozen=True)
class Words:
    """The names of the graph that a query uses."""

    labels: frozenset[str]
    types: frozenset[str]
    properties: frozenset[str]


def words(body: str) -> Words:
    """The labels, relationship types and properties in a query's code.

    A property is what follows the name of a node or a relationship, or is a key in its pattern.
    Where the same name also stands for a map (in a list comprehension), the map's keys are none.
    """
    maps = set(_ITERATED.findall(body)) | set(_UNWOUND.findall(body))
    variables = set(_GRAPH_VARIABLE.findall(body))
    pattern_keys = {
        key for pattern in _PATTERN_MAP.findall(body) for key in _MAP_KEY.findall(pattern)
    }
    map_keys = set(_MAP_KEY.findall(_PATTERN_MAP.sub("", body)))
    used = {
        name
        for variable, name in _PROPERTY.findall(body)
        if variable in variables and not (variable in maps and name in map_keys)
    }
    return Words(
        labels=frozenset(_LABELS.findall(body)),
        types=frozenset(
            type_ for alternatives in _TYPES.findall(body) for type_ in alternatives.split("|")
        ),
        properties=frozenset(used | pattern_keys),
    )
