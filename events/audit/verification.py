"""Whether the record is as it was signed, and continues what an outsider has kept."""

from __future__ import annotations

from dataclasses import dataclass

from events.audit.checkpoint import Checkpoint
from events.audit.entry import Entry
from events.audit.errors import AuditDamaged
from events.audit.log import AuditLog
from events.audit.merkle import Frontier, leaf_hash, root_of


@dataclass(frozen=True)
class Verified:
    """How many entries are signed, the root over them, and what is wrong, if anything."""

    size: int
    root: bytes
    findings: list[str]


def verify(log: AuditLog, kept: str | None = None) -> Verified:
    """Compute the tree from the entries, and compare it with the checkpoint, and with one kept.

    Nobody adds meanwhile. Raises AuditUnavailable if another process holds the record for long.
    """
    with log.held():
        try:
            signed = log.signer.read(log.note())
            earlier = log.signer.read(kept) if kept is not None else None
        except AuditDamaged as error:
            return Verified(0, Frontier().root, [error.message])
        return _compared(log, signed, earlier)


def signed_lines(log: AuditLog) -> tuple[str, list[bytes]]:
    """Return the checkpoint's note and the lines under it. Raises AuditDamaged if they differ."""
    note = log.note()
    signed = log.signer.read(note)
    lines = list(log.lines(signed.size))
    if Checkpoint(len(lines), root_of(map(leaf_hash, lines))) != signed:
        raise AuditDamaged(
            "The record of acts is not as it was signed, so it shows nothing.",
            "Run `tastegraph audit verify`.",
        )
    return note, lines


def _compared(log: AuditLog, signed: Checkpoint, earlier: Checkpoint | None) -> Verified:
    findings: list[str] = []
    tree, end, root_then = Frontier(), 0, Frontier().root
    for line in log.lines(signed.size):
        tree.append(leaf_hash(line))
        end += len(line) + 1
        if earlier and tree.size == earlier.size:
            root_then = tree.root
        if not _is_entry(line):
            findings.append(f"Line {tree.size} is no entry.")
    if tree.size != signed.size:
        findings.append(f"{signed.size:,} entries were signed, and {tree.size:,} are there.")
    elif tree.root != signed.root:
        findings.append("The entries are not those that were signed.")
    if (there := _bytes(log)) > end:
        findings.append(f"{there - end:,} bytes after the last entry were never signed.")
    if earlier and earlier.size > signed.size:
        findings.append(f"The kept checkpoint has {earlier.size:,} entries: some are gone.")
    elif earlier and root_then != earlier.root:
        findings.append("The entries do not begin as the kept checkpoint says.")
    return Verified(signed.size, signed.root, findings)


def _is_entry(line: bytes) -> bool:
    try:
        Entry.read(line)
    except ValueError:
        return False
    return True


def _bytes(log: AuditLog) -> int:
    return log.entries_file.stat().st_size if log.entries_file.exists() else 0
