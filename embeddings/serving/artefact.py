"""A trained model on disk: numbers and identifiers, no code, nothing about any person.

A folder with `weights.safetensors`, `metrics.json` and `config.json`; the last holds the SHA-256
of the other two and of itself, so that one wrong byte anywhere is found.

    ModelError
    └── ModelCorrupt    a file is missing, damaged, or does not fit the others
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save as save_tensors

from embeddings.data.dataset import ATTRIBUTE_TYPES, OPINION_TYPES, FloatArray
from embeddings.serving.older_formats import (
    FORMAT,
    READABLE,
    TRANSITIONS,
    present_arrays,
    present_settings,
)
from graph.memory import let_go, mapped_arrays

_PARTS = ("starts", "rows", "weights")
Int32Array = npt.NDArray[np.int32]
CONFIG, METRICS, WEIGHTS = "config.json", "metrics.json", "weights.safetensors"


class ModelError(Exception):
    """A model cannot be used."""


class ModelCorrupt(ModelError):
    """A model's files are missing, damaged, or do not fit together; the message names the file."""


_NOTHING = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True)
class ItemTransitions:
    """How much a drink makes others wanted, beside what the vectors tell; below zero: unwanted.

    The transitions from drink i are to `rows[starts[i]:starts[i + 1]]`, with the `weights` there.
    Without any `starts` there are none.
    """

    starts: Int32Array = field(default_factory=_NOTHING.copy)
    rows: Int32Array = field(default_factory=_NOTHING.copy)
    weights: FloatArray = field(default_factory=lambda: _NOTHING.astype(np.float32))

    def after(self, drink: int) -> slice:
        """Return where `rows` and `weights` have a drink's transitions; empty for new ones."""
        known = drink + 1 < self.starts.size
        return slice(int(self.starts[drink]), int(self.starts[drink + 1])) if known else slice(0, 0)

    def fits(self, drinks: int) -> bool:
        """Return whether the arrays fit each other and this many drinks."""
        if not self.starts.size:
            return not self.rows.size and not self.weights.size
        return bool(
            self.starts.shape == (drinks + 1,)
            and self.starts[0] == 0
            and (np.diff(self.starts) >= 0).all()
            and self.rows.shape == self.weights.shape == (self.starts[-1],)
            and (self.starts.dtype, self.rows.dtype) == (np.int32, np.int32)
            and self.weights.dtype == np.float32
            and ((self.rows >= 0) & (self.rows < drinks)).all()
            and np.isfinite(self.weights).all()
        )


