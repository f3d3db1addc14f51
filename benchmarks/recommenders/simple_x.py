"""SimpleX (Mao and others 2021): cosines, a margin, and many drinks that were not chosen.

A person is half a vector of their own and half the mean of their drinks, turned. The drinks that
were not chosen are drawn at random for each batch, not for each pair, so that they are a product.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from scipy import sparse
from torch.nn.functional import normalize, relu

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from embeddings.training.content.model import Adjacency

_WIDTH = 64
_LEARNING_RATE = 0.01
_PAIRS = 8192
_OTHERS = 1000
_EPOCHS_A_STAGE = 5
_MOST_EPOCHS = 60


def _simple_x(histories: Histories, settings: Settings) -> Iterator[Stage]:
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    model = SimpleX(histories.had)
    optimizer = torch.optim.Adam(model.parameters, lr=_LEARNING_RATE)
    margin, weight = float(settings["margin"]), float(settings["weight"])
    people, drinks = histories.pairs.user, histories.pairs.drink
    steps = max(8, people.size // _PAIRS)
    for epoch in range(1, _MOST_EPOCHS + 1):
        for batch in np.array_split(random.permutation(people.size), steps):
            rows, columns = model.states()
            row = rows[torch.from_numpy(people[batch])]
            others = torch.from_numpy(random.choice(histories.shape[1], _OTHERS))
            near = (row * columns[torch.from_numpy(drinks[batch])]).sum(1)
            far = relu(row @ columns[others].T - margin).mean()
            optimizer.zero_grad()
            (1.0 - near.mean() + weight * far).backward()
            optimizer.step()
        if epoch % _EPOCHS_A_STAGE == 0:
            with torch.no_grad():
                known = [side.numpy() for side in model.states()]
            yield Stage(
                "SimpleX", {"epochs": epoch}, lambda rows, known=known: known[0][rows] @ known[1].T
            )


class SimpleX:
    """Vectors of people and drinks, and the matrix that turns a history into a person."""

    def __init__(self, had: sparse.csr_array) -> None:
        """Take the mean over each person's drinks."""
        count = np.maximum(np.diff(had.indptr), 1).astype(np.float32)
        self.mean = Adjacency(sparse.csr_array(sparse.diags_array(1.0 / count) @ had))
        people, drinks = (torch.nn.Parameter(0.1 * torch.randn(n, _WIDTH)) for n in had.shape)
        self.parameters = [people, drinks, torch.nn.Parameter(torch.eye(_WIDTH))]

    def states(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Unit vectors [people, width] and [drinks, width]."""
        people, drinks, turn = self.parameters
        return normalize(people + (self.mean @ drinks) @ turn), normalize(drinks)


SIMPLE_X = Rival(
    "SimpleX", {"margin": (0.4, 0.9), "weight": (10.0, 50.0, 150.0)}, _simple_x, patience=3
)
