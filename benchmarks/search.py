"""Search by name in a large catalogue: the processor's time, on the event loop and for the index.

.venv/bin/python -m benchmarks.search [--drinks 100000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from graph.catalogue.entities import Catalogue, Drink
from graph.catalogue.popularity import Popularity
from recommend.state.name_search import Search
from recommend.state.snapshot import Snapshot
from tests.unit.knowledge.bundle import rows
from tests.unit.recommend.catalogues import catalogue

REPEATS = 200
SEARCHES = {
    "one word": "colada",
    "accents and a hyphen": "CRE\u0300ME-D",
    "one letter": "g",
    "three letters, anywhere": "ini",
    "a synonym": "gin and tonic",
    "in the whole catalogue": "drink",
    "a number": "54321",
    "two words with typing errors": "colda drnik",
    "nothing is called so": "qwertyuiop",
    "200 characters": "old fashioned whiskey sour with a rum and coke float " * 4,
}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--drinks", type=int, default=100_000)
    drinks = arguments.parse_args().drinks
    bar = named(drinks)
    began = time.process_time()
    search = Search(bar)
    built = time.process_time() - began
    print(f"{drinks:,} drinks; the index is built in {built:.2f} s, ", end="")
    changed = replace(bar, version=2)
    print(f"kept after a change of no name in {timed(lambda: search.renewed(changed))[0]:.1f} ms")
    snapshot = Snapshot.of(bar, None, Popularity())
    _ = snapshot.view.names
    print("\n| search | drinks found | p50 | p99 |\n|---|---|---|---|")
    for name, text in SEARCHES.items():
        times = [timed(lambda text=text: asked(snapshot, text[:200]))[0] for _ in range(REPEATS)]
        count = int((snapshot.view.levels(text[:200]) > 0).sum())
        print(
            f"| {name} | {count:,} | {median(times):.2f} ms | {np.percentile(times, 99):.2f} ms |"
        )


def asked(snapshot: Snapshot, text: str) -> None:
    """Do what a list by name does: the condition and the order."""
    snapshot.view.filters.search.levels("")  # nothing is remembered from the search before
    snapshot.view.places(text)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    done = work()
    return (time.process_time() - began) * 1000, done


def named(drinks: int, seed: int = 1) -> Catalogue:
    """Return drinks with names of one to three of the bundled names' words and, half, a number."""
    random = np.random.default_rng(seed)
    known = [row["name"] for row in (*rows("drinks/drinks"), *rows("ingredients/ingredients"))]
    spoken = sorted({word for name in known for word in name.split()})
    kinds = sorted({row["kind"] for row in rows("drinks/drinks")})
    return catalogue(*(_drink(random, row, spoken, kinds) for row in range(drinks)))


def _drink(
    random: np.random.Generator, row: int, spoken: Sequence[str], kinds: Sequence[str]
) -> Drink:
    chosen = [str(word) for word in random.choice(spoken, random.integers(1, 4))]
    name = " ".join([*chosen, f"Drink {row}"] if row % 2 else chosen)
    return Drink(f"drink-{row}", name, kind=str(random.choice(kinds)))


if __name__ == "__main__":
    main()
