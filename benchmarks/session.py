"""The last clicks: where the next drink ranks, by how many of them the list knows.

On validation parts alone: settings are chosen within the training part, what is ranked is the first
drink that each person had afterwards, and the test part is not looked at. A person's vector is
made as in a request. "Of a stranger": only the last n drinks are known. "Not yet known": all but
the last n, as in a list that lags behind.

Run: python -m benchmarks.session DATA [SET ...]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks import quality
from benchmarks.transitions import parts_of
from embeddings.data.dataset import FloatArray, IntArray, TrainingGraph
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.holdout import tastes
from embeddings.evaluation.metrics import by_person
from embeddings.serving.encoder import Encoder, Taste
from embeddings.training.config import TrainingConfig
from embeddings.training.recent_popularity import NextDrinks
from embeddings.training.trainer import fit
from embeddings.training.tuning import choose

SETS = ("amazon_grocery", "xwines")
CLICKS = (0, 1, 2, 3, 5, 10)
K, MOST_PEOPLE, BATCH = 20, 20_000, 500
# how the drinks of a history are weighed, beside what validation chooses
WAYS = {
    "all alike": {"recency": 0.0, "half_life": 0.0},
    "by rank, power 1": {"recency": 1.0, "half_life": 0.0},
    "by rank, power 1.5": {"recency": 1.5, "half_life": 0.0},
    "by rank, power 2": {"recency": 2.0, "half_life": 0.0},
    "halved every drink": {"half_life": 1.0},
    "halved every 2 drinks": {"half_life": 2.0},
    "halved every 3 drinks": {"half_life": 3.0},
}
Known = Callable[[Taste], Taste]


@dataclass(frozen=True)
class Next:
    """The next drink of each of `people`, and when; `seen` [users, drinks] is not ranked."""

    people: IntArray
    drinks: IntArray
    at: IntArray
    seen: sparse.csr_array


@dataclass(frozen=True)
class Ranks:
    """Of each person: NDCG@20 of the next drink, and the reciprocal of its rank."""

    ndcg: FloatArray
    reciprocal: FloatArray


def next_drinks(graph: TrainingGraph, parts: Split) -> Next:
    """Return what each person had first of what is held out."""
    wanted = NextDrinks.of(graph, parts.holdout).at_most(MOST_PEOPLE)
    return Next(wanted.people, wanted.drinks, wanted.at, seen(parts.train))


def ranks(encoder: Encoder, wanted: Next, known: Sequence[Taste]) -> Ranks:
    """Rank every drink that a person has not had; equal scores share the place in their middle."""
    places = np.concatenate(list(_places(encoder, wanted, known)))
    ndcg = np.where(places <= K, 1 / np.log2(places + 1), 0.0)
    return Ranks(ndcg.astype(np.float32), (1 / places).astype(np.float32))


def _places(encoder: Encoder, wanted: Next, known: Sequence[Taste]) -> Iterator[FloatArray]:
    for start in range(0, wanted.people.size, BATCH):
        mine = slice(start, start + BATCH)
        people, drinks = wanted.people[mine], wanted.drinks[mine]
        scores = encoder.scores([known[person] for person in people.tolist()])
        scores[wanted.seen[people].nonzero()] = -np.inf
        theirs = scores[np.arange(people.size), drinks][:, None]
        yield 1 + (scores > theirs).sum(axis=1) + ((scores == theirs).sum(axis=1) - 1) // 2


def last(most: int) -> Known:
    """Return what keeps the latest drinks of a taste."""
    return lambda taste: _kept(taste, slice(0, most))


def but_last(most: int) -> Known:
    """Return what takes the latest drinks from a taste."""
    return lambda taste: _kept(taste, slice(most, None))


def _kept(taste: Taste, which: slice) -> Taste:
    kept = np.argsort(-np.array(taste.at, dtype=np.int64), kind="stable")[which].tolist()
    return replace(
        taste,
        drinks=[taste.drinks[row] for row in kept],
        weights=[taste.weights[row] for row in kept],
        at=[taste.at[row] for row in kept],
    )


def lines(data: Path, name: str) -> Iterator[str]:
    """Yield both tables of one set."""
    graph, parts = getattr(quality, name)(data), parts_of(data, name)
    wanted = next_drinks(graph, parts)
    chosen = choose(parts.train, TrainingConfig(threads=1))
    artefact, known = fit(parts.train, chosen).artefact(), tastes(parts.train)
    settings = (
        f"recency {chosen.recency:g}, half-life {chosen.half_life:g}, GraphSAGE {chosen.graph:g}"
    )
    yield f"\n{name}: {wanted.people.size:,} people; chosen: {settings}\n"
    yield "| drinks | of a stranger, NDCG@20 | MRR | not yet known, NDCG@20 | MRR |"
    yield "|---|---|---|---|---|"
    encoder = Encoder(artefact)
    for most in CLICKS:
        both = [
            ranks(encoder, wanted, [how(known_drinks) for known_drinks in known])
            for how in (last(most), but_last(most))
        ]
        yield (
            f"| {most} | "
            + " | ".join(f"{_mean(metrics.ndcg)} | {_mean(metrics.reciprocal)}" for metrics in both)
            + " |"
        )
    whole = ranks(encoder, wanted, known)
    yield f"| all | {_mean(whole.ndcg)} | {_mean(whole.reciprocal)} | | |"
    measures = ("next, NDCG@20", "next, MRR", "all held out, NDCG@20")
    yield f"\n| how drinks are weighed | {' | over power 1.5 | '.join(measures)} | over power 1.5 |"
    yield "|---|---|---|---|---|---|---|"
    metrics_of: dict[str, tuple[FloatArray, ...]] = {}
    for way, settings in WAYS.items():
        encoder = Encoder(replace(artefact, settings={**artefact.settings, **settings}))
        next_ = ranks(encoder, wanted, known)
        metrics_of[way] = next_.ndcg, next_.reciprocal, _of_all(encoder, wanted, known, parts)
    for way, measured in metrics_of.items():
        usual = metrics_of["by rank, power 1.5"]
        cells = [
            f"{_mean(mine)} | {_ahead(mine - theirs)}"
            for mine, theirs in zip(measured, usual, strict=True)
        ]
        yield f"| {way} | {' | '.join(cells)} |"


def _of_all(encoder: Encoder, wanted: Next, known: Sequence[Taste], parts: Split) -> FloatArray:
    """Return each person's NDCG@20 of everything that is held out."""
    score = lambda people: encoder.scores([known[person] for person in people.tolist()])  # noqa: E731
    return by_person(score, wanted.seen, parts.holdout, K).ndcg


def _mean(values: FloatArray) -> str:
    return f"{values.mean():.4f} ± {values.std(ddof=1) / np.sqrt(values.size):.4f}"


def _ahead(gain: FloatArray) -> str:
    error = gain.std(ddof=1) / np.sqrt(gain.size)
    return f"{gain.mean() / error:+.1f}" if error else ""


def main(data: str, *names: str) -> None:
    """Print the tables."""
    for name in names or SETS:
        for line in lines(Path(data), name):
            print(line, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
