"""SASRec (Kang and McAuley 2018), with a softmax over all drinks, or over random ones if many.

Two blocks of one head, 64 dimensions, the last 50 drinks in order of their first time; only where
times are known.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from embeddings.data.dataset import FloatArray, IntArray

_WIDTH, _BLOCKS, _LAST = 64, 2, 50
_PEOPLE_A_BATCH = 128
_LEARNING_RATE = 0.002
_EPOCHS_A_STAGE = 3
_MOST_EPOCHS = 60
_MANY = 4096
_SAMPLED = 2048


def _sequential(histories: Histories, settings: Settings) -> Iterator[Stage]:
    if len(histories.recencies) == 1:
        return
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    sequences = in_order(histories)
    model = Sequential(histories.shape[1], float(settings["dropout"]))
    optimizer = torch.optim.Adam(model.parameters(), lr=_LEARNING_RATE)
    long = [row for row, sequence in enumerate(sequences) if sequence.size > 1]
    for epoch in range(1, _MOST_EPOCHS + 1):
        model.train()
        for batch in _batches(long, sequences, random):
            drinks = _padded([sequences[row][-_LAST - 1 :] for row in batch])
            states, wanted = model(drinks[:, :-1]), drinks[:, 1:]
            known = wanted > 0
            optimizer.zero_grad()
            _loss(states[known], model.drinks.weight, wanted[known], random).backward()
            optimizer.step()
        if epoch % _EPOCHS_A_STAGE == 0:
            people = _people(model, sequences)
            columns = model.drinks.weight.detach().numpy()[1:].copy()
            yield Stage(
                "SASRec",
                {"epochs": epoch},
                lambda rows, people=people, columns=columns: people[rows] @ columns.T,
            )


class Sequential(nn.Module):
    """What comes next at each place of a sequence of drinks, numbered from 1; 0 is nothing."""

    def __init__(self, drinks: int, dropout: float) -> None:
        """Begin with small vectors."""
        super().__init__()
        self.drinks = nn.Embedding(drinks + 1, _WIDTH, padding_idx=0)
        self.places = nn.Embedding(_LAST, _WIDTH)
        for table in (self.drinks, self.places):
            nn.init.normal_(table.weight, std=0.02)
        self.dropout = nn.Dropout(dropout)
        block = nn.TransformerEncoderLayer(
            _WIDTH, 1, _WIDTH, dropout, batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(
            block, _BLOCKS, nn.LayerNorm(_WIDTH), enable_nested_tensor=False
        )

    def forward(self, drinks: Tensor) -> Tensor:
        """States [people, places, width] of drinks [people, places]."""
        size = drinks.shape[1]
        states = self.drinks(drinks) * _WIDTH**0.5 + self.places.weight[:size]
        later = torch.ones(size, size, dtype=torch.bool).triu(1)
        return self.blocks(self.dropout(states), mask=later)


def _loss(states: Tensor, drinks: Tensor, wanted: Tensor, random: np.random.Generator) -> Tensor:
    """The mean of -log(share of the softmax); random drinks stand for all where they are many."""
    count = drinks.shape[0] - 1
    if count <= _MANY:
        return nn.functional.cross_entropy(states @ drinks[1:].T, wanted - 1)
    others = torch.from_numpy(random.integers(1, count + 1, _SAMPLED))
    whole = torch.logsumexp(states @ drinks[others].T, 1) + float(np.log(count / _SAMPLED))
    chosen = (states * drinks[wanted]).sum(1)
    return (torch.logaddexp(whole, chosen) - chosen).mean()


def in_order(histories: Histories) -> list[IntArray]:
    """What each person had, by first time, numbered from 1."""
    pairs = histories.pairs
    order = np.lexsort((pairs.drink, pairs.first_at, pairs.user))
    ends = np.cumsum(np.bincount(pairs.user, minlength=histories.shape[0]))
    return np.split(pairs.drink[order] + 1, ends[:-1])


def _batches(
    people: list[int], sequences: list[IntArray], random: np.random.Generator
) -> Iterator[IntArray]:
    """Sequences of about the same length together, in random order."""
    length = np.array([sequences[row].size for row in people])
    order = np.array(people)[np.argsort(length + random.random(length.size) * 2)]
    batches = np.array_split(order, int(np.ceil(order.size / _PEOPLE_A_BATCH)))
    for batch in random.permutation(len(batches)):
        yield batches[batch]


def _padded(sequences: list[IntArray]) -> Tensor:
    longest = max(1, *(sequence.size for sequence in sequences))
    return torch.from_numpy(
        np.stack([np.pad(sequence, (0, longest - sequence.size)) for sequence in sequences])
    )


def _people(model: Sequential, sequences: list[IntArray]) -> FloatArray:
    """The state after each person's last drink; zeros for who had none."""
    model.eval()
    vectors = np.zeros((len(sequences), _WIDTH), dtype=np.float32)
    with torch.no_grad():
        for rows in np.array_split(np.arange(len(sequences)), max(1, len(sequences) // 512)):
            last = [sequences[row][-_LAST:] for row in rows]
            size = np.array([sequence.size for sequence in last])
            states = model(_padded(last)).numpy()
            vectors[rows] = states[np.arange(rows.size), np.maximum(size, 1) - 1]
            vectors[rows[size == 0]] = 0.0
    return vectors


SEQUENTIAL = Rival("SASRec", {"dropout": (0.5, 0.2)}, _sequential, patience=3)
