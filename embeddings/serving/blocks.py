"""The parts of a model, laid side by side: each has a block of every vector, and a weight.

A person's block is a direction times its part's weight. So one dot product of two long vectors is
the weighted sum of the parts' scores, and one exact top-k serves them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.data.dataset import FloatArray

_TINY = np.float32(1e-12)


@dataclass(frozen=True)
class Block:
    """One part's numbers in a vector.

    `weight` multiplies a person's block; it is halved for whoever had `halved_at` drinks, a third
    for twice as many, and so on, unless that is 0. `cold_length` is how long a drink's block is
    that is known by its attributes only; `shrinkage`, divided by the number of somebody's drinks,
    how many times more of the average person is in them. `transitions_weight` multiplies the
    transitions from somebody's drinks, as `weight` does where it is None; it counts in the first
    block only.
    """

    part: str
    width: int
    weight: float = 1.0
    cold_length: float = 1.0
    shrinkage: float = 0.0
    transitions_weight: float | None = None
    halved_at: float = 0.0

    def weights(self, had: FloatArray) -> FloatArray:
        """Return the weight [n] for people who had so many drinks [n]."""
        falling = 1.0 + had / self.halved_at if self.halved_at else np.ones_like(had)
        return (self.weight / falling).astype(np.float32)


@dataclass(frozen=True)
class Blocks:
    """All blocks, in their order."""

    blocks: tuple[Block, ...]

    @staticmethod
    def of(settings: Mapping[str, Any], width: int) -> Blocks:
        """Read them from an artefact's settings; a model of before has one."""
        rows: list[dict[str, Any]] = settings.get("blocks", [])
        if not rows:
            cold = float(settings.get("cold_gain", 1.0))
            shrinkage = float(settings.get("shrinkage", 0.0))
            return Blocks((Block("closed form", width, cold_length=cold, shrinkage=shrinkage),))
        return Blocks(tuple(Block(**row) for row in rows))

    @property
    def width(self) -> int:
        """The length of a vector."""
        return sum(block.width for block in self.blocks)

    def split(self, rows: FloatArray) -> dict[str, FloatArray]:
        """Return the numbers [n, width] of each part, by its name."""
        names = [block.part for block in self.blocks]
        return {name: rows[:, part] for name, part in zip(names, self._slices(), strict=True)}

    def people(self, summed: FloatArray, had: FloatArray) -> FloatArray:
        """Return people's vectors [n, width] from what their directions are those of.

        `had` [n] is how many drinks they had.
        """
        return self._turned(summed, [block.weights(had)[:, None] for block in self.blocks])

    def cold_drinks(self, sources: FloatArray) -> FloatArray:
        """Return vectors [n, width] to score with of drinks known by their attributes only."""
        return self._turned(sources, [block.cold_length for block in self.blocks])

    def directions(self, rows: FloatArray) -> FloatArray:
        """Return unit rows [n, width] in which all parts count alike: products are similarities.

        A row of which no part knows anything stays zero.
        """
        return unit(self._turned(rows, [1.0] * len(self.blocks)))

    def prior(self, fewness: FloatArray) -> FloatArray:
        """Return how much of the average person is in each number [n, width] of people.

        `fewness` [n] is one divided by how many drinks they had.
        """
        shrinkage = [
            np.full(block.width, block.shrinkage, dtype=np.float32) for block in self.blocks
        ]
        return np.float32(1.0) + fewness[:, None] * np.concatenate(shrinkage)

    def transitions(self, summed: FloatArray) -> FloatArray:
        """Return what the transitions' weights [n] of each person are multiplied by.

        They go with the first part, whose scores are divided by the length of its block.
        """
        first = self.blocks[0]
        weight = first.transitions_weight
        weight = first.weight if weight is None else weight
        return np.float32(weight) / lengths(summed[:, : first.width])[:, 0]

    def _turned(self, rows: FloatArray, gains: Sequence[FloatArray | float]) -> FloatArray:
        turned = np.empty(rows.shape, dtype=np.float32)
        for part, gain in zip(self._slices(), gains, strict=True):
            turned[:, part] = unit(rows[:, part]) * np.asarray(gain, dtype=np.float32)
        return turned

    def _slices(self) -> Iterator[slice]:
        start = 0
        for block in self.blocks:
            yield slice(start, start + block.width)
            start += block.width


def unit(rows: FloatArray) -> FloatArray:
    """Return rows [n, hidden] divided by their length; a zero row stays zero."""
    return rows / lengths(rows)


def lengths(rows: FloatArray) -> FloatArray:
    """Euclidean lengths [n, 1], never zero: they divide."""
    return np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY)
