"""The closed form as a part: vectors of who had what, completed by attributes."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import numpy as np
from scipy import sparse

from embeddings.data.dataset import ATTRIBUTE_TYPES, OPINION_TYPES, FloatArray, TrainingGraph
from embeddings.serving.blocks import Block, unit
from embeddings.training.config import TrainingConfig
from embeddings.training.content.trainer import Content
from embeddings.training.factors.spectral import DrinkFactors, rarest
from embeddings.training.part import Part


def closed_form(
    graph: TrainingGraph,
    config: TrainingConfig,
    history: sparse.csr_array,
    own: DrinkFactors,
    content: Content,
    popularity: FloatArray,
) -> Part:
    """Return the part whose vectors are `own`, or `content`'s where nobody had a drink.

    `history` [people, drinks] are shares, `popularity` [drinks] how many people had each.
    """
    scale, length = np.float32(_scale(own)), _cold_gain(own, popularity)
    cold = DrinkFactors(scale * content.drinks, np.float32(length) * unit(content.drinks))
    vectors = _completed(own, cold, popularity)
    described = sum(graph.attributes(kind).shape[1] > 0 for kind in ATTRIBUTE_TYPES)
    shrinkage = config.shrinkage / config.prior_weight if config.prior_weight else 0.0
    return Part(
        blocks=(Block("closed form", own.targets.shape[1], 1.0, length, shrinkage),),
        sources=vectors.sources,
        targets=vectors.targets,
        # by who had them alone, drinks that few people had are like others by chance
        directions=unit(unit(vectors.targets) + unit(content.drinks)),
        default=config.prior_weight * _average(history, vectors.sources),
        states=content.states,
        maps={name: matrix * scale for name, matrix in content.maps.items()},
        # an opinion weighs about as much as a history
        opinions={name: content.maps[name] * (scale * described) for name in OPINION_TYPES},
    )


def _scale(own: DrinkFactors) -> float:
    """Return the factor by which sources are nearest to targets."""
    targets = float((own.targets**2).sum())
    return float((own.sources * own.targets).sum()) / max(targets, 1e-12)


def _cold_gain(own: DrinkFactors, popularity: FloatArray) -> float:
    """Return half the mean length of the targets of the tenth of drinks that fewest people had.

    At that whole length, new drinks would crowd the others out wherever there are many.
    """
    return 0.5 * float(np.linalg.norm(own.targets[rarest(popularity)], axis=1).mean())


def _completed(own: DrinkFactors, cold: DrinkFactors, popularity: FloatArray) -> DrinkFactors:
    """Return vectors in which attributes stand in where nobody had a drink."""
    nobody = (popularity == 0)[:, None]
    return DrinkFactors(
        np.where(nobody, cold.sources, own.sources), np.where(nobody, cold.targets, own.targets)
    )


def _average(history: sparse.csr_array, sources: FloatArray) -> FloatArray:
    """Return the mean pooled source [width] over people with a history."""
    people = max(int((np.diff(history.indptr) > 0).sum()), 1)
    shares = np.asarray(history.sum(axis=0)).ravel() / people
    return (shares @ sources).astype(np.float32)
