"""Everything in memory that a request ranks with, made from one catalogue and one model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from embeddings.serving.artefact import ModelArtefact
from graph.catalogue.entities import Catalogue
from recommend.state.catalogue_view import CatalogueView
from recommend.state.scorer import Scorer, popularity_of


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
        people: Mapping[str, int],
        before: Snapshot | None = None,
        others: Sequence[ModelArtefact] = (),
    ) -> Snapshot:
        """Build a snapshot; `people` says how many had each drink.

        What `before` has for the same catalogue, or for drinks with the same names, is reused.
        """
        view = before.view if before else None
        if view is None or view.catalogue is not catalogue:
            view = CatalogueView.of(catalogue, view)
        scorers = {other.version: Scorer.of(catalogue, other, people) for other in others}
        return cls(view, Scorer.of(catalogue, artefact, people), scorers)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that all of it is about."""
        return self.view.catalogue

    def with_popularity(self, people: Mapping[str, int]) -> Snapshot:
        """Return the snapshot with popularity recounted; the rest is shared."""
        popularity = popularity_of(self.catalogue, people)
        others = {
            version: replace(scorer, popularity=popularity)
            for version, scorer in self.others.items()
        }
        return replace(self, scorer=replace(self.scorer, popularity=popularity), others=others)

    def ranked_by(self, version: str | None) -> Snapshot:
        """Return the snapshot with another model; with the active one if that is not loaded."""
        scorer = self.others.get(version) if version else None
        return replace(self, scorer=scorer) if scorer else self
