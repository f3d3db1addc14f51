"""Models in a folder, one subfolder a version; which one is active is kept in the graph."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from embeddings.serving.artefact import CONFIG, ModelArtefact, ModelCorrupt
from graph.clock import utc_now

_VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
# what a write that was broken off leaves behind; a younger one may still go on
_UNFINISHED = ".writing-*"
_ABANDONED_SECONDS = 24 * 3600.0


def version_name(trained_at: datetime, digest: str) -> str:
    """Return a version such as 20261121T053000Z-1f2e3d4c; `trained_at` is in UTC."""
    return f"{trained_at:%Y%m%dT%H%M%SZ}-{digest[:8]}"


class ModelStore:
    """The versions under one folder."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made by the first `write`."""
        self.folder = folder

    def versions(self) -> list[str]:
        """Return every version, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.folder.iterdir()
            if _VERSION.fullmatch(entry.name) and (entry / CONFIG).is_file()
        )

    def path(self, version: str) -> Path:
        """Return a version's folder; raises ValueError for what is not a version's name."""
        if not _VERSION.fullmatch(version):
            raise ValueError(f"not a model version: {version!r}")
        return self.folder / version

    def load(self, version: str) -> ModelArtefact:
        """Load a version; raises ModelCorrupt naming the file if it is missing or damaged."""
        artefact = ModelArtefact.load(self.path(version))
        if artefact.version != version:
            raise ModelCorrupt(f"{self.path(version) / CONFIG}: is version {artefact.version}")
        return artefact

    def write(self, artefact: ModelArtefact) -> Path:
        """Write an artefact under its version, whole or not at all, and return the folder."""
        artefact.check()
        path = self.path(artefact.version)
        artefact.save(path)
        return path

    def remove(self, versions: Iterable[str]) -> list[str]:
        """Remove versions, each whole or not at all, and return those that were there.

        Writes that were broken off more than a day ago go too.
        """
        there = set(self.versions())
        removed = [version for version in versions if version in there]
        for version in removed:
            # renamed first: half a model must never be found under a version's name
            leaving = self.folder / f".removing-{version}"
            os.replace(self.path(version), leaving)
            shutil.rmtree(leaving)
        before = utc_now().timestamp() - _ABANDONED_SECONDS
        for pattern in (_UNFINISHED, ".removing-*"):
            for folder in self.folder.glob(pattern):
                if folder.stat().st_mtime < before:
                    shutil.rmtree(folder, ignore_errors=True)
        return removed
