"""Graph filters without training: GF-CF (Shen and others 2021), BSPM (Choi and others 2023).

Both pass a person's drinks through the links scaled by both ends' degrees: two steps (what the
drinks' other people had) plus the leading directions. BSPM then sharpens: it solves dB/dt = -B S
over a time, in one or two steps. Its settings are the three that were published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from embeddings.data.dataset import FloatArray, IntArray

_OVERSAMPLING = 32
_ROUNDS = 5


class Links:
    """Histories with every link divided by the roots of both ends' degrees."""

    def __init__(self, had: sparse.csr_array, dimensions: int) -> None:
        """Scale, and find the leading directions of drinks [drinks, dimensions]."""
        people, drinks = (
            np.maximum(np.asarray(had.sum(axis=axis)).ravel(), 1) ** -0.5 for axis in (1, 0)
        )
        self.had, self.scale = had, drinks.astype(np.float32)
        self.down = sparse.csr_array(
            sparse.diags_array(people) @ had @ sparse.diags_array(drinks), dtype=np.float32
        )
        self.up = sparse.csr_array(self.down.T)
        self.directions = self._directions(dimensions)

    def rows(self, people: IntArray) -> FloatArray:
        """What these people had, as [drinks, people]: sparse products are fastest this way."""
        return np.ascontiguousarray(self.had[people].toarray().T)

    def step(self, states: FloatArray) -> FloatArray:
        """From drinks to the people who had them, and back to drinks."""
        return self.up @ (self.down @ states)

    def smooth(self, people: IntArray) -> FloatArray:
        """The part of what these people had in the leading directions, as [drinks, people]."""
        rows = sparse.csr_array(self.had[people] @ sparse.diags_array(self.scale))
        return self.directions @ (rows @ self.directions).T / self.scale[:, None]

    def _directions(self, dimensions: int) -> FloatArray:
        """Right singular vectors by subspace iteration."""
        width = min(dimensions + _OVERSAMPLING, *self.had.shape)
        basis = np.random.default_rng(0).standard_normal((self.had.shape[1], width))
        basis = basis.astype(np.float32)
        for _ in range(_ROUNDS):
            basis = np.linalg.qr(self.step(basis))[0]
        image = self.down @ basis
        _, turn = np.linalg.eigh(image.T @ image)
        return np.ascontiguousarray((basis @ turn[:, ::-1])[:, :dimensions])


def _filtered(histories: Histories, settings: Settings) -> Iterator[Stage]:
    links = Links(histories.had, int(settings["dimensions"]))
    for share in (0.0, 0.1, 0.3, 1.0):

        def score(people: IntArray, share: float = share) -> FloatArray:
            spread = links.step(links.rows(people))
            return (spread + share * links.smooth(people) if share else spread).T

        yield Stage("GF-CF", {"smooth": share}, score)


@dataclass(frozen=True)
class Sharpening:
    """How long, in how many steps of which order, and whether what it started from is averaged."""

    time: float
    steps: int
    order: int
    smooth: float
    averaged: bool = False


_PUBLISHED = {
    "gowalla": Sharpening(2.5, 1, 4, 0.2),
    "yelp2018": Sharpening(1.2, 1, 1, 0.3, averaged=True),
    "amazon-book": Sharpening(2.2, 2, 4, 0.0),
}


def _sharpened(histories: Histories, settings: Settings) -> Iterator[Stage]:
    links = Links(histories.had, int(settings["dimensions"]))
    for name, form in _PUBLISHED.items():

        def score(people: IntArray, form: Sharpening = form) -> FloatArray:
            blurred = links.step(links.rows(people))
            sharp = blurred + form.smooth * links.smooth(people) if form.smooth else blurred
            sharp = sharpened(links, sharp, form)
            return (blurred + sharp if form.averaged else sharp).T

        yield Stage("BSPM", {"settings": f"of {name}"}, score)


def sharpened(links: Links, states: FloatArray, form: Sharpening) -> FloatArray:
    """Steps of Euler (order 1) or Runge and Kutta (4): the series of the exponential."""
    for _ in range(form.steps):
        term = states
        for power in range(1, form.order + 1):
            term = links.step(term) * np.float32(-form.time / form.steps / power)
            states = states + term
    return states


GRAPH_FILTER = Rival("GF-CF", {"dimensions": (256,)}, _filtered)
BLUR_SHARPEN = Rival("BSPM", {"dimensions": (256,)}, _sharpened)
