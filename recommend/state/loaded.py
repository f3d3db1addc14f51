"""What a serving process has in memory of catalogue and model, for those forked from it."""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.serving.artefact import ModelArtefact
from graph.catalogue.kept import CatalogueFiles
from graph.catalogue.popularity import Popularity
from recommend.state.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Loaded:
    """A snapshot, and what it was made of; it stands while versions say so, as any other.

    `unchecked` and `popularity_is_old` are what the store has still to do about it.
    """

    snapshot: Snapshot
    artefact: ModelArtefact | None
    popularity: Popularity
    files: CatalogueFiles | None
    unchecked: bool
    popularity_is_old: bool

    def complete(self) -> None:
        """Build now what else the first request that needs it would: then it is built once."""
        view, vectors = self.snapshot.view, self.snapshot.scorer.vectors
        _ = view.filters.search, view.names, view.traits, view.families, view.flavors
        if vectors:
            vectors.complete()
