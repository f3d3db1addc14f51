from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from embeddings.data.dataset import EventKind, Events, TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.recency import recency_weights
from embeddings.data.splitting import seen, split
from embeddings.evaluation.holdout import tastes
from embeddings.evaluation.metrics import evaluate
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Encoder, Taste
from embeddings.training.config import TrainingConfig
from embeddings.training.content import fit as content_fit
from embeddings.training.content.trainer import TrainingFailed
from embeddings.training.factors.spectral import spectrum
from embeddings.training.pipeline import MODEL, retrain
from embeddings.training.progress import Progress
from embeddings.training.trainer import Trained, fit
from embeddings.training.tuning import choose, train
from tests.unit.embeddings.worlds import QUICK, checkerboard, converts, without_times


def test_the_same_seed_gives_the_same_model(graph: TrainingGraph, artefact: ModelArtefact) -> None:
    again = fit(graph, QUICK).artefact()
    assert set(again.arrays) == set(artefact.arrays)
    for name, array in artefact.arrays.items():
        assert np.array_equal(again.arrays[name], array), name


def test_another_seed_gives_another_version(graph: TrainingGraph, artefact: ModelArtefact) -> None:
    other = fit(graph, dataclasses.replace(QUICK, seed=1)).artefact()
    assert other.version.split("-")[1] != artefact.version.split("-")[1]


def test_who_had_what_in_full_width_is_a_ridge_regression_of_drinks_on_drinks() -> None:
    graph = checkerboard()
    pairs, shape = positives(graph), (len(graph.users), len(graph.drinks))
    matrix = pairs.matrix(*shape).toarray().astype(np.float64)
    people, drinks = (np.maximum(matrix.sum(axis=axis), 1) for axis in (1, 0))
    scaled = people[:, None] ** -0.25 * matrix * drinks**-0.25
    gram = scaled.T @ scaled
    expected = drinks[:, None] ** -0.25 * np.linalg.solve(gram + 3.0 * np.eye(len(gram)), gram)
    vectors = spectrum(pairs, shape, shape[1], 0).drinks(ridge=3.0, popularity_exponent=0.25)
    scores = vectors.sources @ vectors.targets.T
    assert np.allclose(
        scores / np.linalg.norm(scores), expected / np.linalg.norm(expected), atol=1e-5
    )


def test_validation_finds_that_the_latest_drinks_count_most() -> None:
    graph = converts(people=240)
    measured: list[Progress] = []
    steady = dataclasses.replace(QUICK, recency=0.0)
    chosen = choose(graph, steady, measured.append)
    assert chosen.recency > 0.0 or chosen.half_life > 0.0
    assert not chosen.choice
    ndcg = [step.ndcg for step in measured if step.ndcg is not None]
    assert max(ndcg) > ndcg[0] + 0.01


def test_few_people_choose_nothing(graph: TrainingGraph) -> None:
    assert choose(graph, QUICK) == dataclasses.replace(QUICK, choice=False)


def test_retraining_measures_everything_on_one_split(graph: TrainingGraph) -> None:
    result = retrain(graph, QUICK, k=3)
    assert set(result.table) == {MODEL, "popularity", "ItemKNN", "EASE"}
    assert len({row.users for row in result.table.values()}) == 1
    assert result.table[MODEL].ndcg > result.table["popularity"].ndcg + 0.05
    assert result.artefact.metrics[MODEL]["ndcg"] == result.table[MODEL].ndcg
    result.artefact.check()


def test_attributes_alone_tell_the_colour_of_drinks_nobody_had(trained: Trained) -> None:
    score = trained.scorer()(np.arange(60))
    own = np.where(np.arange(60)[:, None] % 2 == np.arange(2), score[:, :2], -score[:, :2])
    assert (own.sum(axis=1) > 0).mean() > 0.9


def test_without_attributes_nothing_is_fitted_to_them(graph: TrainingGraph) -> None:
    bare = TrainingGraph(graph.drinks, graph.users, graph.events)
    stages: list[str] = []
    artefact = fit(bare, QUICK, lambda step: stages.append(step.stage)).artefact()
    assert set(stages) == {"directions", "transitions"}
    assert not artefact.arrays["drink_vectors"][:2].any()
    with_attributes = fit(graph, QUICK).artefact()
    assert with_attributes.arrays["drink_vectors"][:2].any()


def test_an_event_of_little_weight_moves_little() -> None:
    graph = without_times(checkerboard())
    events = graph.events
    kind = np.where(events.drink < 6, EventKind.VIEW, EventKind.PURCHASE)
    viewed = graph.with_events(Events.of(events.user, events.drink, kind))
    before, after = (
        np.linalg.norm(fit(data, QUICK).artefact().arrays["drink_sources"][2:], axis=1)
        for data in (graph, viewed)
    )
    assert (after / before)[:4].max() < (after / before)[4:].min()


