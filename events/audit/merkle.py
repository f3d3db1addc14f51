"""The hash tree of RFC 9162, section 2.1: SHA-256, entries as leaves, and its two proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256().digest()
"""The root of a tree without entries."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The full subtrees of a tree, largest first: all that appending to it needs."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add the hash of one entry."""
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self.hashes.pop(), node)
            size >>= 1
        self.hashes.append(node)
        self.size += 1

    def copy(self) -> Frontier:
        """Return another one that grows apart from this."""
        return Frontier(self.size, self.hashes)

    @property
    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self.hashes:
            return EMPTY
        *others, node = self.hashes
        for left in reversed(others):
            node = node_hash(left, node)
        return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over some entries' hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def inclusion_path(number: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the hashes which prove that one leaf is in the tree (section 2.1.3.1)."""
    if len(leaves) <= 1:
        return []
    left = _left(len(leaves))
    if number < left:
        return [*inclusion_path(number, leaves[:left]), root_of(leaves[left:])]
    return [*inclusion_path(number - left, leaves[left:]), root_of(leaves[:left])]


def consistency_path(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the hashes which prove that the tree began as its first `size` leaves (2.1.4.1)."""
    return _subproof(size, leaves, whole=True) if 0 < size < len(leaves) else []


def _subproof(size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [root_of(leaves)]
    left = _left(len(leaves))
    if size <= left:
        return [*_subproof(size, leaves[:left], whole=whole), root_of(leaves[left:])]
    return [*_subproof(size - left, leaves[left:], whole=False), root_of(leaves[:left])]


def _left(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)
