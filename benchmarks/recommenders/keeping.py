"""Rows kept in a folder, person by person, so that a later model can be compared in seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.recommenders.tuning import TunedRow
from embeddings.evaluation.metrics import ByPerson


class OtherSplit(Exception):
    """The kept row was measured on another split."""


def place(folder: Path, data: str, row: str) -> Path:
    """Where a row lies."""
    return folder / f"{data}-{row.replace(' ', '_')}.npz"


def keep(folder: Path, data: str, holdout: sparse.csr_array, tuned_row: TunedRow) -> None:
    """Write one row as DATA-ROW.npz."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        place(folder, data, tuned_row.row),
        row=tuned_row.row,
        settings=tuned_row.settings,
        seconds=tuned_row.seconds,
        holdout=digest(holdout),
        people=tuned_row.people.people,
        recall=tuned_row.people.recall,
        ndcg=tuned_row.people.ndcg,
        shown=tuned_row.people.shown,
    )


def kept(folder: Path, data: str, holdout: sparse.csr_array) -> Iterator[TunedRow]:
    """Read the rows of a data set, in order of their names.

    Raises OtherSplit if one was measured on other people or held-out drinks.
    """
    for path in sorted(folder.glob(f"{data}-*.npz")):
        with np.load(path) as arrays:
            if str(arrays["holdout"]) != digest(holdout):
                raise OtherSplit(path.name)
            people = ByPerson(*(arrays[name] for name in ("people", "recall", "ndcg", "shown")))
            yield TunedRow(
                str(arrays["row"]), str(arrays["settings"]), float(arrays["seconds"]), people
            )


def digest(holdout: sparse.csr_array) -> str:
    """Return what tells splits apart: SHA-256 (hex) over what is held out."""
    places = holdout.tocsr().copy()
    places.sort_indices()
    checksum = hashlib.sha256()
    for array in (places.shape, places.indptr, places.indices):
        checksum.update(np.asarray(array, dtype=np.int64).tobytes())
    return checksum.hexdigest()
