"""Drinks' vectors from who had what, in closed form.

The leading directions of the matrix people x drinks, each damped as a ridge regression of all
drinks on all drinks damps it. People and drinks are scaled down by a power of their degree before,
so that one ridge suits catalogues of any size.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.positives import Pairs
from embeddings.serving.blocks import unit
from embeddings.training.factors.svd import RandomizedSvd

PERSON_EXPONENT = 0.25
DRINK_EXPONENT = 0.25
RIDGE = 12.0
_RAREST = 10


@dataclass(frozen=True)
class DrinkFactors:
    """`sources` [drinks, width] are pooled into people, `targets` [drinks, width] are scored.

    `scale` is what turns a prediction of the ridge into a dot product of the two.
    """

    sources: FloatArray
    targets: FloatArray
    scale: float = 1.0


@dataclass(frozen=True)
class Spectrum:
    """`directions` [drinks, width] orthonormal, `energies` [width], `popularity` [drinks].

    Popularity is the people per drink, an average event counting as one.
    """

    directions: FloatArray
    energies: FloatArray
    popularity: FloatArray

    def leading(self, width: int) -> FloatArray:
        """Return drinks' places [drinks, width] in the leading directions, of length 1 or 0."""
        damped = self._damped(RIDGE)
        places = np.zeros((len(damped), width), dtype=np.float32)
        places[:, : damped.shape[1]] = damped[:, :width]
        return unit(places)

    def drinks(self, ridge: float, popularity_exponent: float) -> DrinkFactors:
        """Return vectors whose dot products are the ridge's predictions.

        A drink's target is divided by popularity ** `popularity_exponent`: the more, the less the
        popular are favoured. The scale is such that targets have length 1 in the mean over events.
        """
        degree = np.maximum(self.popularity, 1.0)[:, None]
        damped = self._damped(ridge)
        sources = damped * degree**-DRINK_EXPONENT
        favour = (degree / typical(self.popularity)) ** -popularity_exponent
        targets = damped * degree**DRINK_EXPONENT * favour
        mean = np.average(np.linalg.norm(targets, axis=1), weights=self.popularity)
        scale = 1 / max(float(mean), 1e-12)
        targets *= scale
        return DrinkFactors(sources.astype(np.float32), targets.astype(np.float32), scale)

    def _damped(self, ridge: float) -> FloatArray:
        """Return the directions [drinks, width], each damped as a ridge regression damps it."""
        return self.directions * np.sqrt(self.energies / (self.energies + ridge))


def typical(popularity: FloatArray) -> float:
    """Return how popular [drinks] a drink is that somebody had: the geometric mean over events."""
    return float(np.exp(np.average(np.log(np.maximum(popularity, 1.0)), weights=popularity)))


def rarest(popularity: FloatArray) -> IntArray:
    """Return the rows of the tenth of drinks that fewest people had, but somebody; one at least.

    Empty if nobody had anything.
    """
    had = np.flatnonzero(popularity > 0)
    order = np.argsort(popularity[had], kind="stable")
    return had[order][: max(1, had.size // _RAREST)]


def spectrum(
    pairs: Pairs,
    shape: tuple[int, int],
    width: int,
    seed: int,
    finding: RandomizedSvd | None = None,
) -> Spectrum:
    """Return the `width` leading directions of pairs of [people, drinks]; zeros past the rank."""
    values = pairs.weight / max(float(pairs.weight.mean()), 1e-12)
    matrix = sparse.csr_array((values, (pairs.user, pairs.drink)), shape=shape)
    people = np.asarray(matrix.sum(axis=1)).ravel()
    drinks = np.asarray(matrix.sum(axis=0)).ravel()
    matrix.data *= np.repeat(np.maximum(people, 1.0) ** -PERSON_EXPONENT, np.diff(matrix.indptr))
    matrix.data *= (np.maximum(drinks, 1.0) ** -DRINK_EXPONENT)[matrix.indices]
    rank = min(width, *shape)
    popularity = drinks.astype(np.float32)
    found, energies = (finding or RandomizedSvd()).directions(matrix, rank, seed, popularity)
    directions = np.zeros((shape[1], width), dtype=np.float32)
    directions[:, :rank] = np.where(drinks[:, None] > 0, found, 0.0)
    padded = np.zeros(width, dtype=np.float32)
    padded[:rank] = energies
    return Spectrum(directions, padded, popularity)
