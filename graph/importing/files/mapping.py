"""Mapping files: how foreign tables are read as they are, declared in TOML and never in code.

[[tables]]
table = "drinks"            # which of our tables
file = "cocktails.csv"      # from which foreign file
distinct = "id"             # one row for each value of this column of ours

[tables.columns]
id = { column = "name", slug = true, prefix = "boston-" }
kind = { constant = "cocktail" }
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph.errors import ImportRefused
from graph.importing.files.format import Format
from graph.importing.files.mapped_column import MappingPart
from graph.importing.files.mapped_table import TableMapping


class Mapping(MappingPart):
    """A whole mapping file."""

    title: str
    source: str
    format: Format = Format()
    tables: tuple[TableMapping, ...]

    def files(self) -> list[str]:
        """Return every foreign file that it reads, each once."""
        named = [table.file for table in self.tables]
        named += [join.file for table in self.tables for join in table.joins()]
        return sorted(set(named))

    def hashes(self) -> bool:
        """Whether it hashes names, which needs a key."""
        return any(column.hash for table in self.tables for column in table.columns.values())


def bundled_mappings() -> list[str]:
    """Return the names of the mappings that come with Tastegraph."""
    folder = resources.files("graph").joinpath("knowledge", "mappings")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())


def load_mapping(path: Path | str) -> Mapping:
    """Return the mapping in a TOML file, or the bundled one of that name.

    Raises ImportRefused naming the file and the key that is wrong.
    """
    file = Path(path)
    return read_mapping(_bundled(str(path)) if not file.exists() else _read(file), file.name)


def read_mapping(text: str, name: str) -> Mapping:
    """Return the mapping in a TOML text; raises ImportRefused naming it."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"The mapping {name} is not TOML: {error}.") from error
    except ValidationError as error:
        raise ImportRefused(f"The mapping {name}: {first_fault(error)}.") from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(f"The mapping {file.name} cannot be read ({error}).") from error


def _bundled(name: str) -> str:
    if name not in bundled_mappings():
        raise ImportRefused(
            f"There is no mapping '{name}'.",
            f"Name a TOML file, or one of {', '.join(bundled_mappings())}.",
        )
    path = resources.files("graph").joinpath("knowledge", "mappings", f"{name}.toml")
    return path.read_text(encoding="utf-8")


def first_fault(invalid: ValidationError) -> str:
    """Return what is wrong with a mapping first: the key, and why."""
    error: Any = invalid.errors()[0]
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"the key '{where}' is unknown"
    if error["type"] == "missing":
        return f"the key '{where}' is missing"
    reason = error.get("ctx", {}).get("error") or error["msg"]
    return f"{where}: {reason}" if where else str(reason)
