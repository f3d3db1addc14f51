"""An outsider's verifier: from the specifications alone, nothing of ours imported.

Proofs as RFC 9162 checks them (2.1.3.2 and 2.1.4.2), roots as its section 2.1.1 defines them, notes
as C2SP signed-note, files as C2SP tlog-tiles.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, over hashes of entries."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def includes(index: int, size: int, of: bytes, path: list[bytes], root: bytes) -> bool:
    """Section 2.1.3.2."""
    if index >= size:
        return False
    number, last, found = index, size - 1, of
    for part in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node(part, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node(found, part)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def continues(first: int, second: int, before: bytes, after: bytes, path: list[bytes]) -> bool:
    """Section 2.1.4.2, for 0 < first < second."""
    if not path:
        return False
    parts = [before, *path] if first & (first - 1) == 0 else list(path)
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = node(part, old), node(part, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node(new, part)
        number, last = number >> 1, last >> 1
    return old == before and new == after and last == 0


def note_text(note: str, verifier_key: str) -> str:
    """The text of a signed note whose signature holds."""
    name, key_id, key = verifier_key.split("+", 2)
    public = b64decode(key)
    assert public[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() == key_id
    text, _, signatures = note.rpartition("\n\n")
    dash, signer, code = signatures.rstrip("\n").split(" ")
    assert (dash, signer) == ("—", name)
    signature = b64decode(code)
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], f"{text}\n".encode())
    return f"{text}\n"


def checkpoint(note: str, verifier_key: str) -> tuple[int, bytes]:
    """Size and root of a signed checkpoint."""
    origin, size, root = note_text(note, verifier_key).splitlines()
    assert origin == verifier_key.split("+")[0]
    return int(size), b64decode(root)


def tile(folder: Path, number: int, width: int) -> bytes:
    """A tile's bytes, from where tlog-tiles puts it."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return (folder / (name if width == 256 else f"{name}.p/{width}")).read_bytes()


def published_entries(folder: Path, size: int) -> list[bytes]:
    """All entries of a published log."""
    found: list[bytes] = []
    for number in range(-(-size // 256)):
        rest = tile(folder / "tile" / "entries", number, min(256, size - 256 * number))
        while rest:
            length = int.from_bytes(rest[:2], "big")
            found.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
    return found


def published_hashes(folder: Path, level: int, count: int) -> list[bytes]:
    """All hashes of one level of tiles."""
    found: list[bytes] = []
    for number in range(-(-count // 256)):
        part = tile(folder / "tile" / str(level), number, min(256, count - 256 * number))
        found += [part[at : at + 32] for at in range(0, len(part), 32)]
    return found
