from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from benchmarks.recommenders.factors import solved
from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage, largest
from benchmarks.recommenders.keeping import OtherSplit, keep, kept
from benchmarks.recommenders.linear import EaseByPeople
from benchmarks.recommenders.tuning import tuned
from embeddings.data.dataset import Events, TrainingGraph
from embeddings.data.splitting import split
from embeddings.evaluation.baselines import Ease


def graph(people: int = 30, drinks: int = 40, each: int = 10, timed: bool = True) -> TrainingGraph:
    random = np.random.default_rng(0)
    had = [random.choice(drinks, each, replace=False) for _ in range(people)]
    events = Events.of(
        np.repeat(np.arange(people), each),
        np.concatenate(had),
        at=np.tile(np.arange(each), people) if timed else -1,
    )
    return TrainingGraph(
        tuple(f"drink-{row}" for row in range(drinks)),
        tuple(f"user-{row}" for row in range(people)),
        events,
    )


def test_ease_by_people_is_ease() -> None:
    histories = Histories(graph())
    people = np.arange(30)
    for recency in (0.0, 1.5):
        shown = histories.weighted(recency)
        np.testing.assert_allclose(
            EaseByPeople(histories.had, 3.0).score_users(shown, people),
            Ease(histories.had, 3.0).score_users(shown, people),
            atol=1e-5,
        )


@pytest.mark.parametrize("width", [4, 16])  # fewer and more than the entries of a row
def test_least_squares_are_those_of_the_equations(width: int) -> None:
    had = Histories(graph()).had
    other = np.random.default_rng(1).standard_normal((40, width)).astype(np.float32)
    weights = solved(had, other, 0.1, 0.02)
    for row, mine in enumerate(other[had.indices.reshape(30, 10)]):
        left = 0.1 * other.T @ other + mine.T @ mine + 0.02 * (10 + 0.1 * 40) * np.eye(width)
        np.testing.assert_allclose(weights[row], np.linalg.solve(left, mine.sum(axis=0)), atol=1e-4)


def test_recency_weighs_the_latest_most_and_keeps_the_number_of_drinks() -> None:
    histories = Histories(graph())
    shown = histories.weighted(1.0)
    np.testing.assert_allclose(shown.sum(axis=1), 10.0, rtol=1e-5)
    pairs = histories.pairs
    mine = pairs.user == 0
    order = pairs.drink[mine][np.argsort(-pairs.last_at[mine])]
    assert (np.diff(shown[[0]].toarray()[0][order]) < 0).all()
    assert len(histories.recencies) > 1
    assert list(Histories(graph(timed=False)).recencies) == [0.0]


def test_largest_keeps_the_largest_of_each_row() -> None:
    kept = largest(sparse.csr_array(np.array([[1.0, 3.0, 2.0], [0.0, 5.0, 0.0]])), 2)
    assert kept.toarray().tolist() == [[0.0, 3.0, 2.0], [0.0, 5.0, 0.0]]


def oracle(histories: Histories, settings: Settings) -> Iterator[Stage]:
    """Knows what the people of the graph have next, and says it best at quality 2, stage 1."""
    whole = Histories(graph()).had - histories.had
    noise = np.random.default_rng(2).random(whole.shape)
    for stage in range(9):
        loud = abs(float(settings["quality"]) - 2) + abs(stage - 1)

        def score(people: np.ndarray, loud: float = loud) -> np.ndarray:
            return (whole[people].toarray() + loud * noise[people]).astype(np.float32)

        SEEN.append((settings["quality"], stage))
        yield Stage("oracle", {"stage": stage}, score)


SEEN: list[tuple[object, int]] = []


def test_validation_chooses_and_stops_where_nothing_gets_better(tmp_path: Path) -> None:
    SEEN.clear()
    parts = split(graph(), 0)
    rival = Rival("oracle", {"quality": (1, 2, 3)}, oracle, patience=2)
    (trial,) = tuned(rival, parts, split(parts.train, 1))
    assert trial.settings == "quality 2, stage 1"
    assert trial.people.ndcg.mean() == 1.0
    assert max(stage for _, stage in SEEN) == 3

    keep(tmp_path, "wines", parts.holdout, trial)
    (again,) = kept(tmp_path, "wines", parts.holdout)
    assert (again.row, again.settings, again.seconds) == (
        trial.row,
        trial.settings,
        trial.seconds,
    )
    assert (again.people.ndcg == trial.people.ndcg).all()
    with pytest.raises(OtherSplit):
        list(kept(tmp_path, "wines", split(graph(timed=False), 3).holdout))
