"""New drinks and new people: what a model knows of them before anybody did anything.

Drinks: a fifth of the drinks is taken out of training, all events and all; then only those are
ranked, for the people who had any of them, from their other drinks. The others learn from the
attributes: the mean popularity of a drink's attributes, and the cosine of attributes (rarer ones
counting more) with what the person had. By people: on the usual split, the drinks that few had are
ranked among themselves, and so are the others. By history: each person's NDCG@20 on the usual
split, by how many drinks they had before; with 0 to 5 only their latest are shown.

Run: python -m benchmarks.cold DATA [name ...]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.quality import DATA_SETS
from embeddings.data.dataset import ATTRIBUTE_TYPES, BoolArray, FloatArray, IntArray, TrainingGraph
from embeddings.data.positives import Pairs, positives
from embeddings.data.splitting import Split, seen, split
from embeddings.evaluation.baselines import Baseline, Popularity, baselines
from embeddings.evaluation.metrics import ByPerson, by_person
from embeddings.serving.encoder import Encoder, Taste
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import Trained, fit
from embeddings.training.tuning import choose

Score = Callable[[IntArray], FloatArray]
HISTORIES = (0, 1, 2, 5)
BY_PEOPLE = (("nobody", 0, 0), ("1 to 5", 1, 5), ("6 or more", 6, 10**9))
FEWEST_HELD_OUT = 50


def line(data: str, slice_: str, recommender: str, metrics: ByPerson) -> str:
    """One row of the table."""
    error = metrics.ndcg.std(ddof=1) / np.sqrt(metrics.ndcg.size)
    return (
        f"| {data} | {slice_} | {recommender} | {metrics.recall.mean():.4f} "
        f"| {metrics.ndcg.mean():.4f} ± {error:.4f} | {metrics.people.size:,} |"
    )


def attribute_matrix(graph: TrainingGraph) -> sparse.csr_array:
    """[drinks, attributes], rarer attributes weighing more, rows of length one."""
    blocks: list[sparse.csr_array] = []
    for name in ATTRIBUTE_TYPES:
        edges, shape = graph.attributes(name), (len(graph.drinks), len(graph.ids(name)))
        ones = np.ones(edges.shape[1], dtype=np.float32)
        blocks.append(sparse.csr_array((ones, (edges[0], edges[1])), shape=shape))
    matrix = sparse.csr_array(sparse.hstack(blocks))
    matrix.data[:] = 1.0
    had = np.asarray(matrix.sum(axis=0)).ravel()
    matrix = matrix @ sparse.diags_array(np.log((1 + len(graph.drinks)) / (1 + had)) + 1)
    length = np.sqrt(np.asarray(matrix.power(2).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-12)) @ matrix)


def cold_drinks(data: str, graph: TrainingGraph, share: float = 0.2) -> list[str]:
    """Rank the drinks taken out of training, by attributes alone."""
    random, pairs = np.random.default_rng(0), positives(graph)
    taken = random.random(len(graph.drinks)) < share
    events = graph.events.take(~taken[graph.events.drink])
    known = graph.with_events(events)
    shape = len(graph.users), len(graph.drinks)
    wanted = pairs.take(taken[pairs.drink]).matrix(*shape)
    others = sparse.csr_array(np.tile(~taken, (1, 1)).astype(np.float32))
    masked = _every_row(others, shape[0])
    config = choose(known, TrainingConfig(threads=1))
    model = fit(known, config)
    train = positives(known).matrix(*shape)
    attributes = attribute_matrix(graph)
    people_of = np.asarray(train.sum(axis=0)).ravel()
    of_attribute = (attributes.T @ people_of) / np.maximum(
        np.asarray((attributes[~taken]).sum(axis=0)).ravel(), 1e-12
    )
    popular = np.asarray(attributes @ of_attribute).ravel().astype(np.float32)
    profiles = sparse.csr_array(train @ attributes)
    scorers: dict[str, Score] = {
        "model": model.scorer(),
        "popularity of its attributes": lambda people: np.tile(popular, (people.size, 1)),
        "cosine of attributes": lambda people: (profiles[people] @ attributes.T).toarray(),
        "chance": lambda people: random.random((people.size, shape[1])).astype(np.float32),
    }
    return [
        line(data, "drinks nobody had", name, by_person(scorer, masked, wanted, 20, 2000))
        for name, scorer in scorers.items()
    ]


def _every_row(row: sparse.csr_array, rows: int) -> sparse.csr_array:
    columns = row.indices
    return sparse.csr_array(
        (
            np.ones(rows * columns.size, dtype=np.float32),
            np.tile(columns, rows),
            np.arange(rows + 1) * columns.size,
        ),
        shape=(rows, row.shape[1]),
    )


def by_interactions(data: str, graph: TrainingGraph, parts: Split, model: Trained) -> list[str]:
    """Rank drinks among those that as many people had in the training part."""
    pairs, masked = positives(parts.train), seen(parts.train)
    known: list[Baseline] = baselines(pairs.matrix(len(graph.users), len(graph.drinks)))
    scorers: dict[str, Score] = {"model": model.scorer()}
    for recommender in known:
        scorers[recommender.name] = lambda people, recommender=recommender: recommender.score_users(
            masked, people
        )
    people_of = np.bincount(pairs.drink, minlength=len(graph.drinks))
    rows: list[str] = []
    for label, least, most in BY_PEOPLE:
        among = (people_of >= least) & (people_of <= most)
        wanted = sparse.csr_array(parts.holdout @ sparse.diags_array(among.astype(np.float32)))
        wanted.eliminate_zeros()
        if wanted.nnz < FEWEST_HELD_OUT:
            continue
        slice_ = f"{int(among.sum()):,} drinks that {label} had"
        for name, scorer in scorers.items():
            metrics = by_person(_among(scorer, among), masked, wanted, 20, 2000)
            rows.append(line(data, slice_, name, metrics))
    return rows


def _among(scorer: Score, among: BoolArray) -> Score:
    return lambda people: np.where(among, scorer(people), np.float32(-np.inf))


def cold_people(data: str, graph: TrainingGraph, parts: Split, model: Trained) -> list[str]:
    """NDCG where only the latest few of a person's drinks are shown to the request-time encoder."""
    pairs, masked = positives(parts.train), seen(parts.train)
    encoder = Encoder(model.artefact())
    popularity = Popularity(pairs.matrix(len(graph.users), len(graph.drinks)))
    bounds = np.searchsorted(pairs.user, np.arange(len(graph.users) + 1))
    rows: list[str] = []
    for most in HISTORIES:

        def score(people: IntArray, most: int = most) -> FloatArray:
            tastes = [
                _taste(graph, pairs, slice(bounds[user], bounds[user + 1]), most) for user in people
            ]
            return encoder.scores(tastes)

        metrics = by_person(score, masked, parts.holdout, 20, 2000)
        rows.append(line(data, f"{most} drinks shown", "model", metrics))
    metrics = by_person(model.scorer(), masked, parts.holdout, 20, 2000)
    rows.append(line(data, "all drinks shown", "model", metrics))
    scorer = lambda people: popularity.score_users(masked, people)  # noqa: E731
    rows.append(line(data, "any", "popularity", by_person(scorer, masked, parts.holdout, 20, 2000)))
    return rows


def _taste(graph: TrainingGraph, pairs: Pairs, mine: slice, most: int) -> Taste:
    latest = np.argsort(-pairs.last_at[mine], kind="stable")[:most]
    return Taste(
        [graph.drinks[row] for row in pairs.drink[mine][latest]],
        pairs.weight[mine][latest].tolist(),
        pairs.last_at[mine][latest].tolist(),
    )


def main(arguments: Sequence[str]) -> None:
    """Print both tables for each data set."""
    data, names = Path(arguments[0]), arguments[1:] or ["xwines", "lastfm_graph", "amazon_grocery"]
    print(
        "| data | slice | recommender | Recall@20 | NDCG@20 | people |\n|---|---|---|---|---|---|"
    )
    for name in names:
        graph = DATA_SETS[name](data)
        if any(graph.attributes(kind).size for kind in ATTRIBUTE_TYPES):
            print("\n".join(cold_drinks(name, graph)), flush=True)
        parts = split(graph, 0)
        model = fit(parts.train, choose(parts.train, TrainingConfig(threads=1)))
        asked = (name, graph, parts, model)
        print("\n".join(by_interactions(*asked) + cold_people(*asked)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
