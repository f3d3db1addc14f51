"""Everything in memory that a request ranks with, made from one catalogue and one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from embeddings.serving.artefact import ModelArtefact
from graph.catalogue.entities import Catalogue
from recommend.state.catalogue_view import CatalogueView
from recommend.state.scorer import Scorer, popularity_of


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A catalogue and a scorer of its drinks that belong together, as long as a request needs them.

    It never changes: newer data are another snapshot, which shares the unchanged parts.
    """

    view: CatalogueView
    scorer: Scorer

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        artefact: ModelArtefact | None,
        people: Mapping[str, int],
        before: Snapshot | None = None,
    ) -> Snapshot:
        """Build a snapshot; `people` says how many had each drink.

        What `before` has for the same catalogue, or for drinks with the same names, is reused.
        """
        view = before.view if before else None
        if view is None or view.catalogue is not catalogue:
            view = CatalogueView.of(catalogue, view)
        return cls(view, Scorer.of(catalogue, artefact, people))

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that all of it is about."""
        return self.view.catalogue

    def with_popularity(self, people: Mapping[str, int]) -> Snapshot:
        """Return the snapshot with popularity recounted; the rest is shared."""
        popularity = popularity_of(self.catalogue, people)
        return replace(self, scorer=replace(self.scorer, popularity=popularity))
