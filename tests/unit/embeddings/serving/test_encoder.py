from __future__ import annotations

import numpy as np
import pytest

from embeddings.data.dataset import TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import DrinkAttributes, Encoder, Taste, summed_by_row
from embeddings.serving.index import DrinkIndex
from embeddings.training.trainer import Trained
from tests.unit.embeddings.worlds import EVEN, ODD, taste_of


def test_people_score_as_in_the_trained_model(
    graph: TrainingGraph, trained: Trained, artefact: ModelArtefact
) -> None:
    encoder, people = Encoder(artefact), np.arange(len(graph.users))
    scores = encoder.scores([taste_of(graph, int(user)) for user in people])
    expected = trained.scorer()(people)
    assert np.allclose(scores, expected, atol=1e-5)
    assert float(np.ptp(expected)) > 0.1


def test_what_follows_on_a_history_counts_beside_the_vector(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact, [EVEN, ODD])
    taste = Taste(["drink-4", "new-odd", "drink-6"], at=[1, 2, 3])
    rows, added = encoder.transition_scores(taste)
    assert rows.size and np.unique(rows).size == rows.size
    plain = encoder.user_vector(taste) @ encoder.vectors.T
    expected = plain.copy()
    expected[rows] += added
    assert np.allclose(encoder.scores([taste])[0], expected)
    assert not np.allclose(plain, expected, atol=0.01)
    for nothing in (Taste(), Taste(["new-odd"]), Taste(["drink-0"])):
        assert not encoder.transition_scores(nothing)[0].size


@pytest.mark.parametrize("drinks", [50, 5_000])
def test_what_follows_on_several_drinks_is_summed(drinks: int) -> None:
    random = np.random.default_rng(1)
    rows = random.integers(0, 50, 200).astype(np.int32)
    values = random.standard_normal(200).astype(np.float32)
    summed = summed_by_row(rows, values, drinks)
    assert summed.rows.tolist() == sorted(set(rows.tolist()))
    expected = [values[rows == row].sum() for row in summed.rows]
    assert np.allclose(summed.values, expected, atol=1e-5) and summed.values.min() < 0


def test_cold_drinks_equal_what_training_reads_in_attributes(
    graph: TrainingGraph, trained: Trained, artefact: ModelArtefact
) -> None:
    drinks = [
        DrinkAttributes(f"copy-{row}", (graph.ingredients[row % 2],), (graph.flavors[row % 2],))
        for row in range(len(graph.drinks))
    ]
    encoder = Encoder(artefact, drinks)
    cold = encoder.drink_vectors(drinks)
    expected = trained.part.targets[:2]  # nobody had these
    assert np.allclose(cold[:2], expected, atol=1e-5) and np.allclose(cold[2:4], expected)
    assert np.array_equal(encoder.vectors[len(graph.drinks) :], cold)
    assert np.allclose(np.linalg.norm(encoder.directions, axis=1), 1, atol=1e-5)


def test_a_new_drink_suits_those_who_like_its_attributes(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact, [EVEN, ODD])
    index = DrinkIndex(encoder.vectors)
    scores = index.scores(encoder.user_vector(Taste(["drink-4", "drink-6", "drink-8"])))
    assert scores[encoder.ids.index("new-even")] > scores[encoder.ids.index("new-odd")] + 0.1


def test_people_absent_from_training_get_their_colour(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact)
    index = DrinkIndex(encoder.vectors)
    for colour in (0, 1):
        taste = Taste([f"drink-{row}" for row in (2 + colour, 4 + colour, 8 + colour)])
        vector = encoder.user_vector(taste)
        rows, _ = index.best(vector, np.ones(len(encoder.ids), dtype=bool), 8)
        assert {int(row) % 2 for row in rows} == {colour}


def test_a_taste_of_new_drinks_alone_counts(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact, [EVEN, ODD])
    index = DrinkIndex(encoder.vectors)
    vector = encoder.user_vector(Taste(["new-odd"]))
    rows, _ = index.best(vector, np.ones(len(encoder.ids), dtype=bool), 5)
    assert {int(row) % 2 for row in rows} == {1}


def test_nothing_known_is_finite_and_the_same_for_all(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact)
    nobody, stranger = encoder.user_vectors([Taste(), Taste(["never heard of"])])
    assert np.isfinite(nobody).all()
    assert np.array_equal(nobody, stranger)
    assert np.linalg.norm(nobody) == pytest.approx(1, abs=1e-5)


def test_the_latest_drink_counts_most(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact)
    even_last = encoder.user_vector(Taste(["drink-4", "drink-5"], at=[2, 1]))
    odd_last = encoder.user_vector(Taste(["drink-4", "drink-5"], at=[1, 2]))
    difference = encoder.vectors @ (even_last - odd_last)
    assert difference[6] > 0 > difference[7]


def test_a_drink_known_to_the_model_is_not_encoded_anew(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact, [DrinkAttributes("drink-3"), EVEN])
    assert encoder.ids == (*artefact.drinks, "new-even")
    assert len(encoder.vectors) == len(encoder.directions) == len(encoder.ids)


def test_unequal_lengths_are_refused(artefact: ModelArtefact) -> None:
    with pytest.raises(ValueError):
        Encoder(artefact).user_vector(Taste(["drink-3", "drink-4"], weights=[1.0]))


def test_a_dislike_pushes_what_is_like_it_down(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact, [EVEN, ODD])
    index = DrinkIndex(encoder.vectors)
    rows = {identifier: row for row, identifier in enumerate(encoder.ids)}
    had = ["drink-4", "drink-5"]
    before = index.scores(encoder.user_vector(Taste(had)))
    after = index.scores(encoder.user_vector(Taste(had, disliked=["drink-6", "never heard of"])))
    change = after - before
    even = [rows[f"drink-{row}"] for row in range(8, 24, 2)]
    odd = [rows[f"drink-{row}"] for row in range(9, 24, 2)]
    assert change[even].max() < 0 < change[odd].min()
    assert change[rows["new-even"]] < change[rows["new-odd"]]


def test_a_dislike_alone_moves_the_list_too(artefact: ModelArtefact) -> None:
    encoder = Encoder(artefact)
    scores = encoder.vectors @ encoder.user_vector(Taste(disliked=["drink-6"]))
    assert scores[8::2].mean() < scores[9::2].mean()


@pytest.mark.parametrize("model", ["trained", "trained_with_graph"])
def test_a_flavor_lies_near_its_drinks_and_its_ingredient(
    model: str, request: pytest.FixtureRequest
) -> None:
    trained: Trained = request.getfixturevalue(model)
    encoder = Encoder(trained.artefact(), [EVEN, ODD])
    flavors, ingredients = map(encoder.attribute_directions, ("flavor", "ingredient"))
    assert np.allclose(np.linalg.norm(flavors, axis=1), 1, atol=1e-5)
    near = flavors @ encoder.directions[2:].T
    assert near[0, ::2].mean() > near[0, 1::2].mean() + 0.1
    assert near[1, 1::2].mean() > near[1, ::2].mean() + 0.1
    alike = flavors @ ingredients[:2].T
    assert alike[0, 0] > alike[0, 1] and alike[1, 1] > alike[1, 0]
    assert not encoder.attribute_directions("style").any()  # no drink has one
