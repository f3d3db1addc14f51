"""A model's vectors of the drinks of one catalogue, and what is ranked with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embeddings.data.dataset import ATTRIBUTE_TYPES, FloatArray, IntArray
from embeddings.serving.ancestors import nearest_known
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.attribution import score_losses
from embeddings.serving.encoder import DrinkAttributes, Encoder, Taste, TransitionScores
from embeddings.serving.index import DrinkIndex
from graph.catalogue.entities import Catalogue, Drink
from graph.memory import let_go
from recommend.state.orderings import ByVector, Ranking, scaled


@dataclass(frozen=True, eq=False)
class DrinkVectors:
    """A model brought to the rows of a catalogue.

    `row_of_encoded` has the catalogue's row of each drink of the encoder, -1 where it has none.
    """

    catalogue: Catalogue
    encoder: Encoder
    index: DrinkIndex
    row_of_encoded: IntArray

    @classmethod
    def of(cls, catalogue: Catalogue, artefact: ModelArtefact) -> DrinkVectors:
        """Return the vectors of all drinks, including those unknown to the model."""
        drinks, ingredients = set(artefact.drinks), _known_ids(artefact, "ingredient")
        cold = [
            _attributes(catalogue.drinks[row], catalogue, ingredients)
            for id_, row in catalogue.row_of.items()
            if id_ not in drinks
        ]
        encoder = Encoder(artefact, cold)
        rows = [catalogue.row_of.get(id_, -1) for id_ in encoder.ids]
        row_of_encoded = np.array(rows, dtype=np.int64)
        index = DrinkIndex(_aligned(row_of_encoded, encoder.vectors, len(catalogue.drinks)))
        let_go(artefact.arrays.values())  # the index has its own
        return cls(catalogue, encoder, index, row_of_encoded)

    def complete(self) -> None:
        """Build now what is otherwise built when it is first asked for."""
        _ = self._by_likeness, self._attributes

    @cached_property
    def directions(self) -> FloatArray:
        """Unit rows [drinks, dim] whose products are the similarities of drinks."""
        return _aligned(self.row_of_encoded, self.encoder.directions, len(self.catalogue.drinks))

    @cached_property
    def _by_likeness(self) -> DrinkIndex:
        return DrinkIndex(self.directions)

    @property
    def recent_popularity(self) -> float:
        """How much the popularity of the last weeks counts, in standard deviations of scores."""
        return float(self.encoder.artefact.settings.get("recent_popularity", 0.0))

    def scores(self, taste: Taste, adjustment: FloatArray | None = None) -> FloatArray:
        """Return how well each drink suits a taste, float32 [drinks]; higher is better.

        `adjustment` [drinks] is in standard deviations of this taste's scores.
        """
        vector, added = self._person(taste, adjustment)
        scores = self.index.scores(vector)
        return scores if added is None else scores + added

    def ranking(self, taste: Taste, adjustment: FloatArray | None = None) -> Ranking:
        """Return the order in which drinks suit a taste; `adjustment` as in `scores`."""
        return ByVector(self.index, *self._person(taste, adjustment))

    def likeness(self, row: int, adjustment: FloatArray | None = None) -> Ranking:
        """Return the order of drinks by similarity to the one in `row`."""
        return self.nearness(self.directions[row], adjustment)

    def direction_of(self, kind: str, id_: str) -> FloatArray | None:
        """Return the unit direction [dim] of an attribute; None if nothing is known of it."""
        ids = self.encoder.artefact.ids[kind]
        direction = self._attributes[kind][ids.index(id_)] if id_ in ids else None
        return direction if direction is not None and direction.any() else None

    def nearness(self, direction: FloatArray, adjustment: FloatArray | None = None) -> Ranking:
        """Return the order of drinks by similarity to a direction."""
        added = scaled(adjustment, self._by_likeness.spread(direction))
        return ByVector(self._by_likeness, direction, added)

    def nearest(self, kind: str, direction: FloatArray) -> Sequence[tuple[str, float]]:
        """Return (id, similarity) of all attributes of a kind that are known, the nearest first."""
        ids, known = self.encoder.artefact.ids[kind], self._attributes[kind]
        similarities = known @ direction
        order: list[int] = np.argsort(-similarities, kind="stable").tolist()
        return [(ids[row], float(similarities[row])) for row in order if known[row].any()]

    @cached_property
    def _attributes(self) -> Mapping[str, FloatArray]:
        """Unit rows [nodes, dim] by kind of attribute."""
        return {kind: self.encoder.attribute_directions(kind) for kind in ATTRIBUTE_TYPES}

    def alike(self, rows: Sequence[int], others: Sequence[int]) -> FloatArray:
        """Return how similar drinks are, float32 [rows, others], at most 1."""
        return self.directions[list(rows)] @ self.directions[list(others)].T

    def score_losses(
        self, taste: Taste, without: Sequence[Taste], rows: Sequence[int]
    ) -> FloatArray:
        """Return by how much the scores of some rows fall with each of other tastes.

        float32 [without, rows], in standard deviations of the scores.
        """
        drinks = [self.catalogue.drinks[row].id for row in rows]
        losses = score_losses(self.encoder, taste, without, drinks)
        return losses / np.float32(self.index.spread(self.encoder.user_vector(taste)) or 1.0)

    def _person(
        self, taste: Taste, adjustment: FloatArray | None
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return the vector of a taste, and what is added to the scores of drinks."""
        vector, transition_scores = self.encoder.person(taste)
        adjusted = scaled(adjustment, self.index.spread(vector))
        added = self._by_row(transition_scores)
        given = [scores for scores in (adjusted, added) if scores is not None]
        return vector, sum(given[1:], start=given[0]) if given else None

    def _by_row(self, transition_scores: TransitionScores) -> FloatArray | None:
        """Return what to add to the scores of the catalogue's drinks; None: nothing."""
        rows, values = self.row_of_encoded[transition_scores.rows], transition_scores.values
        if not (rows >= 0).any():
            return None
        added = np.zeros(len(self.catalogue.drinks), dtype=np.float32)
        added[rows[rows >= 0]] = values[rows >= 0]
        return added


def _attributes(drink: Drink, catalogue: Catalogue, known: frozenset[str]) -> DrinkAttributes:
    """Return what places a drink; groups stand for ingredients of which the model knows nothing."""

    def parents(id_: str) -> Sequence[str]:
        ingredient = catalogue.ingredients.get(id_)
        return ingredient.parents if ingredient else ()

    return DrinkAttributes(
        id=drink.id,
        ingredients=nearest_known(drink.ingredients, parents, known),
        flavors=drink.flavors,
        styles=drink.styles,
        producers=drink.producers,
        kinds=(drink.kind,) if drink.kind else (),
    )


def _known_ids(artefact: ModelArtefact, kind: str) -> frozenset[str]:
    """Return the ids of which the model has learnt something."""
    states = artefact.arrays[f"state.{kind}"]
    return frozenset(
        id_ for id_, state in zip(artefact.ids[kind], states, strict=True) if state.any()
    )


def _aligned(row_of_encoded: IntArray, rows: FloatArray, count: int) -> FloatArray:
    """Return an encoder's rows [drinks, dim] in the order of the catalogue's.

    They are the very same rows, and no copy, where both orders agree.
    """
    if len(rows) == count and np.array_equal(row_of_encoded, np.arange(count)):
        return rows
    here = np.flatnonzero(row_of_encoded >= 0)
    aligned = np.empty((count, rows.shape[1]), dtype=rows.dtype)
    aligned[row_of_encoded[here]] = rows[here]
    return aligned
