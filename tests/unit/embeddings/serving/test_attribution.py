from __future__ import annotations

import dataclasses

import numpy as np

from embeddings.serving.artefact import ItemTransitions, ModelArtefact
from embeddings.serving.attribution import score_losses, without_drink
from embeddings.serving.encoder import Encoder, Taste

TASTE = Taste(drinks=("drink-4", "drink-6"))


def with_transition(artefact: ModelArtefact, weight: float) -> Encoder:
    """A model whose only transition is from drink-4 to drink-9."""
    starts = np.where(np.arange(len(artefact.drinks) + 1) > artefact.drinks.index("drink-4"), 1, 0)
    row = artefact.drinks.index("drink-9")
    transitions = ItemTransitions(
        starts.astype(np.int32), np.array([row], np.int32), np.array([weight], np.float32)
    )
    assert transitions.fits(len(artefact.drinks))
    return Encoder(dataclasses.replace(artefact, transitions=transitions))


def loss(encoder: Encoder) -> float:
    """Return what drink-9 loses without drink-4."""
    return float(score_losses(encoder, TASTE, [without_drink(TASTE, "drink-4")], ["drink-9"])[0, 0])


def test_a_drink_that_makes_another_less_wanted_is_no_reason_for_it(
    artefact: ModelArtefact,
) -> None:
    without, raised, lowered = (
        loss(with_transition(artefact, weight)) for weight in (0.0, 50.0, -50.0)
    )
    assert raised > max(without, 0)
    assert lowered < min(without, 0)
