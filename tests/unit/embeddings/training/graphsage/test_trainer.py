from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from embeddings.data.dataset import Events, FloatArray, TrainingGraph
from embeddings.data.splitting import seen, split
from embeddings.evaluation.metrics import evaluate
from embeddings.serving.blocks import Blocks
from embeddings.training.content.trainer import TrainingFailed
from embeddings.training.factors.warm_start import LastModel
from embeddings.training.graphsage import fit as fit_module
from embeddings.training.graphsage.trainer import fit_graph
from embeddings.training.part import Part
from embeddings.training.part_scorer import graph_history, part_scorer
from embeddings.training.progress import Progress, ignore
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.stages import graph_spectrum
from embeddings.training.trainer import Trained, fit
from embeddings.training.tuning import choose
from embeddings.training.workers.checkpoints import CheckpointFolder
from tests.unit.embeddings.worlds import QUICK, WITH_GRAPH, checkerboard, converts, without_times

WIDTH, RECENCY, ROUNDS = 8, 0.5, 20


def directions(graph: TrainingGraph) -> FloatArray:
    return graph_spectrum(graph, QUICK, ignore).leading(WIDTH)


def quick(graph: TrainingGraph, seed: int = 0, rounds: int = ROUNDS) -> Part:
    return fit_graph(graph, directions(graph), RECENCY, rounds, seed)


@pytest.fixture(scope="module")
def part(graph: TrainingGraph) -> Part:
    return quick(graph)


def colours(scores: np.ndarray) -> float:
    """Return the share of people whose three best are of their own colour."""
    best = np.argsort(-scores, axis=1)[:, :3]
    return float(((best % 2) == (np.arange(len(scores)) % 2)[:, None]).all(axis=1).mean())


def test_people_get_their_colour(graph: TrainingGraph, part: Part) -> None:
    assert colours(part_scorer(graph, graph_history(graph, RECENCY), part)(np.arange(60))) > 0.9


def test_the_loss_falls(graph: TrainingGraph) -> None:
    losses: list[float] = []
    fit_graph(
        graph,
        directions(graph),
        RECENCY,
        ROUNDS,
        0,
        lambda round_, rounds, loss: losses.append(loss),
    )
    assert len(losses) == ROUNDS and float(np.mean(losses[-5:])) < losses[0] - 0.05


def test_attributes_alone_place_drinks_that_nobody_had(graph: TrainingGraph, part: Part) -> None:
    even, odd = (part.targets[row, :WIDTH] for row in (0, 1))
    same, other = part.targets[2::2, :WIDTH], part.targets[3::2, :WIDTH]
    assert (same @ even).mean() > (other @ even).mean()
    assert (other @ odd).mean() > (same @ odd).mean()


def test_flavors_lie_near_their_drinks(part: Part) -> None:
    flavors = (part.states["flavor"] @ part.maps["flavor"])[:, :WIDTH]
    drinks = part.directions[2:, :WIDTH]
    assert (flavors[0] @ drinks[::2].T).mean() > (flavors[0] @ drinks[1::2].T).mean()
    assert (flavors[1] @ drinks[1::2].T).mean() > (flavors[1] @ drinks[::2].T).mean()


def test_nothing_is_known_of_what_no_drink_has(graph: TrainingGraph, part: Part) -> None:
    assert not part.states["style"].any()  # of no drink
    assert part.states["ingredient"][2].any()  # "spirit", which gin and rum are
    other = dataclasses.replace(
        graph, flavors=(*graph.flavors, "rose"), ingredients=(*graph.ingredients, "genever")
    )
    known = dataclasses.replace(
        other, ingredient_parents=np.append(other.ingredient_parents, [[3], [2]], axis=1)
    )
    vectors = quick(known)
    assert not vectors.states["flavor"][2].any()
    assert vectors.states["ingredient"][3].any()  # by its parent alone


