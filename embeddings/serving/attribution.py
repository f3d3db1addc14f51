"""What a score rests on: by how much it falls without one thing that a person did or likes.

Nothing is estimated: the score is worked out again without that thing, as if it had never been.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from embeddings.data.dataset import FloatArray
from embeddings.serving.encoder import Encoder, Taste


def score_losses(
    encoder: Encoder, taste: Taste, without: Sequence[Taste], drinks: Sequence[str]
) -> FloatArray:
    """Return by how much the scores of drinks fall, float32 [len(without), len(drinks)].

    Each of `without` is the taste less one thing.
    """
    scores = encoder.scores([taste, *without], drinks)
    return scores[0] - scores[1:]


def without_drink(taste: Taste, drink: str) -> Taste:
    """Return the taste of somebody who never had to do with a drink."""
    kept = [place for place, one in enumerate(taste.drinks) if one != drink]
    return replace(
        taste,
        drinks=[taste.drinks[place] for place in kept],
        weights=[taste.weights[place] for place in kept] if taste.weights else (),
        at=[taste.at[place] for place in kept] if taste.at else (),
    )


def without_like(taste: Taste, kind: str, liked: str) -> Taste:
    """Return the taste of somebody who never said that they like a flavor, ingredient or style."""
    rest = [id_ for id_ in taste.likes.get(kind, ()) if id_ != liked]
    return replace(taste, likes={**taste.likes, kind: rest})
