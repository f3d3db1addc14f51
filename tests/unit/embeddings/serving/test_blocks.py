from __future__ import annotations

import numpy as np

from embeddings.data.dataset import TrainingGraph
from embeddings.evaluation.holdout import tastes
from embeddings.serving.blocks import Block, Blocks
from embeddings.serving.encoder import DrinkAttributes, Encoder, Taste
from embeddings.training.trainer import Trained

BLOCKS = Blocks(
    (Block("one", 2, 0.25, 2.0, shrinkage=3.0), Block("two", 3, 0.75, 0.5, halved_at=10.0))
)


def test_a_score_is_the_weighted_sum_of_the_parts_scores() -> None:
    random = np.random.default_rng(0)
    summed, drinks = random.normal(size=(4, 5)), random.normal(size=(6, 5))
    one = summed[:, :2] / np.linalg.norm(summed[:, :2], axis=1, keepdims=True)
    two = summed[:, 2:] / np.linalg.norm(summed[:, 2:], axis=1, keepdims=True)
    had = np.array([0, 10, 20, 30], dtype=np.float32)
    weights = 0.75 / np.array([1, 2, 3, 4])[:, None]
    expected = 0.25 * one @ drinks[:, :2].T + weights * (two @ drinks[:, 2:].T)
    people = BLOCKS.people(summed.astype(np.float32), had)
    assert np.allclose(people @ drinks.T, expected, atol=1e-6)


def test_a_part_of_which_nothing_is_known_stays_zero() -> None:
    nothing = np.zeros((1, 5), dtype=np.float32)
    assert not BLOCKS.people(nothing, nothing[:, 0]).any() and not BLOCKS.cold_drinks(nothing).any()


def test_lengths_of_cold_drinks_and_shares_of_the_average_are_each_blocks_own() -> None:
    cold = BLOCKS.cold_drinks(np.ones((1, 5), dtype=np.float32))
    assert np.allclose([np.linalg.norm(cold[0, :2]), np.linalg.norm(cold[0, 2:])], [2.0, 0.5])
    assert np.allclose(BLOCKS.prior(np.array([0.5], dtype=np.float32)), [[2.5, 2.5, 1, 1, 1]])


def test_a_model_of_before_is_one_block() -> None:
    blocks = Blocks.of({"cold_gain": 0.5, "shrinkage": 7.0}, 16)
    assert blocks.blocks == (Block("closed form", 16, 1.0, 0.5, 7.0),)


def test_a_request_scores_as_training_does(
    graph: TrainingGraph, trained_with_graph: Trained
) -> None:
    artefact = trained_with_graph.artefact()
    artefact.check()
    people = np.arange(len(graph.users))
    served = Encoder(artefact).scores(tastes(graph))
    assert np.allclose(served, trained_with_graph.scorer()(people), atol=1e-5)
    assert [block["part"] for block in artefact.settings["blocks"]] == [
        "closed form",
        "graph",
        "bias",
    ]


def test_a_new_drink_is_placed_by_all_parts(trained_with_graph: Trained) -> None:
    drinks = [DrinkAttributes(f"new-{row}", (("gin", "rum")[row],)) for row in range(2)]
    encoder = Encoder(trained_with_graph.artefact(), drinks)
    blocks = encoder.blocks.split(encoder.drink_vectors(drinks))
    taste = Taste(["drink-4", "drink-6", "drink-8"])
    person = encoder.blocks.split(encoder.user_vectors([taste]))
    assert {name for name, rows in blocks.items() if rows.any()} == {"closed form", "graph"}
    for name in ("closed form", "graph"):
        even, odd = blocks[name] @ person[name][0]
        assert even > odd
