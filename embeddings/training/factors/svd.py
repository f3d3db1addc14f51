"""The leading directions of a sparse matrix, found by one worker or by many.

Randomised subspace iteration (Halko, Martinsson, Tropp 2011) on the Gram matrix of columns, which
nobody ever builds: each worker has some of the rows, and only products of the size of the result
travel. Memory and time are linear in the entries.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from embeddings.data.dataset import FloatArray
from embeddings.data.matrices import shape_of
from embeddings.training.workers.checkpoints import Checkpoint, digest
from embeddings.training.workers.sparse import to_torch
from embeddings.training.workers.worker_group import WorkerGroup

_OVERSAMPLING = 32
_ROUNDS = 4
_ROUNDS_FROM_KNOWN = 2
# Rows whose products are in memory at once.
_ROWS = 1 << 17

# Called with the round that is done, and of how many.
Watch = Callable[[int, int], None]
# Called with the round that is done and the basis [columns, width] after it.
Keep = Callable[[int, FloatArray], None]
# From the column sums: about the directions [columns, width], known from before.
Known = Callable[[FloatArray], FloatArray]


def unwatched(round_: int, rounds: int) -> None:
    """Look at nothing."""


def unkept(round_: int, basis: FloatArray) -> None:
    """Keep nothing."""


@dataclass(frozen=True)
class RandomizedSvd:
    """How leading directions are found: with whom, keeping what, told to whom, from where."""

    workers: WorkerGroup = field(default_factory=WorkerGroup)
    checkpoints: Checkpoint = field(default_factory=Checkpoint)
    watch: Watch = unwatched
    known: Known | None = None

    def directions(
        self, matrix: sparse.csr_array, rank: int, seed: int, sums: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return right singular vectors [columns, rank] and their squared values, about.

        `sums` [columns] is what `known` is asked with.
        """
        width = min(rank + _OVERSAMPLING, *shape_of(matrix))
        random = np.random.default_rng(seed)
        basis = random.standard_normal((shape_of(matrix)[1], width), dtype=np.float32)
        known = self.known(sums) if self.known else None
        if known is not None and known.shape[1] <= width:
            basis, rounds = _begin_at(known, basis), _ROUNDS_FROM_KNOWN
        else:
            rounds = _ROUNDS
        found, energies = self._iterated(matrix, basis, rounds)
        return found[:, :rank], energies[:rank]

    def _iterated(
        self, matrix: sparse.csr_array, basis: FloatArray, rounds: int
    ) -> tuple[FloatArray, FloatArray]:
        step = f"directions-{digest(matrix.data, matrix.indices, matrix.indptr, basis, rounds)}"
        kept = self.checkpoints.get(step)
        done = 0 if kept is None else int(kept["done"])
        basis = basis if kept is None else kept["basis"]

        def keep(round_: int, now: FloatArray) -> None:
            self.checkpoints.put(step, {"done": np.array(round_), "basis": now})
            self.watch(round_, rounds)

        return self.workers.do(
            iterate, shares(matrix, basis, done, rounds, self.workers.size), keep
        )


def _begin_at(known: FloatArray, basis: FloatArray) -> FloatArray:
    """Return the random basis with its first columns along the known ones, where not zero."""
    length = np.linalg.norm(known, axis=0)
    usual = float(np.linalg.norm(basis, axis=0).mean())
    first = basis[:, : known.shape[1]]
    # a little of the random ones stays, or a direction that the known ones lack is never found
    near = known * (usual / np.maximum(length, 1e-12)) + 0.01 * first
    first = np.where(length > 0, near, first)
    return np.hstack([first, basis[:, known.shape[1] :]]).astype(np.float32)


@dataclass(frozen=True)
class Share:
    """One worker's rows of the matrix, and where the iteration stands, the same for all.

    `basis` [columns, width] is that after `done` of `rounds`.
    """

    matrix: sparse.csr_array
    basis: FloatArray
    done: int
    rounds: int


def shares(
    matrix: sparse.csr_array, basis: FloatArray, done: int, rounds: int, count: int
) -> list[Share]:
    """Cut a matrix into `count` runs of rows with about equally many entries."""
    entries = np.linspace(0, matrix.nnz, count + 1)[1:-1]
    bounds = [0, *np.searchsorted(matrix.indptr, entries).tolist(), shape_of(matrix)[0]]
    return [
        Share(matrix[start:end], basis, done, rounds) for start, end in itertools.pairwise(bounds)
    ]


def iterate(
    workers: WorkerGroup, share: Share, keep: Keep = unkept
) -> tuple[FloatArray, FloatArray]:
    """Return right singular vectors [columns, width] and their squared values, the largest first.

    Every worker returns the same.
    """
    blocks = [_Block(rows, workers.device) for rows in _blocks(share.matrix)]
    basis = torch.from_numpy(share.basis).to(workers.device)
    for done in range(share.done + 1, share.rounds + 1):
        basis, _ = torch.linalg.qr(_gram(workers, blocks, basis))
        keep(done, basis.cpu().numpy())
    small = (basis.T @ _gram(workers, blocks, basis)).double().cpu()
    energies, turn = torch.linalg.eigh((small + small.T) / 2)
    directions = (basis @ turn.flip(1).float().to(workers.device)).cpu().numpy()
    return directions, energies.flip(0).clamp_min(0).float().numpy()


def _gram(workers: WorkerGroup, blocks: list[_Block], basis: Tensor) -> Tensor:
    """Return the matrix's transpose times the matrix times the basis."""
    total = torch.zeros_like(basis)
    for block in blocks:
        total += block.backward @ (block.forward @ basis)
    return workers.add(total)


class _Block:
    """Some rows, and their transpose at hand."""

    def __init__(self, rows: sparse.csr_array, where: torch.device) -> None:
        self.forward = to_torch(rows, where)
        self.backward = to_torch(sparse.csr_array(rows.T), where)


def _blocks(matrix: sparse.csr_array) -> list[sparse.csr_array]:
    starts = range(0, shape_of(matrix)[0], _ROWS)
    return [sparse.csr_array(matrix[start : start + _ROWS], dtype=np.float32) for start in starts]
