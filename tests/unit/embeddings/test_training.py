from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from embeddings.artefact import ModelArtefact
from embeddings.dataset import Events, TrainingGraph
from embeddings.losses import sampled_softmax_loss, sampling_chances, softmax_loss
from embeddings.retraining import MODEL, retrain
from embeddings.taste import recency_weights
from embeddings.training import Progress, TrainingConfig, TrainingFailed, choose, fit, train
from tests.unit.embeddings.worlds import QUICK


def test_the_same_seed_gives_the_same_model(graph: TrainingGraph, artefact: ModelArtefact) -> None:
    again = fit(graph, QUICK).artefact()
    assert set(again.arrays) == set(artefact.arrays)
    for name, array in artefact.arrays.items():
        assert np.array_equal(again.arrays[name], array), name


def test_another_seed_gives_another_model(graph: TrainingGraph, artefact: ModelArtefact) -> None:
    other = fit(graph, dataclasses.replace(QUICK, seed=1)).artefact()
    assert not np.allclose(other.drink_vectors, artefact.drink_vectors)
    assert other.version.split("-")[1] != artefact.version.split("-")[1]


def test_validation_chooses_the_number_of_epochs(graph: TrainingGraph) -> None:
    seen: list[Progress] = []
    config = dataclasses.replace(QUICK, epochs=None, most_epochs=12, evaluate_every=2)
    chosen = choose(graph, config, seen.append)
    measured = {step.epoch: step.ndcg for step in seen if step.ndcg is not None}
    assert chosen.epochs == max(measured, key=lambda epoch: (measured[epoch], -epoch))


def test_retraining_measures_everything_on_one_split(graph: TrainingGraph) -> None:
    result = retrain(graph, QUICK, k=3)
    assert set(result.table) == {MODEL, "popularity", "ItemKNN", "EASE"}
    assert len({row.users for row in result.table.values()}) == 1
    assert result.table[MODEL].ndcg > result.table["popularity"].ndcg + 0.05
    assert result.artefact.metrics[MODEL]["ndcg"] == result.table[MODEL].ndcg
    result.artefact.check()


def test_a_sample_of_the_softmax_learns_as_well(graph: TrainingGraph) -> None:
    result = retrain(
        graph,
        dataclasses.replace(QUICK, full_softmax_drinks=10, sampled_drinks=4, batch_people=6),
        k=3,
    )
    assert result.table[MODEL].ndcg > result.table["popularity"].ndcg + 0.05


def test_nothing_to_learn_from() -> None:
    empty = TrainingGraph(("a", "b"), ("x",), Events.of([], []))
    with pytest.raises(TrainingFailed, match="no positive"):
        train(empty, QUICK)


def test_a_loss_that_is_not_a_number_stops_training(graph: TrainingGraph) -> None:
    with pytest.raises(TrainingFailed, match="loss"):
        fit(graph, dataclasses.replace(QUICK, learning_rate=float("inf")))


@pytest.mark.parametrize(("people", "drinks"), [(1, 1), (1, 2), (2, 1), (5, 3)])
def test_tiny_graphs_train(people: int, drinks: int) -> None:
    user, drink = np.divmod(np.arange(people * drinks), drinks)
    graph = TrainingGraph(
        tuple(f"d{row}" for row in range(drinks)),
        tuple(f"u{row}" for row in range(people)),
        Events.of(user, drink),
    )
    config = TrainingConfig(most_epochs=4, evaluate_every=2)
    if drinks == 1:
        with pytest.raises(TrainingFailed, match="loss is 0"):
            train(graph, config)
    else:
        train(graph, config).check()


def test_softmax_loss_by_hand() -> None:
    logits = torch.tensor([[0.0, 0.0], [np.log(3.0), 0.0]])
    targets, people = torch.tensor([0, 1]), torch.tensor([0, 1])
    loss = softmax_loss(logits, targets, people, torch.tensor([1.0, 3.0]))
    assert float(loss) == pytest.approx((np.log(2) + 3 * np.log(4)) / 4, rel=1e-6)


def test_a_sampled_column_stands_for_others() -> None:
    wanted, others = torch.tensor([0.0]), torch.tensor([[0.0, -torch.inf]])
    chance = torch.tensor([0.25, 0.5])
    one = torch.ones(1)
    loss = sampled_softmax_loss(wanted, others, chance.log(), torch.tensor([0]), one)
    assert float(loss) == pytest.approx(np.log(1 + 4), rel=1e-6)


def test_sampling_chances_add_up_and_favour_the_popular() -> None:
    found = sampling_chances(torch.tensor([0, 0, 15, 80]), sampled=2)
    assert found.tolist() == pytest.approx([2 / 37, 2 / 37, 16 / 37, 1.0])


def test_recency_weights_by_hand() -> None:
    group = np.array([0, 0, 0, 1])
    weight = np.array([1, 1, 1, 0.2], dtype=np.float32)
    at = np.array([10, 30, 30, -1])
    found = recency_weights(group, weight, at, recency=1.0)
    assert found.tolist() == pytest.approx([0.5 / 2.5, 1 / 2.5, 1 / 2.5, 1.0])
    assert recency_weights(group, weight, at, 0.0)[:3].tolist() == pytest.approx([1 / 3] * 3)
