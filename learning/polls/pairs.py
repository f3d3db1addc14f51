"""Which two drinks to ask about: the pair whose answer tells most of a taste."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import FloatArray
from recommend.state.snapshot import Snapshot

CANDIDATES = 25
"""Of how many well-liked drinks pairs are made: who knows neither drink cannot choose."""

Pair = tuple[int, int]


def telling_pair(
    snapshot: Snapshot, rows: Sequence[int], earlier: Sequence[Pair] = ()
) -> Pair | None:
    """Return the rows of the pair that tells most, of drinks in the order in which they are liked.

    An answer says on which side of the difference of two drinks a taste lies. It tells as much as
    that difference spreads the scores of all these drinks, less what `earlier` pairs have told,
    times the share of the two drinks' flavors that they do not share: a choice that people can
    taste. None if there are no two drinks that differ.
    """
    places = {row: place for place, row in enumerate(rows)}
    known = [(places[a], places[b]) for a, b in earlier if a in places and b in places]
    told = {place for pair in known for place in pair}
    candidates = [place for place in range(min(len(rows), CANDIDATES)) if place not in told]
    if len(candidates) < 2:
        return None
    points = _without(_points(snapshot, rows), known)
    worth = _spreads(points, candidates) * _unlikeness(snapshot, [rows[p] for p in candidates])
    best = int(np.argmax(worth))
    if worth.flat[best] <= 0:
        return None
    one, other = sorted(divmod(best, len(candidates)))
    return rows[candidates[one]], rows[candidates[other]]


def _points(snapshot: Snapshot, rows: Sequence[int]) -> FloatArray:
    """Return where drinks lie [rows, dim], about their middle: by the model, else by flavors."""
    if snapshot.scorer.has_model:
        points = snapshot.scorer.directions[list(rows)]
    else:
        points = _flavor_rows(snapshot, rows)
    return points - points.mean(axis=0)


def _flavor_rows(snapshot: Snapshot, rows: Sequence[int]) -> FloatArray:
    column = {flavor: place for place, flavor in enumerate(snapshot.catalogue.flavors)}
    found = np.zeros((len(rows), len(column)), dtype=np.float32)
    for place, row in enumerate(rows):
        for flavor, weight in snapshot.view.flavors.of(snapshot.catalogue.drinks[row]).items():
            if flavor in column:
                found[place, column[flavor]] = weight
    return found


def _without(points: FloatArray, pairs: Sequence[Pair]) -> FloatArray:
    """Return the points without the directions that pairs have asked about (Gram-Schmidt)."""
    for one, other in pairs:
        direction = points[one] - points[other]
        length = float(np.linalg.norm(direction))
        if length > 1e-6:
            unit = direction / length
            points = points - np.outer(points @ unit, unit)
    return points


def _spreads(points: FloatArray, candidates: Sequence[int]) -> FloatArray:
    """Return the variance of all scores along the difference of each two candidates."""
    scores = points @ points[list(candidates)].T
    products = scores.T @ scores / len(points)
    squares = products.diagonal()
    spreads = squares[:, None] + squares[None, :] - 2 * products
    return spreads.astype(np.float32)


def _unlikeness(snapshot: Snapshot, rows: Sequence[int]) -> FloatArray:
    """Return the share of the flavors of each two drinks that only one has."""
    has: FloatArray = (_flavor_rows(snapshot, rows) > 0).astype(np.float32)
    shared: FloatArray = has @ has.T
    own: FloatArray = has.sum(axis=1, dtype=np.float32)
    either: FloatArray = np.maximum(own[:, None] + own[None, :] - shared, np.float32(1))
    unlike: FloatArray = np.float32(1) - shared / either
    return unlike
