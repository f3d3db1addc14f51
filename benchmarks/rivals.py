"""The model against tuned rivals: each one's settings are chosen on the validation part.

    python -m benchmarks.rivals DATA [--sets NAME ...] [--rivals NAME ...] [--keep FOLDER]
    python -m benchmarks.rivals DATA --kept FOLDER [--sets NAME ...]

The rivals are those of `benchmarks.recommenders`; FastRP, which needs a Neo4j, is measured by
`benchmarks.fastrp`. What --keep writes, --kept compares with the model of today in seconds;
a rival that is in the folder already is not measured again, so a run may be broken off.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from benchmarks.given_splits import GIVEN, given_split
from benchmarks.quality import DATA_SETS
from benchmarks.recommenders.factors import BY_FREQUENCY, IMPLICIT
from benchmarks.recommenders.graph_filters import BLUR_SHARPEN, GRAPH_FILTER
from benchmarks.recommenders.histories import Rival
from benchmarks.recommenders.keeping import keep, kept, place
from benchmarks.recommenders.light_graph import LIGHT_GRAPH
from benchmarks.recommenders.light_graph_pp import LIGHT_GRAPH_PP
from benchmarks.recommenders.linear import EASE
from benchmarks.recommenders.neighbours import ITEM_NEIGHBOURS, PERSON_NEIGHBOURS, POPULARITY
from benchmarks.recommenders.sequences import SEQUENTIAL
from benchmarks.recommenders.simple_x import SIMPLE_X
from benchmarks.recommenders.sparse_inverse import SPARSE_INVERSE
from benchmarks.recommenders.tuning import TunedRow, tuned
from embeddings.data.splitting import Split, seen, split
from embeddings.evaluation.metrics import ByPerson, by_person
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from embeddings.training.tuning import choose

SETS = ("xwines", "lastfm_300_people", "amazon_grocery", "lastfm")
ALL_SETS = (*DATA_SETS, *GIVEN)
RIVALS = {
    rival.name: rival
    for rival in (
        POPULARITY,
        ITEM_NEIGHBOURS,
        PERSON_NEIGHBOURS,
        EASE,
        IMPLICIT,
        BY_FREQUENCY,
        LIGHT_GRAPH,
        LIGHT_GRAPH_PP,
        GRAPH_FILTER,
        BLUR_SHARPEN,
        SPARSE_INVERSE,
        SIMPLE_X,
        SEQUENTIAL,
    )
}
# rivals do not read attributes, so what they reach is kept under the set without
_SAME_EVENTS = {"lastfm_graph": "lastfm", "amazon_grocery_categories": "amazon_grocery"}
HEAD = (
    "| data | recommender | Recall@20 | NDCG@20 | model ahead by | settings | seconds |\n"
    "|---|---|---|---|---|---|---|"
)


def divided(data: Path, name: str) -> tuple[Split, Split]:
    """Of a set: the split to measure on, and the one inside its training part to choose by."""
    if name in GIVEN:
        given = given_split(data, name)
        return given.measuring, given.choosing
    parts = split(DATA_SETS[name](data), 0)
    return parts, split(parts.train, 1)


def model(parts: Split) -> TunedRow:
    """Measure the product's defaults: settings chosen inside the training part, then a fit."""
    started = time.process_time()
    config = choose(parts.train, TrainingConfig(threads=1))
    people = by_person(fit(parts.train, config).scorer(), seen(parts.train), parts.holdout, 20)
    chosen = f"ridge {config.ridge:g}, exponent {config.popularity_exponent:g}, "
    halved = f"half-life {config.half_life:g}"
    chosen += halved if config.half_life else f"recency {config.recency:g}"
    chosen += f", prior weight {config.prior_weight:g}"
    chosen += f", transitions {config.transitions_weight:g}, graph {config.graph:g}"
    chosen += "" if config.transitions_by_degree else " (by count)"
    if config.graph_halved_at:
        chosen += f", halved at {config.graph_halved_at:g}"
    return TunedRow("model", chosen, time.process_time() - started, people)


def line(data: str, tuned_row: TunedRow, against: ByPerson | None) -> str:
    """One row; how far the model is ahead is in standard errors of the paired difference."""
    people, ahead = tuned_row.people, ""
    if against is not None:
        gain = against.ndcg - people.ndcg
        ahead = f"{gain.mean() / max(_error(gain), 1e-12):+.1f}"
    return (
        f"| {data} | {tuned_row.row} | {people.recall.mean():.4f} ± {_error(people.recall):.4f} "
        f"| {people.ndcg.mean():.4f} ± {_error(people.ndcg):.4f} | {ahead} | {tuned_row.settings} "
        f"| {tuned_row.seconds:.0f} |"
    )


def _error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size))


def measured(
    parts: Split, inner: Split, rivals: Sequence[Rival], data: str, folder: Path | None
) -> Iterator[TunedRow]:
    """Tune and measure the rivals, without those that the folder has."""
    for rival in rivals:
        if folder and place(folder, data, rival.name).exists():
            continue
        started = time.process_time()
        yield from tuned(rival, parts, inner)
        print(f"{rival.name}: {time.process_time() - started:.0f} s with tuning", file=sys.stderr)


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    return name, float(value)


def main() -> None:
    """Print a Markdown table."""
    options = argparse.ArgumentParser()
    options.add_argument("data", type=Path)
    options.add_argument("--sets", nargs="+", default=SETS, choices=ALL_SETS)
    options.add_argument("--rivals", nargs="*", default=list(RIVALS), choices=list(RIVALS))
    options.add_argument("--values", type=int, help="try only so many values of each setting")
    options.add_argument("--fix", nargs="*", default=[], type=_setting, metavar="SETTING=VALUE")
    options.add_argument("--keep", type=Path)
    options.add_argument("--kept", type=Path)
    options.add_argument("--no-model", action="store_true", help="leave the model's row out")
    chosen = options.parse_args()
    rivals = [RIVALS[name].narrow(chosen.values, dict(chosen.fix)) for name in chosen.rivals]
    print(HEAD)
    torch.set_num_threads(1)
    with threadpool_limits(1):
        for name in chosen.sets:
            parts, inner = divided(chosen.data, name)
            mine = None if chosen.no_model else model(parts)
            against = mine.people if mine else None
            if mine:
                print(line(name, mine, None), flush=True)
            for trial in (
                kept(chosen.kept, _SAME_EVENTS.get(name, name), parts.holdout)
                if chosen.kept
                else measured(parts, inner, rivals, name, chosen.keep)
            ):
                print(line(name, trial, against), flush=True)
                if chosen.keep:
                    keep(chosen.keep, name, parts.holdout, trial)


if __name__ == "__main__":
    main()
