"""LightGCN (He and others 2020), with a softmax over all drinks instead of pairs."""

from __future__ import annotations

from collections.abc import Iterator

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


def _light_graph(histories: Histories, settings: Settings) -> Iterator[Stage]:
    """All drinks of one person are in the same batch: their softmax is the same."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    model = Propagation(histories.had, int(settings["layers"]), float(settings["temperature"]))
    optimizer = torch.optim.Adam(model.start, lr=_LEARNING_RATE)
    people = np.flatnonzero(np.diff(histories.had.indptr))
    steps = int(np.ceil(people.size / np.clip(people.size // 8, 64, 1024)))
    for epoch in range(1, _MOST_EPOCHS + 1):
        for batch in np.array_split(random.permutation(people), steps):
            optimizer.zero_grad()
            model.loss(batch).backward()
            optimizer.step()
        if epoch % _EPOCHS_A_STAGE == 0:
            rows, columns = model.vectors()
            yield Stage(
                "LightGCN",
                {"epochs": epoch},
                lambda wanted, rows=rows, columns=columns: rows[wanted] @ columns.T,
            )


class Propagation:
    """Vectors of people and drinks, and the mean of what their neighbours hear over the layers."""

    def __init__(self, had: sparse.csr_array, layers: int, temperature: float) -> None:
        """Scale each link by both ends' degrees."""
        scaled = [np.maximum(np.asarray(had.sum(axis=axis)).ravel(), 1) ** -0.5 for axis in (1, 0)]
        normal = sparse.csr_array(
            sparse.diags_array(scaled[0]) @ had @ sparse.diags_array(scaled[1])
        )
        self.had, self.layers, self.temperature = had, layers, temperature
        self.to_people, self.to_drinks = Adjacency(normal), Adjacency(sparse.csr_array(normal.T))
        self.start = [torch.nn.Parameter(0.1 * torch.randn(count, _WIDTH)) for count in had.shape]

    def states(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Unit vectors [people, width] and [drinks, width]."""
        rows, columns = [self.start[0]], [self.start[1]]
        for _ in range(self.layers):
            row, column = self.to_people @ columns[-1], self.to_drinks @ rows[-1]
            rows.append(row)
            columns.append(column)
        return normalize(torch.stack(rows).mean(0)), normalize(torch.stack(columns).mean(0))

    def loss(self, people: np.ndarray) -> torch.Tensor:
        """The mean over the drinks that these people had of -log(share of the softmax)."""
        rows, columns = self.states()
        logits = rows[torch.from_numpy(people)] @ columns.T / self.temperature
        had = self.had[people]
        count = torch.from_numpy(np.diff(had.indptr).astype(np.float32))
        row, drink = (torch.from_numpy(index.astype(np.int64)) for index in had.nonzero())
        return (count @ torch.logsumexp(logits, 1) - logits[row, drink].sum()) / count.sum()

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """The unit vectors without gradient."""
        with torch.no_grad():
            rows, columns = self.states()
            return rows.numpy(), columns.numpy()


LIGHT_GRAPH = Rival(
    "LightGCN", {"layers": (1, 2, 3), "temperature": (0.1, 0.2)}, _light_graph, patience=3
)
