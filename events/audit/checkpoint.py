"""Signed checkpoints: C2SP tlog-checkpoint in a C2SP signed note, with Ed25519."""

from __future__ import annotations

import binascii
import hashlib
import re
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.audit.errors import AuditDamaged
from graph.secret_files import kept_secret

ED25519 = b"\x01"
SIGNED = re.compile(r"(.+\n([0-9]+)\n(\S+)\n)\n— (\S+) (\S+)\n")


@dataclass(frozen=True)
class Checkpoint:
    """How many entries there were, and the root of the tree over them."""

    size: int
    root: bytes


class Signer:
    """Signs checkpoints with this installation's key, and knows its own signature."""

    def __init__(self, path: Path) -> None:
        self._name, self._key = _read(kept_secret(path, _made), path)
        public = self._key.public_key().public_bytes_raw()
        self._public = ED25519 + public
        self._id = hashlib.sha256(self._name.encode() + b"\n" + self._public).digest()[:4]

    @property
    def verifier_key(self) -> str:
        """Return what an outsider checks signatures with, as signed notes write it."""
        return f"{self._name}+{self._id.hex()}+{_text(self._public)}"

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the checkpoint as a signed note."""
        body = f"{self._name}\n{checkpoint.size}\n{_text(checkpoint.root)}\n"
        signature = self._id + self._key.sign(body.encode())
        return f"{body}\n— {self._name} {_text(signature)}\n"

    def read(self, note: str) -> Checkpoint:
        """Return the checkpoint of a note. Raises AuditDamaged unless this key has signed it."""
        parts = SIGNED.fullmatch(note)
        if not parts:
            raise AuditDamaged("The checkpoint is not a signed note.", _ADVICE)
        body, size, root, name, signature = parts.groups()
        try:
            checkpoint = Checkpoint(int(size), b64decode(root, validate=True))
            code = b64decode(signature, validate=True)
            self._key.public_key().verify(code[4:], body.encode())
        except (binascii.Error, ValueError, InvalidSignature):
            raise AuditDamaged("The checkpoint is not signed by this key.", _ADVICE) from None
        # base64 has several ways to write the same bytes: only ours counts
        if name != self._name or note != self.sign(checkpoint):
            raise AuditDamaged("The checkpoint is not written as it was signed.", _ADVICE)
        return checkpoint


_ADVICE = "Keep a copy of the folder audit and of keys/audit.key, and find out what changed them."


def _made() -> str:
    name, seed = f"tastegraph-audit-{secrets.token_hex(4)}", secrets.token_bytes(32)
    return f"{name}+{_text(ED25519 + seed)}"


def _read(secret: str, path: Path) -> tuple[str, Ed25519PrivateKey]:
    name, _, code = secret.partition("+")
    try:
        seed = b64decode(code, validate=True)
        return name, Ed25519PrivateKey.from_private_bytes(seed[1:])
    except (binascii.Error, ValueError):
        raise AuditDamaged(
            f"The key in {path} is damaged.", "Restore it from a backup of the home."
        ) from None


def _text(code: bytes) -> str:
    return b64encode(code).decode()
