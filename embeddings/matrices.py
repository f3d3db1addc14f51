"""What SciPy's types leave open about its sparse matrices."""

# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from typing import cast

from scipy import sparse


def shape_of(matrix: sparse.csr_array) -> tuple[int, int]:
    """Return rows and columns; SciPy's own annotation allows for none."""
    return cast(tuple[int, int], matrix.shape)
