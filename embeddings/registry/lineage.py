"""Where a model comes from: from which data, settings and code, after which model, by whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any

from embeddings.data.dataset import TrainingGraph
from embeddings.serving.artefact import ModelArtefact


@dataclass(frozen=True)
class Lineage:
    """A model's origin, as its record in the graph and its own files keep it.

    `parent` is the version that was active when it was trained; `seconds` what training and
    measuring took; `training` its settings; `code` the package's version and a digest of the code
    that trains.
    """

    parent: str | None
    code: str
    seed: int
    seconds: float
    trained_by: str
    drinks: int
    people: int
    events: int
    training: Mapping[str, Any]

    @staticmethod
    def of(
        artefact: ModelArtefact,
        graph: TrainingGraph,
        parent: str | None,
        seconds: float,
        trained_by: str,
    ) -> Lineage:
        """Return the lineage of a model that was trained on this graph just now."""
        training: dict[str, Any] = dict(artefact.settings.get("training", {}))
        return Lineage(
            parent=parent,
            code=code_version(),
            seed=int(training.get("seed", 0)),
            seconds=round(seconds, 3),
            trained_by=trained_by,
            drinks=len(graph.drinks),
            people=len(graph.users),
            events=len(graph.events),
            training=training,
        )

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def code_version() -> str:
    """Return the package's version and a digest of the files that train, as 0.1.0+1f2e3d4c5b6a."""
    digest = hashlib.sha256()
    for path, file in sorted(_modules(resources.files("embeddings"))):
        digest.update(path.encode() + b"\0" + file.read_bytes() + b"\0")
    try:
        version = metadata.version("tastegraph")
    except metadata.PackageNotFoundError:
        version = "unknown"
    return f"{version}+{digest.hexdigest()[:12]}"


def _modules(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _modules(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{above}{entry.name}", entry
