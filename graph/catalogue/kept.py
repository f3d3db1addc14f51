"""The drinks on disk, so that a start need not read them all from the graph again.

Two files: the columns (`drinks-<digest>.safetensors`), which are mapped, and `kept.json`, which
says at which version of the catalogue they were read, and has a checksum of both. Whoever reads
them asks the graph first whether it has that very version, by its mark: see
`entities.load_catalogue`. Damaged files, and those of another format, are as good as none. A third,
`popularity.json`, counts how many people had each drink. Nothing in them is about one person.
"""

# safetensors types its folders without their letters.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from safetensors.numpy import save_file

from graph.catalogue.columns import Lists, Terms, Texts
from graph.catalogue.drink_table import DrinkTable
from graph.catalogue.entities import Catalogue, KeptCatalogue
from graph.catalogue.popularity import Popularity
from graph.memory import mapped_arrays

FORMAT = 1
ABOUT = "kept.json"
POPULARITY = "popularity.json"

log = logging.getLogger("tastegraph.kept_catalogue")


class CatalogueFiles:
    """The newest kept catalogue, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made by the first `write`."""
        self._folder = folder
        self._written: str | None = None
        self._counted: Popularity | None = None
        self._seen = (0, 0)

    def read(self) -> KeptCatalogue | None:
        """Return what was kept; None if there is nothing, or nothing that can be trusted."""
        try:
            about = _checked(json.loads((self._folder / ABOUT).read_bytes()))
            path = self._folder / about["file"]
            if _digest(path) != about["digest"]:
                raise ValueError(f"{path.name} does not have the checksum that {ABOUT} says")
            table = _table(mapped_arrays(path))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("the kept catalogue cannot be used, all of it is read anew: %s", error)
            return None
        self._written = about["mark"]
        return KeptCatalogue(about["mark"], about["version"], about["structureVersion"], table)

    def write(self, catalogue: Catalogue) -> None:
        """Keep a catalogue, whole or not at all, unless it is kept; one without a mark is not.

        Raises OSError.
        """
        if not catalogue.mark or catalogue.mark == self._written:
            return
        unfinished = self._unfinished()
        save_file(_arrays(catalogue.table), unfinished)
        digest = _digest(unfinished)
        name = f"drinks-{digest[:16]}.safetensors"
        _flush(unfinished)
        unfinished.replace(self._folder / name)
        about: dict[str, Any] = {
            "format": _format(),
            "mark": catalogue.mark,
            "version": catalogue.version,
            "structureVersion": catalogue.structure_version,
            "file": name,
            "digest": digest,
        }
        self._write(ABOUT, about)
        for old in self._folder.glob("drinks-*.safetensors"):
            if old.name != name:
                old.unlink(missing_ok=True)  # who has it mapped keeps it
        self._written = catalogue.mark

    def distrust(self) -> None:
        """Keep the next catalogue even if what is kept has the same version."""
        self._written = None

    def read_popularity(self) -> Popularity | None:
        """Return what popularity was when it was last kept; None if that cannot be trusted."""
        try:
            counts = json.loads((self._folder / POPULARITY).read_bytes())
            if counts.pop("checksum") != _checksum(counts):
                raise ValueError("it does not have its checksum")
            return Popularity(counts["people"], counts["lately"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("the kept popularity cannot be used, people are counted: %s", error)
            return None

    def newer_popularity(self) -> Popularity | None:
        """Return what another process has kept since this one last looked; None if nothing."""
        try:
            about = (self._folder / POPULARITY).stat()
        except OSError:
            return None
        seen = (about.st_mtime_ns, about.st_ino)
        if seen == self._seen:
            return None
        self._seen = seen
        return self.read_popularity()

    def write_popularity(self, popularity: Popularity) -> None:
        """Keep how many people had each drink, unless that is kept. Raises OSError."""
        if popularity != self._counted:
            counts = {"people": dict(popularity.people), "lately": dict(popularity.lately)}
            self._write(POPULARITY, counts)
            self._counted = popularity

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        unfinished = self._unfinished()
        unfinished.write_text(json.dumps({**content, "checksum": _checksum(content)}))
        _flush(unfinished)
        unfinished.replace(self._folder / name)

    def _unfinished(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f".writing-{os.getpid()}"


def _checked(about: dict[str, Any]) -> dict[str, Any]:
    """Return what `kept.json` says; raises ValueError, KeyError or TypeError if it is not ours."""
    if about.pop("checksum") != _checksum(about):
        raise ValueError(f"{ABOUT} does not have its checksum")
    if about["format"] != _format():
        raise ValueError(f"{ABOUT} is of another format")
    return about


def _format() -> list[Any]:
    """Return the format and the columns: a file of other code is not ours."""
    return [FORMAT, *(field.name for field in fields(DrinkTable))]


def _checksum(about: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _arrays(table: DrinkTable) -> dict[str, Any]:
    """Return the arrays of all columns by name, as `_table` takes them."""
    arrays = dict[str, Any]()
    for field in fields(DrinkTable):
        column = getattr(table, field.name)
        if isinstance(column, Texts):
            arrays |= _of_texts(field.name, column)
        elif isinstance(column, Terms):
            arrays |= _of_texts(f"{field.name}.names", column.names)
            arrays[f"{field.name}.codes"] = column.codes
        elif isinstance(column, Lists):
            arrays |= _of_texts(f"{field.name}.names", Texts.of(column.names))
            arrays |= {f"{field.name}.starts": column.starts, f"{field.name}.codes": column.codes}
        else:
            arrays[field.name] = column
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _of_texts(name: str, texts: Texts) -> dict[str, Any]:
    return {f"{name}.starts": texts.starts, f"{name}.letters": texts.letters}


def _table(arrays: Mapping[str, Any]) -> DrinkTable:
    """Return the table; raises KeyError or ValueError if arrays are missing or do not fit."""
    kinds = get_type_hints(DrinkTable)
    table = DrinkTable(
        *(_column(kinds[field.name], field.name, arrays) for field in fields(DrinkTable))
    )
    table.check()
    return table


def _column(kind: Any, name: str, arrays: Mapping[str, Any]) -> Any:
    def texts(of: str) -> Texts:
        return Texts(arrays[f"{of}.starts"], arrays[f"{of}.letters"])

    if kind is Texts:
        return texts(name)
    if kind is Terms:
        return Terms(texts(f"{name}.names"), arrays[f"{name}.codes"])
    if kind is Lists:
        names = tuple(texts(f"{name}.names").listed())
        return Lists(names, arrays[f"{name}.starts"], arrays[f"{name}.codes"])
    return arrays[name]