def test_the_popular_are_favoured_less_with_a_larger_exponent(graph: TrainingGraph) -> None:
    def shown(exponent: float) -> float:
        parts = split(checkerboard(people=200, drinks=80, share=0.2), 0)
        config = dataclasses.replace(QUICK, popularity_exponent=exponent)
        scorer = fit(parts.train, config).scorer()
        return evaluate(scorer, seen(parts.train), parts.holdout, k=3).coverage

    assert shown(0.6) >= shown(0.0)


def test_nothing_to_learn_from() -> None:
    empty = TrainingGraph(("a", "b"), ("x",), Events.of([], []))
    with pytest.raises(TrainingFailed, match="no positive"):
        train(empty, QUICK)


def test_a_loss_that_is_not_a_number_stops_training(
    graph: TrainingGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_fit, "_LEARNING_RATE", float("inf"))
    with pytest.raises(TrainingFailed, match="loss"):
        fit(graph, QUICK)


@pytest.mark.parametrize(("people", "drinks"), [(1, 1), (1, 2), (2, 1), (5, 3)])
def test_tiny_graphs_train(people: int, drinks: int) -> None:
    user, drink = np.divmod(np.arange(people * drinks), drinks)
    graph = TrainingGraph(
        tuple(f"d{row}" for row in range(drinks)),
        tuple(f"u{row}" for row in range(people)),
        Events.of(user, drink),
    )
    artefact = train(graph)
    artefact.check()
    assert artefact.drink_vectors.any()


def test_vectors_are_shorter_for_larger_catalogues() -> None:
    config = TrainingConfig()
    assert [config.width(drinks) for drinks in (1, 25_000, 25_001, 50_001, 1_000_000)] == [
        256, 256, 128, 64, 64,
    ]  # fmt: skip
    assert TrainingConfig(hidden=8).width(10) == 8


def test_recency_weights_by_hand() -> None:
    group = np.array([0, 0, 0, 1])
    weight = np.array([1, 1, 1, 0.2], dtype=np.float32)
    at = np.array([10, 30, 30, -1])
    weights = recency_weights(group, weight, at, recency=1.0)
    assert weights.tolist() == pytest.approx([0.5 / 2.5, 1 / 2.5, 1 / 2.5, 1.0])
    assert recency_weights(group, weight, at, 0.0)[:3].tolist() == pytest.approx([1 / 3] * 3)
    halved = recency_weights(group, weight, np.array([10, 20, 30, -1]), 5.0, half_life=1.0)
    assert halved.tolist() == pytest.approx([0.25 / 1.75, 0.5 / 1.75, 1 / 1.75, 1.0])


def test_without_times_the_order_of_a_history_is_not_tried() -> None:
    timed, untimed = list[Progress](), list[Progress]()
    graph = converts(people=120)
    for data, steps in ((graph, timed), (without_times(graph), untimed)):
        choose(data, dataclasses.replace(QUICK, graph_rounds=1), steps.append)
    counts = [
        max(step.epochs for step in steps if step.stage == "choose") for steps in (timed, untimed)
    ]
    assert counts == [47, 42]


def test_a_request_halves_what_came_before_as_training_does(graph: TrainingGraph) -> None:
    model = fit(graph, dataclasses.replace(QUICK, half_life=1.0))
    artefact = model.artefact()
    assert artefact.settings["half_life"] == 1.0
    people = np.arange(len(graph.users))
    served = Encoder(artefact).scores(tastes(graph))
    assert np.allclose(served, model.scorer()(people), atol=1e-5)
    usual = fit(graph, QUICK).scorer()(people)
    assert not np.allclose(served, usual, atol=1e-2)


def test_the_last_click_moves_the_list_at_once() -> None:
    graph = converts(people=240)
    encoder = Encoder(fit(graph, dataclasses.replace(QUICK, half_life=1.0)).artefact())
    odd = [f"drink-{row}" for row in (1, 3, 5, 7, 9)]
    before = Taste(odd, at=list(range(5)))
    after = Taste([*odd, "drink-20"], at=list(range(6)))
    old, new = encoder.scores([before, after])
    even = np.arange(len(encoder.ids)) % 2 == 0
    unseen = [row for row, drink in enumerate(encoder.ids) if drink not in after.drinks]
    gained = (new - old)[unseen]
    assert gained[even[unseen]].mean() > gained[~even[unseen]].mean() + 0.1


def test_many_drinks_that_nobody_had_do_not_crowd_the_others_out() -> None:
    few, new = checkerboard(people=120), 300
    count = len(few.drinks)
    rows = np.arange(count + new)
    crowded = dataclasses.replace(
        few,
        drinks=tuple(f"drink-{row}" for row in rows),
        drink_ingredients=np.stack([rows, rows % 2]),
        drink_flavors=np.stack([rows, rows % 2]),
    )
    before, after = (retrain(graph, QUICK, k=3).table[MODEL] for graph in (few, crowded))
    assert after.ndcg > 0.9 * before.ndcg
