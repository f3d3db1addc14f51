"""The model against tuned rivals: each one's settings are chosen on the validation part.

ItemKNN, UserKNN, EASE, iALS (Hu, Koren, Volinsky 2008, regularised by frequency as in Rendle and
others 2021) and LightGCN (He and others 2020, with a softmax over drinks instead of pairs).

Run: python -m benchmarks.rivals DATA [name ...]
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from scipy import sparse
from threadpoolctl import threadpool_limits
from torch.nn.functional import cross_entropy, normalize

from benchmarks.quality import DATA_SETS
from embeddings.baselines import Ease, ItemKNN, Popularity
from embeddings.choosing import choose
from embeddings.dataset import FloatArray, IntArray, TrainingGraph
from embeddings.evaluation import ByPerson, by_person
from embeddings.model import Adjacency
from embeddings.positives import positives
from embeddings.splitting import Split, seen, split
from embeddings.training import TrainingConfig, fit

Score = Callable[[IntArray], FloatArray]
MOST_DRINKS_FOR_EASE = 10_000
VALIDATION_PEOPLE = 3000


def popularity(train: sparse.csr_array) -> Iterator[tuple[str, Score]]:
    model = Popularity(train)
    yield "", lambda people: model.score_users(train, people)


def item_neighbours(train: sparse.csr_array) -> Iterator[tuple[str, Score]]:
    for neighbours, shrinkage in itertools.product((30, 100, 300), (0.0, 10.0, 100.0)):
        model = ItemKNN(train, neighbours, shrinkage)
        yield (
            f"{neighbours} neighbours, shrinkage {shrinkage:g}",
            lambda people, model=model: model.score_users(train, people),
        )


def person_neighbours(train: sparse.csr_array) -> Iterator[tuple[str, Score]]:
    """The drinks of the people most alike by cosine, each weighing as alike as they are."""
    length = np.sqrt(np.diff(train.indptr))
    for neighbours, shrinkage in itertools.product((50, 150, 500), (0.0, 5.0)):

        def score(people: IntArray, most: int = neighbours, less: float = shrinkage) -> FloatArray:
            alike = (train[people] @ train.T).toarray()
            alike /= length[people][:, None] * length + less + 1e-9
            alike[np.arange(people.size), people] = 0.0
            if most < alike.shape[1]:
                floor = np.partition(alike, -most, axis=1)[:, -most][:, None]
                alike[alike < floor] = 0.0
            return (sparse.csr_array(alike) @ train).toarray().astype(np.float32)

        yield f"{neighbours} neighbours, shrinkage {shrinkage:g}", score


def ease(train: sparse.csr_array) -> Iterator[tuple[str, Score]]:
    if train.shape[1] > MOST_DRINKS_FOR_EASE:
        return
    for regularization in (30.0, 100.0, 300.0, 1000.0):
        model = Ease(train, regularization)
        yield (
            f"regularization {regularization:g}",
            lambda people, model=model: model.score_users(train, people),
        )


def alternating_least_squares(train: sparse.csr_array) -> Iterator[tuple[str, Score]]:
    for weight, ridge in itertools.product((0.03, 0.3), (0.003, 0.03)):
        people, drinks = _factors(train, 64, weight, ridge)
        yield (
            f"64 dimensions, unobserved {weight:g}, ridge {ridge:g}",
            lambda rows, people=people, drinks=drinks: people[rows] @ drinks.T,
        )


def _factors(
    train: sparse.csr_array, width: int, weight: float, ridge: float, rounds: int = 6
) -> tuple[FloatArray, FloatArray]:
    random = np.random.default_rng(0)
    drinks = (random.standard_normal((train.shape[1], width)) / width).astype(np.float32)
    people = np.zeros((train.shape[0], width), dtype=np.float32)
    by_drink = sparse.csr_array(train.T)
    for _ in range(rounds):
        people = _solved(train, drinks, weight, ridge)
        drinks = _solved(by_drink, people, weight, ridge)
    return _solved(train, drinks, weight, ridge), drinks


def _solved(rows: sparse.csr_array, other: FloatArray, weight: float, ridge: float) -> FloatArray:
    everybody = weight * (other.T @ other)
    found = np.zeros((rows.shape[0], other.shape[1]), dtype=np.float32)
    eye = np.eye(other.shape[1], dtype=np.float32)
    for row, (start, end) in enumerate(itertools.pairwise(rows.indptr)):
        mine = other[rows.indices[start:end]]
        strength = ridge * (end - start + weight * other.shape[0])
        found[row] = np.linalg.solve(everybody + mine.T @ mine + strength * eye, mine.sum(axis=0))
    return found


def light_graph(train: sparse.csr_array) -> Iterator[tuple[str, Score]]:
    """After every four epochs, so that validation also chooses how long."""
    for layers in (1, 3):
        yield from _light_graph(train, layers)


def _light_graph(
    train: sparse.csr_array, layers: int, width: int = 64, epochs: int = 24
) -> Iterator[tuple[str, Score]]:
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    people, drinks = train.shape
    scaled = [np.maximum(np.asarray(train.sum(axis=axis)).ravel(), 1) ** -0.5 for axis in (1, 0)]
    normal = sparse.csr_array(sparse.diags_array(scaled[0]) @ train @ sparse.diags_array(scaled[1]))
    to_people, to_drinks = Adjacency(normal), Adjacency(sparse.csr_array(normal.T))
    start = [torch.nn.Parameter(0.1 * torch.randn(count, width)) for count in (people, drinks)]
    optimizer = torch.optim.Adam(start, lr=0.01)
    user, drink = train.nonzero()

    def states() -> tuple[torch.Tensor, torch.Tensor]:
        rows, columns = [start[0]], [start[1]]
        for _ in range(layers):
            row, column = to_people @ columns[-1], to_drinks @ rows[-1]
            rows.append(row)
            columns.append(column)
        return torch.stack(rows).mean(0), torch.stack(columns).mean(0)

    for epoch in range(1, epochs + 1):
        for batch in np.array_split(random.permutation(user.size), max(1, user.size // 4096)):
            rows, columns = states()
            logits = normalize(rows[user[batch]]) @ normalize(columns).T / 0.2
            loss = cross_entropy(logits, torch.from_numpy(drink[batch].astype(np.int64)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch % 4 == 0:
            with torch.no_grad():
                rows, columns = (normalize(one).numpy() for one in states())
            yield (
                f"{layers} layers, {epoch} epochs",
                lambda wanted, rows=rows, columns=columns: rows[wanted] @ columns.T,
            )


RIVALS = {
    "popularity": popularity,
    "ItemKNN": item_neighbours,
    "UserKNN": person_neighbours,
    "EASE": ease,
    "iALS": alternating_least_squares,
    "LightGCN": light_graph,
}


def tuned(
    rival: Callable[[sparse.csr_array], Iterator[tuple[str, Score]]], parts: Split, inner: Split
) -> tuple[str, ByPerson] | None:
    """Return the settings that validation found best, and what they reach on the test part."""
    train, masked = positives(inner.train).matrix(*inner.holdout.shape), seen(inner.train)
    measured = {
        name: by_person(score, masked, inner.holdout, 20, VALIDATION_PEOPLE).ndcg.mean()
        for name, score in rival(train)
    }
    if not measured:
        return None
    best = max(measured, key=lambda name: measured[name])
    train, masked = positives(parts.train).matrix(*parts.holdout.shape), seen(parts.train)
    for name, score in rival(train):
        if name == best:
            return name, by_person(score, masked, parts.holdout, 20)
    raise AssertionError(best)


def line(data: str, name: str, settings: str, found: ByPerson, model: ByPerson) -> str:
    """One row: metrics, and by how many standard errors of the difference the model is ahead."""
    size = np.sqrt(found.ndcg.size)
    gain = model.ndcg - found.ndcg
    ahead = "" if found is model else f"{gain.mean() / max(gain.std(ddof=1) / size, 1e-12):+.1f}"
    return (
        f"| {data} | {name} | {found.recall.mean():.4f} ± {found.recall.std(ddof=1) / size:.4f} "
        f"| {found.ndcg.mean():.4f} ± {found.ndcg.std(ddof=1) / size:.4f} | {ahead} | {settings} |"
    )


def compared(data: str, graph: TrainingGraph, only: Sequence[str]) -> Iterator[str]:
    """The model's row, then each rival's."""
    parts = split(graph, 0)
    inner = split(parts.train, 1)
    config = choose(parts.train, TrainingConfig(threads=1))
    mine = by_person(fit(parts.train, config).scorer(), seen(parts.train), parts.holdout, 20)
    chosen = f"ridge {config.ridge:g}, exponent {config.popularity_exponent:g}, "
    chosen += f"recency {config.recency:g}, habit {config.habit:g}"
    yield line(data, "model", chosen, mine, mine)
    for name, rival in RIVALS.items():
        if not only or name in only:
            started, found = time.perf_counter(), tuned(rival, parts, inner)
            print(f"{data} {name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
            if found:
                yield line(data, name, *found, mine)


def main(arguments: Sequence[str]) -> None:
    """Print a Markdown table; words that name a rival restrict it to those."""
    data, words = Path(arguments[0]), arguments[1:]
    names = [word for word in words if word in DATA_SETS] or ["lastfm_300_people", "amazon_grocery"]
    print("| data | recommender | Recall@20 | NDCG@20 | model ahead by | settings |")
    print("|---|---|---|---|---|---|")
    torch.set_num_threads(1)
    with threadpool_limits(1):
        for name in names:
            only = [word for word in words if word in RIVALS]
            for row in compared(name, DATA_SETS[name](data), only):
                print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
