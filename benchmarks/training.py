"""Seconds and peak memory of one retrain on generated events, and milliseconds of one request.

Run: python -m benchmarks.training PEOPLE DRINKS EVENTS   (a fresh process each: memory is its peak)
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Encoder, Taste
from embeddings.serving.index import DrinkIndex
from embeddings.training.config import TrainingConfig
from embeddings.training.pipeline import retrain
from embeddings.training.progress import Progress

TASTES = 50
INGREDIENTS = 500


def generated(people: int, drinks: int, events: int, seed: int = 0) -> TrainingGraph:
    """People of `TASTES` tastes, drinks of unequal popularity, five ingredients a drink."""
    random = np.random.default_rng(seed)
    taste_of_drink = random.integers(0, TASTES, drinks)
    by_taste = np.argsort(taste_of_drink, kind="stable")
    size = np.bincount(taste_of_drink, minlength=TASTES)
    start = np.cumsum(size) - size
    user = random.integers(0, people, events)
    mine = np.where(random.random(events) < 0.8, user % TASTES, random.integers(0, TASTES, events))
    drink = by_taste[start[mine] + (random.beta(0.6, 3.0, events) * size[mine]).astype(np.int64)]
    contains = np.repeat(np.arange(drinks), 5)
    ingredient = np.where(
        random.random(contains.size) < 0.6,
        taste_of_drink[contains] * (INGREDIENTS // TASTES)
        + random.integers(0, INGREDIENTS // TASTES, contains.size),
        random.integers(0, INGREDIENTS, contains.size),
    )
    return TrainingGraph(
        drinks=tuple(f"drink-{number}" for number in range(drinks)),
        users=tuple(f"user-{number}" for number in range(people)),
        events=Events.of(user, drink, at=random.integers(1, 1 << 40, events)),
        ingredients=tuple(f"ingredient-{number}" for number in range(INGREDIENTS)),
        drink_ingredients=np.stack([contains, ingredient]).astype(np.int64),
    )


def request_milliseconds(artefact: ModelArtefact, drinks_had: int = 20, rounds: int = 200) -> str:
    """Median and 99th percentile of: a user's vector, then the 50 best of half the drinks."""
    encoder, random = Encoder(artefact), np.random.default_rng(1)
    index = DrinkIndex(encoder.vectors)
    allowed = random.random(len(encoder.ids)) < 0.5
    times: list[float] = []
    for _ in range(rounds):
        had = random.choice(len(encoder.ids), min(drinks_had, len(encoder.ids)), replace=False)
        taste = Taste([encoder.ids[row] for row in had], at=list(range(had.size)))
        started = time.perf_counter()
        index.best(encoder.user_vector(taste), allowed, 50)
        times.append((time.perf_counter() - started) * 1000)
    return f"{np.median(times):.2f} ms median, {np.quantile(times, 0.99):.2f} ms p99"


def announce(progress: Progress) -> None:
    if progress.ndcg is not None or progress.epoch == progress.epochs:
        print(f"  {progress} peak {peak_gigabytes():.2f} GB", flush=True)


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main(arguments: Sequence[str]) -> None:
    people, drinks, events = (int(argument) for argument in arguments)
    graph = generated(people, drinks, events)
    base, started = peak_gigabytes(), time.perf_counter()
    candidate = retrain(graph, TrainingConfig(), announce)
    seconds = time.perf_counter() - started
    for name, metrics in candidate.table.items():
        print(f"{name}: recall {metrics.recall:.4f} ndcg {metrics.ndcg:.4f}")
    print(
        f"{people:,} people, {drinks:,} drinks, {events:,} events: {seconds:.0f} s, "
        f"{time.process_time():.0f} s of processor, peak {peak_gigabytes():.2f} GB "
        f"({base:.2f} GB before), request {request_milliseconds(candidate.artefact)}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
