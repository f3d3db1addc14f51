"""LightGCN (He and others 2020), with a softmax over drinks instead of pairs.

It is over all drinks, or where they are many over random ones, and then the epochs are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from scipy import sparse
from torch.nn.functional import normalize

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from embeddings.training.content.model import Adjacency

_WIDTH = 64
_LEARNING_RATE = 0.01
_EPOCHS_A_STAGE = 5
_MOST_EPOCHS = 200
_MOST_EPOCHS_BY_DRINKS = 900_000
_MANY = 12_000
_SAMPLED = 4096


def _light_graph(histories: Histories, settings: Settings) -> Iterator[Stage]:
    torch.manual_seed(0)
    model = Propagation(
        histories.had, Degrees(0.5, 0.5), int(settings["layers"]), float(settings["temperature"])
    )
    yield from trained("LightGCN", model)


def trained(row: str, model: Propagation) -> Iterator[Stage]:
    """All drinks of one person are in the same batch: their softmax is the same."""
    random = np.random.default_rng(0)
    optimizer = torch.optim.Adam(model.start, lr=_LEARNING_RATE)
    people = np.flatnonzero(np.diff(model.had.indptr))
    many = model.had.shape[1] > _MANY
    size = np.clip(people.size // 8, 64, 4096 if many else 1024)
    epochs = _MOST_EPOCHS_BY_DRINKS // model.had.shape[1] if many else _MOST_EPOCHS
    for epoch in range(1, epochs + 1):
        for batch in np.array_split(random.permutation(people), int(np.ceil(people.size / size))):
            optimizer.zero_grad()
            model.loss(batch, random if many else None).backward()
            optimizer.step()
        if epoch % _EPOCHS_A_STAGE == 0:
            rows, columns = model.vectors()
            yield Stage(
                row,
                {"epochs": epoch},
                lambda wanted, rows=rows, columns=columns: rows[wanted] @ columns.T,
            )


class Degrees(NamedTuple):
    """By which powers of their degrees a link divides what it brings."""

    receiver: float
    sender: float


class Propagation:
    """Vectors of people and drinks, and the mean of what their neighbours hear over the layers."""

    def __init__(
        self, had: sparse.csr_array, degrees: Degrees, layers: int, temperature: float
    ) -> None:
        """Scale each link by both ends' degrees."""
        self.had, self.layers, self.temperature = had, layers, temperature
        self.to_people = Adjacency(_scaled(had, degrees))
        self.to_drinks = Adjacency(_scaled(sparse.csr_array(had.T), degrees))
        self.start = [torch.nn.Parameter(0.1 * torch.randn(count, _WIDTH)) for count in had.shape]

    def states(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Unit vectors [people, width] and [drinks, width]."""
        rows, columns = [self.start[0]], [self.start[1]]
        for _ in range(self.layers):
            row, column = self.to_people @ columns[-1], self.to_drinks @ rows[-1]
            rows.append(row)
            columns.append(column)
        return normalize(torch.stack(rows).mean(0)), normalize(torch.stack(columns).mean(0))

    def loss(self, people: np.ndarray, random: np.random.Generator | None) -> torch.Tensor:
        """The mean over the drinks that these people had of -log(share of the softmax).

        With `random` the softmax is over random drinks, standing for all, and the drink itself.
        """
        rows, columns = self.states()
        mine, drinks = rows[torch.from_numpy(people)] / self.temperature, columns.shape[0]
        others = random.choice(drinks, _SAMPLED) if random else np.arange(drinks)
        row, drink = (
            torch.from_numpy(index.astype(np.int64)) for index in self.had[people].nonzero()
        )
        chosen = (mine[row] * columns[drink]).sum(1)
        whole = torch.logsumexp(mine @ columns[torch.from_numpy(others)].T, 1)[row]
        if random:
            whole = torch.logaddexp(whole + float(np.log(drinks / others.size)), chosen)
        return (whole - chosen).mean()

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """The unit vectors without gradient."""
        with torch.no_grad():
            rows, columns = self.states()
            return rows.numpy(), columns.numpy()


def _scaled(had: sparse.csr_array, degrees: Degrees) -> sparse.csr_array:
    receiver, sender = (
        sparse.diags_array(np.maximum(np.asarray(had.sum(axis=axis)).ravel(), 1) ** -power)
        for axis, power in ((1, degrees.receiver), (0, degrees.sender))
    )
    return sparse.csr_array(receiver @ had @ sender, dtype=np.float32)


LIGHT_GRAPH = Rival(
    "LightGCN", {"layers": (2, 1, 3), "temperature": (0.2, 0.1)}, _light_graph, patience=3
)
