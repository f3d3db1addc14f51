"""How drinks are scored for people: by a model's vectors, or without one by popularity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from embeddings.data.dataset import FloatArray
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Taste
from graph.catalogue.entities import Catalogue
from graph.catalogue.popularity import Popularity
from graph.people.profiles import Profile
from recommend.state.attribute_overlap import overlaps
from recommend.state.drink_vectors import DrinkVectors
from recommend.state.orderings import ByScores, Ranking
from recommend.state.taste import inferred_taste

POPULARITY = "popularity"


@dataclass(frozen=True, eq=False)
class Scorer:
    """A model and a popularity of the drinks of one catalogue; rows are catalogue rows.

    `popularity` and `lately` are the logarithm of one more than how many people had a drink, ever
    and in the last weeks, float32 [drinks].
    """

    catalogue: Catalogue
    popularity: FloatArray
    lately: FloatArray
    model_version: str = POPULARITY
    vectors: DrinkVectors | None = None

    @classmethod
    def of(
        cls, catalogue: Catalogue, artefact: ModelArtefact | None, popularity: Popularity
    ) -> Scorer:
        """Build a scorer from a model, if there is one, and from how many people had each drink."""
        ever, lately = (_logarithms(catalogue, of) for of in (popularity.people, popularity.lately))
        scorer = cls(catalogue, ever, lately)
        return scorer.with_model(artefact) if artefact else scorer

    def with_model(self, artefact: ModelArtefact) -> Scorer:
        """Return the scorer with another model; popularity is shared."""
        vectors = DrinkVectors.of(self.catalogue, artefact) if self.catalogue.drinks else None
        return replace(self, model_version=artefact.version, vectors=vectors)

    def with_popularity(self, popularity: Popularity) -> Scorer:
        """Return the scorer with popularity recounted; the vectors are shared."""
        return replace(
            self,
            popularity=_logarithms(self.catalogue, popularity.people),
            lately=_logarithms(self.catalogue, popularity.lately),
        )

    def with_popularity_of(self, other: Scorer) -> Scorer:
        """Return the scorer with the popularity of another of the same catalogue."""
        return replace(self, popularity=other.popularity, lately=other.lately)

    @property
    def has_model(self) -> bool:
        """Whether a model ranks; else popularity does."""
        return self.vectors is not None

    @property
    def directions(self) -> FloatArray:
        """Unit rows [drinks, dim] whose products are similarities; 0 wide without a model."""
        if self.vectors is None:
            return np.zeros((len(self.catalogue.drinks), 0), dtype=np.float32)
        return self.vectors.directions

    def ranks_by(self, profile: Profile) -> str:
        """Return the version of the model that ranks for this person, or 'popularity'."""
        return self.model_version if profile.personalisation else POPULARITY

    def scores(self, profile: Profile) -> FloatArray:
        """Return how well each drink suits this person, float32 [drinks]; higher is better."""
        if self.vectors is None or not profile.personalisation:
            return self.popularity
        return self.vectors.scores(inferred_taste(profile).taste, self._recent)

    def ranking(self, profile: Profile, adjustment: FloatArray | None = None) -> Ranking:
        """Return the order in which drinks suit this person.

        `adjustment` [drinks] is added to scores, in standard deviations of this person's, since
        models differ in scale.
        """
        if self.vectors is None or not profile.personalisation:
            return self.by_popularity(adjustment)
        recent, taste = self._recent, inferred_taste(profile).taste
        given = [added for added in (recent, adjustment) if added is not None]
        return self.vectors.ranking(taste, sum(given[1:], start=given[0]) if given else None)

    @cached_property
    def _recent(self) -> FloatArray | None:
        """What the popularity of the last weeks adds, in standard deviations; None: nothing."""
        weight = self.vectors.recent_popularity if self.vectors else 0.0
        return np.float32(weight) * self.lately if weight and self.lately.any() else None

    def by_popularity(self, adjustment: FloatArray | None = None) -> Ranking:
        """Return the order in which most people had drinks; `adjustment` in standard deviations."""
        return ByScores.adjusted(self.popularity, adjustment)

    def likeness(self, row: int, adjustment: FloatArray | None = None) -> Ranking:
        """Return the order of drinks by similarity to the one in `row`."""
        if self.vectors is None:
            drinks = self.catalogue.drinks
            return ByScores.adjusted(overlaps([drinks[row]], drinks)[0], adjustment)
        return self.vectors.likeness(row, adjustment)

    def nearness(self, kind: str, id_: str, adjustment: FloatArray | None = None) -> Ranking | None:
        """Return the order of drinks by similarity to a flavor, ingredient, style or producer.

        Where no model knows anything of it, drinks that have it come first; None if there are none.
        """
        direction = self.vectors.direction_of(kind, id_) if self.vectors else None
        if self.vectors is not None and direction is not None:
            return self.vectors.nearness(direction, adjustment)
        having = self.catalogue.table.of_kind(kind).having(id_).astype(np.float32)
        return ByScores.adjusted(having, adjustment) if having.any() else None

    def nearest(self, kind: str, id_: str) -> Sequence[tuple[str, float]]:
        """Return (id, similarity) of the others of its kind, the nearest first.

        Empty if no model knows anything of it.
        """
        direction = self.vectors.direction_of(kind, id_) if self.vectors else None
        if self.vectors is None or direction is None:
            return ()
        return [near for near in self.vectors.nearest(kind, direction) if near[0] != id_]

    def alike(self, rows: Sequence[int], others: Sequence[int]) -> FloatArray:
        """Return how similar drinks are, float32 [rows, others], at most 1."""
        if self.vectors is not None:
            return self.vectors.alike(rows, others)
        drinks = self.catalogue.drinks
        return overlaps([drinks[row] for row in rows], [drinks[row] for row in others])

    def score_losses(
        self, taste: Taste, without: Sequence[Taste], rows: Sequence[int]
    ) -> FloatArray:
        """Return by how much the scores of some rows fall with each of other tastes.

        float32 [without, rows], in standard deviations of the person's scores; zero without a
        model.
        """
        if self.vectors is None or not without:
            return np.zeros((len(without), len(rows)), dtype=np.float32)
        return self.vectors.score_losses(taste, without, rows)

    def z_scores(self, rows: Sequence[int]) -> FloatArray:
        """Return how far above the mean some rows are for somebody about whom nothing is known.

        float32 [rows], in standard deviations of all drinks' scores.
        """
        scores = self.scores(Profile(""))
        spread = float(scores.std()) if scores.size else 0.0
        return (scores[list(rows)] - scores.mean()) / np.float32(spread or 1.0)


def _logarithms(catalogue: Catalogue, people: Mapping[str, int]) -> FloatArray:
    counts = np.zeros(len(catalogue.drinks), dtype=np.float32)
    row_of = catalogue.row_of
    known = [(row_of[drink], count) for drink, count in people.items() if drink in row_of]
    counts[[row for row, _ in known]] = [count for _, count in known]
    return np.log1p(counts)
