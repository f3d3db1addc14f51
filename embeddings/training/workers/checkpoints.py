"""Steps of a training run that is not done yet, kept on disk: after a kill they need no repeating.

Drinks' directions, attributes' states and settings only: nothing about any person. A file is a
digest, then arrays; one that is damaged is removed and its step done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from embeddings.data.dataset import FloatArray

Arrays = Mapping[str, np.ndarray[Any, Any]]

FOLDER = ".unfinished"
_DIGEST = hashlib.sha256().digest_size
_VALUES = "values"


class Checkpoint:
    """Steps kept nowhere: a run in memory only."""

    def get(self, step: str) -> Arrays | None:
        """Return what a step left; None if it was not done."""
        return None

    def put(self, step: str, arrays: Arrays) -> None:
        """Keep what a step left, in place of what it left before."""

    def get_values(self, step: str) -> Any:
        """Return plain values that a step left; None if it was not done."""
        arrays = self.get(step)
        return None if arrays is None else json.loads(arrays[_VALUES].tobytes())

    def put_values(self, step: str, values: object) -> None:
        """Keep plain values."""
        raw = json.dumps(values, sort_keys=True).encode()
        self.put(step, {_VALUES: np.frombuffer(raw, dtype=np.uint8)})

    def remove(self) -> None:
        """Forget every step: the run is done."""


class CheckpointFolder(Checkpoint):
    """Steps under the folder of the models, in a subfolder of the run's own."""

    def __init__(self, models: Path, run: str) -> None:
        """Take a digest of all that decides the result as `run`; steps of others are removed."""
        self._all = models / FOLDER
        self.folder = self._all / run
        for other in self._all.iterdir() if self._all.is_dir() else ():
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True) if other.is_dir() else other.unlink()

    def get(self, step: str) -> Arrays | None:
        """Return what a step left; None if it was not done, or if its file is damaged."""
        path = self.folder / step
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            if hashlib.sha256(raw[_DIGEST:]).digest() == raw[:_DIGEST]:
                return load(raw[_DIGEST:])
        except SafetensorError:
            pass
        path.unlink(missing_ok=True)
        return None

    def put(self, step: str, arrays: Arrays) -> None:
        """Keep what a step left: whole, or as it was before."""
        raw = save({name: np.asarray(array, order="C") for name, array in arrays.items()})
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=self.folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(raw).digest())
            file.write(raw)
        os.replace(temporary, self.folder / step)

    def remove(self) -> None:
        """Forget every step: the run is done."""
        shutil.rmtree(self._all, ignore_errors=True)


def digest(*parts: object) -> str:
    """Return a short digest of arrays and of what prints the same for the same value."""
    hasher = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            array = np.ascontiguousarray(cast(FloatArray, part))
            hasher.update(f"|{array.shape}{array.dtype.str}|".encode())
            hasher.update(array.data)
        else:
            hasher.update(f"|{part!r}|".encode())
    return hasher.hexdigest()[:24]