@dataclass(frozen=True)
class ModelArtefact:
    """A model as arrays.

    `ids` has the ids of "drink" and of every attribute type, by row of their arrays. `arrays` are
    float32: "drink_vectors" and "drink_sources" [drinks, dim], "state.<type>" [nodes, dim],
    "attribute.<type>" and "opinion.<type>" [dim, dim], "default" [dim]. `settings` are plain
    values that request-time code needs, "blocks" among them (`serving.blocks`).
    """

    version: str
    fingerprint: str
    ids: Mapping[str, tuple[str, ...]]
    arrays: Mapping[str, FloatArray]
    settings: Mapping[str, Any]
    metrics: Mapping[str, Any]
    transitions: ItemTransitions = field(default_factory=ItemTransitions)

    @property
    def drinks(self) -> tuple[str, ...]:
        """The ids of the drinks, by row."""
        return self.ids["drink"]

    @property
    def drink_vectors(self) -> FloatArray:
        """The vectors to score with, float32 [drinks, dim]."""
        return self.arrays["drink_vectors"]

    @property
    def dim(self) -> int:
        """The length of a user's and a drink's vector."""
        return int(self.drink_vectors.shape[1])

    def save(self, folder: Path) -> None:
        """Write the folder at once: it appears whole or not at all. It must not exist yet."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
        try:
            for name, content in self._files().items():
                _write(temporary / name, content)
            os.replace(temporary, folder)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    @staticmethod
    def load(folder: Path) -> ModelArtefact:
        """Read a folder that `save` wrote; raises ModelCorrupt naming the file at fault."""
        config = _read_config(folder / CONFIG)
        for name in (METRICS, WEIGHTS):
            _check_file(folder / name, config)
        try:
            arrays = present_arrays(mapped_arrays(folder / WEIGHTS))
            transitions = _taken(arrays)
            artefact = ModelArtefact(
                version=config["version"],
                fingerprint=config["fingerprint"],
                ids={name: tuple(ids) for name, ids in config["ids"].items()},
                arrays=arrays,
                settings=present_settings(config["settings"]),
                metrics=json.loads((folder / METRICS).read_bytes()),
                transitions=transitions,
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ModelCorrupt(f"{folder / WEIGHTS}: unreadable: {error!r}") from error
        artefact.check(str(folder / WEIGHTS))
        let_go(artefact.arrays.values())
        return artefact

    def check(self, name: str = WEIGHTS) -> None:
        """Raise ModelCorrupt, naming `name`, if an array is missing, misshapen or not finite."""
        for array_name, shape in _shapes(self, name).items():
            array = self.arrays.get(array_name)
            if array is None:
                raise ModelCorrupt(f"{name}: no array {array_name}")
            if array.dtype != np.float32 or array.shape != shape:
                raise ModelCorrupt(
                    f"{name}: {array_name} is {array.dtype} {array.shape}, expected {shape}"
                )
        if not self.transitions.fits(len(self.drinks)):
            raise ModelCorrupt(f"{name}: the transitions do not fit the drinks")
        for array_name, array in self.arrays.items():
            if not np.isfinite(array).all():
                raise ModelCorrupt(f"{name}: {array_name} holds values that are not finite")

    def _files(self) -> dict[str, bytes]:
        arrays = {name: np.ascontiguousarray(array) for name, array in self.arrays.items()}
        if self.transitions.starts.size:
            arrays |= {f"{TRANSITIONS}{part}": getattr(self.transitions, part) for part in _PARTS}
        files = {WEIGHTS: save_tensors(arrays), METRICS: _json(self.metrics)}
        hashes = {name: _sha256(content) for name, content in files.items()}
        config: dict[str, Any] = {
            "format": FORMAT,
            "version": self.version,
            "fingerprint": self.fingerprint,
            "settings": dict(self.settings),
            "ids": {name: list(ids) for name, ids in self.ids.items()},
            "sha256": hashes,
        }
        hashes[CONFIG] = _sha256(_json(config))
        return {**files, CONFIG: _json(config)}


def _taken(arrays: dict[str, FloatArray]) -> ItemTransitions:
    """Take the transitions out of a file's arrays; a model may have none."""
    names = [f"{TRANSITIONS}{part}" for part in _PARTS]
    if not any(name in arrays for name in names):
        return ItemTransitions()
    starts, rows, weights = (arrays.pop(name) for name in names)
    return ItemTransitions(cast(Int32Array, starts), cast(Int32Array, rows), weights)


def _shapes(artefact: ModelArtefact, name: str) -> dict[str, tuple[int, ...]]:
    """Return the shapes that follow from the ids and the length of a vector."""
    try:
        dim = artefact.dim
        count = {kind: len(artefact.ids[kind]) for kind in ("drink", *ATTRIBUTE_TYPES)}
    except (KeyError, IndexError) as error:
        raise ModelCorrupt(f"{name}: no array or ids of {error}") from error
    shapes: dict[str, tuple[int, ...]] = {
        "drink_vectors": (count["drink"], dim),
        "drink_sources": (count["drink"], dim),
        "default": (dim,),
    }
    shapes |= {f"state.{kind}": (count[kind], dim) for kind in ATTRIBUTE_TYPES}
    shapes |= {f"attribute.{kind}": (dim, dim) for kind in ATTRIBUTE_TYPES}
    shapes |= {f"opinion.{kind}": (dim, dim) for kind in OPINION_TYPES}
    return shapes


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = cast(dict[str, Any], json.loads(path.read_bytes()))
        expected = config["sha256"].pop(CONFIG)
    except OSError as error:
        raise ModelCorrupt(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorrupt(f"{path}: not a model's configuration") from error
    if _sha256(_json(config)) != expected:
        raise ModelCorrupt(f"{path}: checksum differs")
    if config.get("format") not in READABLE:
        raise ModelCorrupt(f"{path}: format {config.get('format')}, expected {FORMAT}")
    return config


def _check_file(path: Path, config: Mapping[str, Any]) -> None:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelCorrupt(f"{path}: {error.strerror}") from error
    if digest != config["sha256"].get(path.name):
        raise ModelCorrupt(f"{path}: checksum differs")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
