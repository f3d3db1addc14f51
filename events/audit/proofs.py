"""Proofs for an outsider: that an entry is on record, and that the record only grew."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from events.audit.errors import ProofRefused
from events.audit.log import AuditLog
from events.audit.merkle import consistency_path, inclusion_path, leaf_hash, root_of
from events.audit.verification import signed_lines

FORMAT = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proof:
    """The hashes of a proof, and the checkpoint that they lead to; `index` is from 0.

    `entry` is the line that it is about, None if the proof is of the record's growth.
    """

    index: int
    entry: str | None
    hashes: list[str]
    checkpoint: str

    def text(self) -> str:
        """Return the proof of an entry as C2SP tlog-proof writes it."""
        lines = [FORMAT, f"index {self.index}", *self.hashes, "", self.checkpoint]
        return "\n".join(lines)


def prove_entry(log: AuditLog, index: int) -> Proof:
    """Return the proof that an entry is on record. Raises ProofRefused if there is none."""
    lines, leaves, note = _read(log)
    if not 0 <= index < len(lines):
        raise ProofRefused(
            f"There is no entry {index}.", f"Entries are numbered from 0; there are {len(lines)}."
        )
    path = inclusion_path(index, leaves)
    return Proof(index, lines[index].decode(), _texts(path), note)


def prove_growth(log: AuditLog, kept: str) -> Proof:
    """Return the proof that the record continues a kept checkpoint.

    Raises AuditDamaged unless this key has signed it, ProofRefused if it is not continued.
    """
    earlier = log.signer.read(kept)
    _, leaves, note = _read(log)
    if earlier.size > len(leaves) or root_of(leaves[: earlier.size]) != earlier.root:
        raise ProofRefused("The record does not continue this checkpoint.", "It was changed.")
    return Proof(earlier.size, None, _texts(consistency_path(earlier.size, leaves)), note)


def _read(log: AuditLog) -> tuple[list[bytes], list[bytes], str]:
    note, lines = signed_lines(log)
    return lines, [leaf_hash(line) for line in lines], note


def _texts(hashes: list[bytes]) -> list[str]:
    return [b64encode(code).decode() for code in hashes]
