"""How often drift is seen where there is none, and where there is. Simulated.

.venv/bin/python -m benchmarks.drift
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from learning.statistics.drift import Drift, drift_in

STILL, CHANGED, BEFORE, AFTER = 1_000, 300, 1_000, 3_000
Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

WORLDS: dict[str, Draw] = {
    "a share of 20 %": lambda random, n: (random.random(n) < 0.2).astype(float),
    "evenly from 0 to 1": lambda random, n: random.random(n),
    "mostly near 0": lambda random, n: random.beta(0.5, 5.0, n),
}


def main() -> None:
    random = np.random.default_rng(15)
    print("| what does not change | said to |\n|---|---|")
    for name, draw in WORLDS.items():
        said = sum(seen(draw(random, 2_000)) is not None for _ in range(STILL))
        print(f"| {name} | {said} of {STILL:,} |", flush=True)
    print("| a share of 20 % becomes | found | after so many people (median) |\n|---|---|---|")
    for share in (0.25, 0.3, 0.4):
        found: list[int] = []
        for _ in range(CHANGED):
            before, after = random.random(BEFORE) < 0.2, random.random(AFTER) < share
            drift = seen(np.concatenate([before, after]).astype(float))
            if drift and drift.at >= BEFORE:
                found.append(drift.at - BEFORE)
        print(
            f"| {share:.0%} | {len(found) / CHANGED:.0%} "
            f"| {np.median(found) if found else float('nan'):,.0f} |",
            flush=True,
        )


def seen(numbers: NDArray[np.float64]) -> Drift | None:
    return drift_in(list(enumerate(numbers.tolist())), 0)


if __name__ == "__main__":
    main()
