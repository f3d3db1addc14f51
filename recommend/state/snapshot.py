"""Everything in memory that a request ranks with, made from one catalogue and one model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from embeddings.serving.artefact import ModelArtefact
from graph.catalogue.entities import Catalogue
from graph.catalogue.popularity import Popularity
from recommend.state.catalogue_view import CatalogueView
from recommend.state.scorer import Scorer


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A catalogue and a scorer of its drinks that belong together, as long as a request needs them.

    `others` score by other models than the active one, by version, for arms of experiments.
    It never changes: newer data are another snapshot, which shares the unchanged parts.
    """

    view: CatalogueView
    scorer: Scorer
    others: Mapping[str, Scorer] = field(default_factory=dict[str, Scorer])

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        artefact: ModelArtefact | None,
        popularity: Popularity,
        before: Snapshot | None = None,
        others: Sequence[ModelArtefact] = (),
    ) -> Snapshot:
        """Build a snapshot.

        What `before` has for the same catalogue, or for drinks with the same names, is reused.
        """
        view = before.view if before else None
        if view is None or view.catalogue is not catalogue:
            view = CatalogueView.of(catalogue, view)
        scorer = Scorer.of(catalogue, artefact, popularity)
        return cls(view, scorer, {other.version: scorer.with_model(other) for other in others})

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that all of it is about."""
        return self.view.catalogue

    def with_model(self, artefact: ModelArtefact) -> Snapshot:
        """Return the snapshot with another model; the rest is shared."""
        return replace(self, scorer=self.scorer.with_model(artefact))

    def with_popularity_of(self, other: Snapshot) -> Snapshot:
        """Return the snapshot with the popularity of another of the same catalogue."""
        return replace(self, scorer=self.scorer.with_popularity_of(other.scorer))

    def with_popularity(self, popularity: Popularity) -> Snapshot:
        """Return the snapshot with popularity recounted; the rest is shared."""
        scorer = self.scorer.with_popularity(popularity)
        others = {
            version: other.with_popularity_of(scorer) for version, other in self.others.items()
        }
        return replace(self, scorer=scorer, others=others)

    def ranked_by(self, version: str | None) -> Snapshot:
        """Return the snapshot with another model; with the active one if that is not loaded."""
        scorer = self.others.get(version) if version else None
        return replace(self, scorer=scorer) if scorer else self
