"""How similar drinks are by their attributes: Jaccard's index.

Jaccard, Bulletin de la Société vaudoise des sciences naturelles 37, 1901.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.catalogue.entities import Drink


def overlaps(mine: Sequence[Drink], theirs: Sequence[Drink]) -> FloatArray:
    """Return the share of attributes that drinks have in common, float32 [mine, theirs]."""
    ours, others = ([_attributes(drink) for drink in some] for some in (mine, theirs))
    shares = [[_overlap(own, other) for other in others] for own in ours]
    return np.array(shares, dtype=np.float32)


def _attributes(drink: Drink) -> set[str]:
    kinds = {drink.kind} if drink.kind else set[str]()
    return {*drink.ingredients, *drink.flavors, *drink.styles, *kinds}


def _overlap(mine: set[str], theirs: set[str]) -> float:
    return len(mine & theirs) / max(1, len(mine | theirs))
