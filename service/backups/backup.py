"""Backups of a home with an embedded graph: made while it serves, checked, and restored.

A backup is a folder: `graph.zip`, `models/`, perhaps `token.key`, and `manifest.json`, which names
every file with its size and SHA-256 and is written last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embeddings.registry.store import ModelStore
from graph.engine import snapshots
from graph.errors import BackupRefused
from graph.secret_files import write_private

FORMAT = 1
MANIFEST = "manifest.json"
GRAPH = "graph.zip"
MODELS = "models"
KEY = "token.key"
_OTHER = "Take another backup."


@dataclass(frozen=True)
class Kept:
    """A file of a backup, by its path within."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, as of when."""

    made_at: datetime
    tastegraph: str
    files: tuple[Kept, ...]

    @property
    def has_key(self) -> bool:
        """Whether the backup holds the key that signs tokens."""
        return any(file.path == KEY for file in self.files)

    @property
    def models(self) -> list[str]:
        """The versions of the models."""
        within = [file.path.split("/") for file in self.files]
        return sorted({parts[1] for parts in within if parts[0] == MODELS})

    def document(self) -> dict[str, Any]:
        """The manifest as JSON writes it."""
        return {
            "format": FORMAT,
            "madeAt": self.made_at.isoformat(timespec="milliseconds"),
            "tastegraph": self.tastegraph,
            "files": [asdict(file) for file in self.files],
        }


def create(home: Path, folder: Path, now: datetime, *, with_key: bool = False) -> Manifest:
    """Back up a home whose engine is running into a new folder, whole or not at all."""
    if folder.exists():
        raise BackupRefused(f"{folder} already exists.", "Name a new folder.")
    if not folder.parent.is_dir():
        raise BackupRefused(f"There is no folder {folder.parent}.", "Create it first.")
    with _beside(folder) as unfinished:
        snapshots.take(home / "graph", unfinished / GRAPH)
        _copy_models(ModelStore(home / MODELS), unfinished / MODELS)
        key = home / "keys" / KEY
        if with_key and key.exists():
            shutil.copyfile(key, unfinished / KEY)
        manifest = Manifest(now.astimezone(UTC), version("tastegraph"), tuple(_kept(unfinished)))
        write_private(unfinished / MANIFEST, json.dumps(manifest.document(), indent=2) + "\n")
        os.replace(unfinished, folder)
    return manifest


@contextmanager
def _beside(folder: Path) -> Generator[Path]:
    """Yield a folder that only its owner can read, on the same file system; what is left goes."""
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _copy_models(store: ModelStore, folder: Path) -> None:
    for name in store.versions():
        shutil.copytree(store.path(name), folder / name)


def _kept(folder: Path) -> Iterator[Kept]:
    for path in sorted(entry for entry in folder.rglob("*") if entry.is_file()):
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        yield Kept(name, path.stat().st_size, digest)


def verify(folder: Path) -> Manifest:
    """Return what a backup holds; raise BackupRefused unless it is whole and can be unpacked."""
    manifest = _manifest(folder)
    kept_files = {kept.path: kept for kept in _kept(folder) if kept.path != MANIFEST}
    expected = {file.path: file for file in manifest.files}
    for path in sorted(expected.keys() | kept_files.keys()):
        if path not in kept_files:
            raise BackupRefused(f"{folder}: {path} is missing.", _OTHER)
        if path not in expected:
            raise BackupRefused(f"{folder}: {path} is not a file of this backup.", "Remove it.")
        if kept_files[path] != expected[path]:
            raise BackupRefused(f"{folder}: {path} has changed since it was written.", _OTHER)
    if GRAPH not in expected:
        raise BackupRefused(f"{folder} has no {GRAPH}.", _OTHER)
    snapshots.check(folder / GRAPH)
    return manifest


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise BackupRefused(
                f"{path} has the format {said['format']}.", "Restore it with a newer Tastegraph."
            )
        files = tuple(Kept(file["path"], file["bytes"], file["sha256"]) for file in said["files"])
        made_at = datetime.fromisoformat(said["madeAt"])
        if made_at.tzinfo is None:
            raise ValueError("madeAt has no zone")
        return Manifest(made_at, str(said["tastegraph"]), files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupRefused(
            f"{path} is not the manifest of a backup ({error!r}).", _OTHER
        ) from error
