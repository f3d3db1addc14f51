import itertools

import numpy as np
import pytest
import torch
from scipy import linalg, sparse

from benchmarks.recommenders.graph_filters import Links, Sharpening, sharpened
from benchmarks.recommenders.histories import Histories
from benchmarks.recommenders.sequences import Sequential, in_order
from benchmarks.recommenders.sparse_inverse import SparseInverse
from benchmarks.rivals import RIVALS
from embeddings.data.dataset import Events, TrainingGraph
from embeddings.evaluation.baselines import Ease

GROUPS, PEOPLE, DRINKS, EACH = 3, 60, 36, 8


def groups() -> TrainingGraph:
    """Each person had some of the drinks of one group, in a random order of time."""
    random = np.random.default_rng(0)
    had = [
        random.choice(DRINKS // GROUPS, EACH, replace=False) * GROUPS + person % GROUPS
        for person in range(PEOPLE)
    ]
    events = Events.of(
        np.repeat(np.arange(PEOPLE), EACH),
        np.concatenate(had),
        at=np.tile(np.arange(EACH), PEOPLE),
    )
    return TrainingGraph(
        tuple(f"drink-{row}" for row in range(DRINKS)),
        tuple(f"user-{row}" for row in range(PEOPLE)),
        events,
    )


@pytest.mark.parametrize("name", sorted(set(RIVALS) - {"popularity", "iALS (implicit)"}))
def test_every_rival_ranks_what_a_persons_group_had_first(name: str) -> None:
    histories, people = Histories(groups()), np.arange(PEOPLE)
    settings = {setting: axis[0] for setting, axis in RIVALS[name].axes.items()}
    right = 0.0
    for stage in itertools.islice(RIVALS[name].stages(histories, settings), 4):
        scores = np.asarray(stage.score(people), dtype=np.float32)
        scores[histories.had.toarray() > 0] = -np.inf
        assert scores.shape == (PEOPLE, DRINKS)
        right = max(right, (scores.argmax(axis=1) % GROUPS == people % GROUPS).mean())
    assert right > 0.95


def test_a_sparse_inverse_with_all_neighbours_is_ease() -> None:
    histories, people = Histories(groups()), np.arange(PEOPLE)
    np.testing.assert_allclose(
        SparseInverse(histories.had, 3.0, DRINKS).score_users(histories.had, people),
        Ease(histories.had, 3.0).score_users(histories.had, people),
        atol=1e-4,
    )


def test_all_directions_lose_nothing_of_a_history() -> None:
    had = Histories(groups()).had
    smooth = Links(had, DRINKS).smooth(np.arange(PEOPLE))
    np.testing.assert_allclose(smooth.T, had.toarray(), atol=1e-4)


def test_sharpening_is_the_solution_of_its_equation() -> None:
    links, states = Links(Histories(groups()).had, 4), np.eye(DRINKS, dtype=np.float32)
    filter_ = (sparse.csr_array(links.up) @ links.down).toarray()
    exact = linalg.expm(-0.5 * filter_)
    fine = sharpened(links, states, Sharpening(time=0.5, steps=1, order=4, smooth=0.0))
    np.testing.assert_allclose(fine, exact, atol=1e-3)
    euler = sharpened(links, states, Sharpening(time=0.5, steps=1, order=1, smooth=0.0))
    np.testing.assert_allclose(euler, np.eye(DRINKS) - 0.5 * filter_, atol=1e-5)


def test_a_sequence_knows_what_was_before_and_not_what_comes() -> None:
    torch.manual_seed(0)
    model = Sequential(DRINKS, 0.5).eval()
    one, other = torch.tensor([[3, 1, 2, 5]]), torch.tensor([[3, 1, 2, 9]])
    assert torch.equal(model(one)[:, :3], model(other)[:, :3])
    assert not torch.allclose(model(one)[:, 3], model(torch.tensor([[8, 1, 2, 5]]))[:, 3])
    (mine, *_) = in_order(Histories(groups()))
    assert mine.tolist() == (groups().events.drink[:EACH] + 1).tolist()
