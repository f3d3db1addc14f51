"""The last model, as what the next one begins with: its vectors of the drinks, by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.blocks import Blocks
from embeddings.training.factors.spectral import DRINK_EXPONENT, DrinkFactors
from embeddings.training.part import Part


@dataclass(frozen=True)
class LastModel:
    """`targets` [drinks, width] of a model, and the exponent of popularity they were made with.

    `graph_targets` [drinks, width] are those of its GraphSAGE, if it has one.
    """

    version: str
    drinks: tuple[str, ...]
    targets: FloatArray
    popularity_exponent: float
    graph_targets: FloatArray | None = None

    @staticmethod
    def of(artefact: ModelArtefact) -> LastModel:
        """Return what counts of an artefact."""
        settings = artefact.settings.get("training", {})
        exponent = float(settings.get("popularity_exponent", DRINK_EXPONENT))
        blocks = Blocks.of(artefact.settings, artefact.dim)
        targets = blocks.split(artefact.drink_vectors)
        closed_form = next(iter(targets.values()))
        return LastModel(
            artefact.version, artefact.drinks, closed_form, exponent, targets.get("graph")
        )

    def directions(self, drinks: Sequence[str], popularity: FloatArray) -> FloatArray:
        """Return about the last directions [drinks, width]; zeros for drinks it did not know."""
        degree = np.maximum(popularity, 1.0)[:, None]
        before = self._rows(drinks, self.targets)
        return before * degree ** np.float32(self.popularity_exponent - DRINK_EXPONENT)

    def aligned(self, drinks: Sequence[str], vectors: DrinkFactors) -> DrinkFactors:
        """Return the vectors turned to where the last model had the same drinks.

        One rotation of sources and targets alike, so that no score changes. Vectors of another
        width than the last stay as they are.
        """
        turn = _turn(vectors.targets, self._rows(drinks, self.targets))
        return DrinkFactors(vectors.sources @ turn, vectors.targets @ turn)

    def turned(self, drinks: Sequence[str], part: Part) -> Part:
        """Turn the GraphSAGE's part in the same way; unchanged if the last model had none."""
        if self.graph_targets is None:
            return part
        width = part.blocks[0].width
        whole = np.eye(part.targets.shape[1], dtype=np.float32)
        before = self._rows(drinks, self.graph_targets)
        whole[:width, :width] = _turn(part.targets[:, :width], before)
        return part.turned(whole)

    def _rows(self, drinks: Sequence[str], targets: FloatArray) -> FloatArray:
        place = {drink: row for row, drink in enumerate(self.drinks)}
        rows = np.array([place.get(drink, -1) for drink in drinks], dtype=np.int64)
        return np.where(rows[:, None] >= 0, targets[rows], np.float32(0))


def _turn(targets: FloatArray, before: FloatArray) -> FloatArray:
    """Return the rotation [width, width] by which targets are nearest to those of before.

    Orthogonal Procrustes, Schönemann 1966; none for another width.
    """
    if before.shape != targets.shape:
        return np.eye(targets.shape[1], dtype=np.float32)
    left, _, right = np.linalg.svd(targets.T @ before)
    return (left @ right).astype(np.float32)
