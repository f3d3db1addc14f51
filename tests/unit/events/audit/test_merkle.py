"""The tree and its proofs, against known roots and an outsider's verifier."""

from __future__ import annotations

import random

import pytest

from events.audit.merkle import (
    EMPTY,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
)
from tests.unit.events.audit import outsider

KNOWN = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
]
"""Entries that Certificate Transparency's implementations test with, and the root after each."""

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]


def test_roots_are_the_known_ones() -> None:
    tree = Frontier()
    assert tree.root == EMPTY
    for entry, root in KNOWN:
        tree.append(leaf_hash(bytes.fromhex(entry)))
        assert tree.root.hex() == root


@pytest.mark.parametrize("size", range(1, 70))
def test_an_outsider_accepts_each_proof_and_no_other(size: int) -> None:
    leaves, drawn = LEAVES[:size], random.Random(size)
    root = root_of(leaves)
    assert root == outsider.tree_hash(leaves)
    for index in range(size):
        path = inclusion_path(index, leaves)
        assert outsider.includes(index, size, leaves[index], path, root)
        assert not outsider.includes(index, size, LEAVES[-1], path, root)
        if size > 1:
            other = (index + drawn.randrange(1, size)) % size
            assert not outsider.includes(other, size, leaves[index], path, root)
    for first in range(1, size):
        before, path = root_of(leaves[:first]), consistency_path(first, leaves)
        assert outsider.continues(first, size, before, root, path)
        assert not outsider.continues(first, size, leaf_hash(b"x"), root, path)
        wrong = [*path[:-1], leaf_hash(b"x")]
        assert not outsider.continues(first, size, before, root, wrong)