def test_the_same_seed_gives_the_same_part(graph: TrainingGraph, part: Part) -> None:
    assert np.array_equal(quick(graph).targets, part.targets)
    assert not np.array_equal(quick(graph, seed=1).targets, part.targets)


def test_people_are_no_parameter(graph: TrainingGraph, part: Part) -> None:
    people = len(graph.users)
    arrays = [part.sources, part.targets, part.default, *part.states.values(), *part.maps.values()]
    assert not any(people in array.shape for array in arrays)
    assert Blocks(part.blocks).width == WIDTH + 1


def test_a_graph_without_attributes_or_times_is_fitted_too() -> None:
    whole = without_times(checkerboard())
    bare = TrainingGraph(whole.drinks, whole.users, whole.events)
    part = quick(bare)
    assert colours(part_scorer(bare, graph_history(bare, RECENCY), part)(np.arange(60))) > 0.9
    assert not part.targets[:2].any()  # nobody had them, and nothing is said of them


def test_one_event_is_enough_to_be_finite() -> None:
    graph = TrainingGraph(("a", "b", "c"), ("x",), Events.of([0], [1]))
    assert np.isfinite(quick(graph).targets).all()


def test_a_loss_that_is_not_a_number_stops_training(
    graph: TrainingGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_module, "LEARNING_RATE", float("inf"))
    with pytest.raises(TrainingFailed, match="loss"):
        quick(graph)


class Killed(BaseException):
    """Stands for the end of a process: nothing catches it."""


def test_a_fit_broken_off_goes_on_to_the_same_part(
    graph: TrainingGraph, part: Part, tmp_path: Path
) -> None:
    def killing(round_: int, rounds: int, loss: float) -> None:
        if round_ == 7:
            raise Killed

    done: list[int] = []

    def watch(round_: int, rounds: int, loss: float) -> None:
        done.append(round_)

    steps = CheckpointFolder(tmp_path, "run")
    with pytest.raises(Killed):
        fit_graph(graph, directions(graph), RECENCY, ROUNDS, 0, killing, checkpoints=steps)
    resumed = fit_graph(graph, directions(graph), RECENCY, ROUNDS, 0, watch, checkpoints=steps)
    assert done == list(range(7, ROUNDS + 1))
    assert np.array_equal(resumed.targets, part.targets)
    for path in tmp_path.rglob("graphsage-*"):
        arrays = steps.get(path.name) or {}
        assert arrays and not any(len(graph.users) in array.shape for array in arrays.values())


def test_validation_turns_it_on_only_where_it_is_clearly_better() -> None:
    graph = converts(people=240)
    stages: list[Progress] = []
    chosen = choose(graph, dataclasses.replace(QUICK, graph_rounds=6), stages.append)
    assert chosen.graph in (0.0, 0.35, 0.65, 0.8)
    assert [step.epoch for step in stages if step.stage == "graph"] == [1, 2, 3, 4, 5, 6]


def test_both_parts_together_rank_no_worse_than_chance_between_them() -> None:
    parts = split(checkerboard(people=200, drinks=80, share=0.2), 0)
    ndcg = {
        weight: evaluate(
            fit(parts.train, dataclasses.replace(WITH_GRAPH, graph=weight)).scorer(),
            seen(parts.train),
            parts.holdout,
        ).ndcg
        for weight in (0.0, 0.5, 1.0)
    }
    assert ndcg[0.5] > 0.9 * max(ndcg[0.0], ndcg[1.0])


def test_a_next_model_lies_where_the_last_one_did(
    graph: TrainingGraph, trained_with_graph: Trained
) -> None:
    last = trained_with_graph.artefact()
    other = dataclasses.replace(WITH_GRAPH, seed=3)
    warm = fit(graph, other, runtime=TrainingRuntime(last=LastModel.of(last)))
    fresh = fit(graph, other)

    def distance(trained: Trained) -> float:
        return float(np.linalg.norm(trained.part.targets - last.drink_vectors))

    assert distance(warm) < 0.8 * distance(fresh)
