"""The last model, as what the next one begins with: its vectors of the drinks, by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.factors.spectral import DRINK_EXPONENT, DrinkVectors


@dataclass(frozen=True)
class LastModel:
    """`targets` [drinks, width] of a model, and the exponent of popularity they were made with."""

    version: str
    drinks: tuple[str, ...]
    targets: FloatArray
    popularity_exponent: float

    @staticmethod
    def of(artefact: ModelArtefact) -> LastModel:
        """Return what counts of an artefact."""
        settings = artefact.settings.get("training", {})
        exponent = float(settings.get("popularity_exponent", DRINK_EXPONENT))
        return LastModel(artefact.version, artefact.drinks, artefact.drink_vectors, exponent)

    def directions(self, drinks: Sequence[str], popularity: FloatArray) -> FloatArray:
        """Return about the last directions [drinks, width]; zeros for drinks it did not know."""
        degree = np.maximum(popularity, 1.0)[:, None]
        return self._rows(drinks) * degree ** np.float32(self.popularity_exponent - DRINK_EXPONENT)

    def aligned(self, drinks: Sequence[str], vectors: DrinkVectors) -> DrinkVectors:
        """Return the vectors turned to where the last model had the same drinks.

        One rotation of sources and targets alike (orthogonal Procrustes, Schönemann 1966), so that
        no score changes. Vectors of another width than the last stay as they are.
        """
        before = self._rows(drinks)
        if before.shape != vectors.targets.shape:
            return vectors
        left, _, right = np.linalg.svd(vectors.targets.T @ before)
        turn = (left @ right).astype(np.float32)
        return DrinkVectors(vectors.sources @ turn, vectors.targets @ turn)

    def _rows(self, drinks: Sequence[str]) -> FloatArray:
        place = {drink: row for row, drink in enumerate(self.drinks)}
        rows = np.array([place.get(drink, -1) for drink in drinks], dtype=np.int64)
        return np.where(rows[:, None] >= 0, self.targets[rows], np.float32(0))
