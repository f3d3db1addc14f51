"""Whether what is trending helps the list of a person: where their next drink ranks with it.

On validation parts alone, as `benchmarks.session`. To each drink's score, in standard deviations of
a person's scores, is added a weight times its trend when the person had the next drink: how many
people had it within the window before, over the mean of the 24 windows before that, in standard
deviations of chance (`streams.trends.Trend`), its logarithm if it rises and else nothing. "Lately"
adds the logarithm of one more than the people in the window instead.

Run: python -m benchmarks.trend_context DATA [SET ...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import quality
from benchmarks.session import next_drinks
from benchmarks.transitions import parts_of
from embeddings.data.dataset import FloatArray, IntArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.splitting import split
from embeddings.evaluation.holdout import tastes
from embeddings.serving.encoder import Encoder
from embeddings.training.recent_popularity import next_ndcg
from embeddings.training.trainer import TrainingConfig, fit
from streams.trends import UNSEEN_PEOPLE, USUAL_WINDOWS

SETS = ("amazon_grocery", "xwines")
DAYS = (1, 7, 30)
WEIGHTS = (0.05, 0.1, 0.2, 0.4, 0.8)
BATCH = 500
DAY = 86_400_000


class Past:
    """Who had which drink when: counts of a window before a moment."""

    def __init__(self, graph: TrainingGraph) -> None:
        pairs = positives(graph)
        order = np.argsort(pairs.first_at, kind="stable")
        self._at, self._drink = pairs.first_at[order], pairs.drink[order]
        self._drinks = len(graph.drinks)

    def count(self, start: int, end: int) -> IntArray:
        """People by drink, [drinks], from `start` on and before `end`."""
        first, last = np.searchsorted(self._at, (start, end))
        return np.bincount(self._drink[first:last], minlength=self._drinks)

    def trend(self, moment: int, span: int) -> FloatArray:
        """The logarithm of one more than the score of what rises, [drinks]; the floor left out."""
        now = self.count(moment - span, moment)
        usual = self.count(moment - (USUAL_WINDOWS + 1) * span, moment - span) / USUAL_WINDOWS
        score = (now - usual) / np.sqrt(usual + 1)
        return np.log1p(np.maximum(np.where(now > UNSEEN_PEOPLE, score, 0), 0)).astype(np.float32)

    def lately(self, moment: int, span: int) -> FloatArray:
        """The logarithm of one more than the people in the window, [drinks]."""
        return np.log1p(self.count(moment - span, moment)).astype(np.float32)


def measured(graph: TrainingGraph, name: str, data: Path) -> Iterator[str]:
    """Yield the table of one set."""
    parts, graph = parts_of(data, name), split(graph).train  # the test part is not looked at
    wanted = next_drinks(graph, parts)
    past = Past(graph)
    config = TrainingConfig(threads=1, graph=0.0)
    encoder, known = Encoder(fit(parts.train, config).artefact()), tastes(parts.train)
    ways = [(way, days) for way in ("trend", "lately") for days in DAYS]
    gains: dict[tuple[str, int, float], list[FloatArray]] = {}
    alone: list[FloatArray] = []
    for start in range(0, wanted.people.size, BATCH):
        mine = slice(start, start + BATCH)
        people, drinks = wanted.people[mine], wanted.drinks[mine]
        scores = encoder.scores([known[person] for person in people.tolist()])
        scores /= scores.std(axis=1, keepdims=True) + 1e-9
        scores[wanted.seen[people].nonzero()] = -np.inf
        alone.append(next_ndcg(scores, drinks))
        for way, days in ways:
            rows = [getattr(past, way)(int(moment), days * DAY) for moment in wanted.at[mine]]
            added = np.stack(rows)
            for weight in WEIGHTS:
                found = next_ndcg(scores + np.float32(weight) * added, drinks)
                gains.setdefault((way, days, weight), []).append(found)
    before = np.concatenate(alone)
    yield f"\n{name}: {wanted.people.size:,} people; without it {mean(before)}\n"
    yield "| what | window, days | " + " | ".join(f"weight {weight:g}" for weight in WEIGHTS) + " |"
    yield "|---|---|" + "---|" * len(WEIGHTS)
    for way, days in ways:
        cells = [ahead(np.concatenate(gains[way, days, weight]) - before) for weight in WEIGHTS]
        yield f"| {way} | {days} | {' | '.join(cells)} |"


def mean(values: FloatArray) -> str:
    return f"{values.mean():.4f} ± {values.std(ddof=1) / np.sqrt(values.size):.4f}"


def ahead(gain: FloatArray) -> str:
    error = gain.std(ddof=1) / np.sqrt(gain.size)
    return f"{gain.mean():+.4f} ({gain.mean() / error if error else 0:+.1f})"


def main(data: str, *names: str) -> None:
    """Print the tables; in brackets the gain over its standard error, person by person."""
    for name in names or SETS:
        for line in measured(getattr(quality, name)(Path(data)), name, Path(data)):
            print(line, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
