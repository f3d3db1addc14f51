"""Query files: text that an analyst can paste, read and checked. Only this room loads them."""

from __future__ import annotations

import re
from importlib import resources
from typing import cast

from graph.errors import QueryFileInvalid
from graph.query import Mode, Query

_HEADER = re.compile(r"\A// (?P<title>[^\n]+)\n/\*\n(?P<header>.*?)\*/\n(?P<body>.+)\Z", re.DOTALL)
_PARAMETER = re.compile(r"^:param (\w+) => (.+)$", re.MULTILINE)
_MODE = re.compile(r"^mode:\s+(read|write)$", re.MULTILINE)
_RETURNS = re.compile(r"^returns:\s*(.*?)(?=^:param|^mode:|\Z)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"(\w+) ([A-Z]+(?:<[A-Z<>]+>)?)")
_USED = re.compile(r"\$(\w+)")


def load(name: str) -> Query:
    """Return the query in `cypher/<name>.cypher`; raise QueryFileInvalid if its form is wrong."""
    return parse(name, f"cypher/{name}.cypher", _read(name))


def parse(name: str, file: str, text: str) -> Query:
    """Parse a query; raise QueryFileInvalid, naming the file, if its form is wrong."""
    header = _HEADER.match(text)
    if header is None:
        raise QueryFileInvalid(f"{file}: title and header comment expected first.")
    query = _parse(name, file, text, header)
    _check_parameters(query, file, header["body"])
    return query


def _read(name: str) -> str:
    path = resources.files("cypher").joinpath(f"{name}.cypher")
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise QueryFileInvalid(f"cypher/{name}.cypher does not exist.") from error


def _parse(name: str, file: str, text: str, parts: re.Match[str]) -> Query:
    title, header = parts["title"], parts["header"]
    mode = _MODE.search(header)
    if mode is None:
        raise QueryFileInvalid(f"{file}: a line 'mode: read|write' is missing.")
    returns = _RETURNS.search(header)
    return Query(
        name=name,
        title=title.split(":")[0].strip(),
        description=header.split("mode:")[0].strip(),
        mode=cast(Mode, mode[1]),
        returns=tuple(_COLUMN.findall(returns[1])) if returns else (),
        parameters=dict(_PARAMETER.findall(header)),
        text=text,
    )


def _check_parameters(query: Query, file: str, body: str) -> None:
    used, declared = set(_USED.findall(body)), set(query.parameters)
    if used != declared:
        raise QueryFileInvalid(
            f"{file}: parameters used and declared differ: {', '.join(sorted(used ^ declared))}."
        )
