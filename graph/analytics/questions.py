"""Analysts' questions: the files in `cypher/analytics/`, or one's own, with their values."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from graph.analytics.literals import LARGEST, literal, shortened
from graph.analytics.read_only import refuse_writes
from graph.errors import QueryFileInvalid, QuestionRefused
from graph.query import Query
from graph.query_files import parse

FORM = "// Title: what it answers.\n/*\nmode:    read\n:param rows => 10\n*/\nMATCH ..."


def questions() -> list[Query]:
    """Return every bundled question, by name."""
    files = (file for file in resources.files("cypher").joinpath("analytics").iterdir())
    texts = {
        file.name.removesuffix(".cypher"): file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith(".cypher")
    }
    return [
        parse(name, f"cypher/analytics/{name}.cypher", text) for name, text in sorted(texts.items())
    ]


def question(wanted: str) -> Query:
    """Find a question by name, or read one from a file; raise QuestionRefused if there is none."""
    if wanted.endswith(".cypher"):
        own = _own(Path(wanted))
    else:
        own = _named(wanted.removeprefix("analytics/"))
    refuse_writes(own)
    return own


def _named(name: str) -> Query:
    known = {question.name: question for question in questions()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        advice = f"Perhaps {', '.join(near)}." if near else ""
        raise QuestionRefused(
            f"There is no question '{name}'.", f"{advice} See tastegraph query --list.".strip()
        )
    return known[name]


def _own(path: Path) -> Query:
    try:
        return parse(path.stem, str(path), path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise QuestionRefused(f"{path} is not UTF-8 text.") from None
    except QueryFileInvalid as error:
        raise QuestionRefused(f"{error}", f"A question looks like this:\n{FORM}") from error


def parameter_values(query: Query, given: Mapping[str, str]) -> dict[str, Any]:
    """Return every parameter's value: the given one, in the type the file declares, or the default.

    Raises QuestionRefused, naming the parameter.
    """
    unknown = [name for name in given if name not in query.parameters]
    if unknown:
        raise QuestionRefused(
            f"'{query.name}' has no parameter '{unknown[0]}'.",
            f"It has {', '.join(query.parameters) or 'none'}.",
        )
    return {
        name: _value(query, name, given.get(name), declared)
        for name, declared in query.parameters.items()
    }


def _value(query: Query, name: str, given: str | None, declared: str) -> Any:
    try:
        usual = literal(declared)
    except ValueError as error:
        raise QuestionRefused(
            f"'{query.name}' declares '{name}' as {declared}, which is not a plain value: {error}."
        ) from error
    if given is None:
        return usual
    try:
        return _of_type(usual, given)
    except ValueError as error:
        raise QuestionRefused(
            f"The parameter '{name}' {error}.", f"Its default is {declared}."
        ) from error


def _of_type(usual: Any, given: str) -> Any:
    """Return the given value in the default's type; ValueError says what it must be."""
    match usual:
        case bool():
            if given.lower() not in ("true", "false"):
                raise ValueError(f"must be true or false, not '{given}'")
            return given.lower() == "true"
        case int():
            return _number(int, given, "a whole number")
        case float():
            return _number(float, given, "a number")
        case str():
            return given
        case list():
            return _list(usual, given)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return _literal(given)


def _number(type_: type[int] | type[float], given: str, what: str) -> int | float:
    try:
        value = type_(given)
    except ValueError:  # more digits than Python reads, too
        raise ValueError(f"must be {what}, not {shortened(given)}") from None
    if isinstance(value, int) and not -LARGEST <= value < LARGEST:
        raise ValueError(f"must be a whole number of 64 bits, not {shortened(given)}")
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"must be {what}, not '{given}'")
    return value


def _list(usual: list[Any], given: str) -> list[Any]:
    """Return a list: written as in Cypher, or as entries separated by commas."""
    if given.lstrip().startswith("["):
        literal = _literal(given)
        return literal if isinstance(literal, list) else [literal]  # pyright: ignore[reportUnknownVariableType]
    entries = [entry.strip() for entry in given.split(",") if entry.strip()]
    return [_of_type(usual[0], entry) for entry in entries] if usual else list(entries)


def _literal(given: str) -> Any:
    try:
        return literal(given)
    except ValueError as error:
        raise ValueError(f"must be a value as Cypher writes it: {error}") from None
