"""The record as static files that any client of C2SP tlog-tiles can read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from events.audit.log import AuditLog
from events.audit.merkle import leaf_hash, root_of
from events.audit.verification import signed_lines

WIDTH = 256


def publish(log: AuditLog, folder: Path) -> int:
    """Write the tiles, the entries and, last, the checkpoint; return how many entries there are.

    Raises AuditDamaged if the record is not as it was signed.
    """
    note, lines = signed_lines(log)
    hashes = [leaf_hash(line) for line in lines]
    _write(folder / "tile" / "entries", [_prefixed(line) for line in lines])
    level = 0
    while hashes:
        _write(folder / "tile" / str(level), hashes)
        full = len(hashes) // WIDTH * WIDTH
        hashes = [root_of(hashes[at : at + WIDTH]) for at in range(0, full, WIDTH)]
        level += 1
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoint").write_text(note, encoding="utf-8", newline="")
    return len(lines)


def tile_path(number: int, width: int = WIDTH) -> str:
    """Return where a tile is below its level: 1234067 is x001/x234/067, with .p/5 if partial."""
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return "/".join(parts) + ("" if width == WIDTH else f".p/{width}")


def _write(below: Path, parts: Sequence[bytes]) -> None:
    for number, at in enumerate(range(0, len(parts), WIDTH)):
        tile = parts[at : at + WIDTH]
        path = below / tile_path(number, len(tile))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(tile))


def _prefixed(line: bytes) -> bytes:
    return len(line).to_bytes(2, "big") + line
