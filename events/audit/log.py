"""The file of entries: one line each, durable and signed before anybody acts on it.

`entries` has the lines, `checkpoint` the signed root over them, `tree` what appending needs (it can
be made again from the entries), `unsigned` what an append that was cut short had written.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import orjson

from events.audit.checkpoint import Checkpoint, Signer
from events.audit.entry import Act, Entry, Pseudonyms
from events.audit.errors import AuditDamaged, AuditUnavailable
from events.audit.merkle import Frontier, leaf_hash
from events.audit.personal_index import PersonalIndex
from graph.clock import Clock, milliseconds, rfc3339, utc_now
from graph.engine.locks import FileLock
from graph.secret_files import write_private

MOST_TOGETHER = 16
PATIENCE = 5.0
"""Seconds to wait for another process that appends."""


class AuditLog:
    """The record of acts in one folder, which several processes may add to."""

    def __init__(
        self, folder: Path, signer: Signer, pseudonyms: Pseudonyms, clock: Clock = utc_now
    ) -> None:
        self.folder = folder
        self.signer = signer
        self.pseudonyms = pseudonyms
        self.entries_file = folder / "entries"
        self._clock = clock
        self._turn = threading.Lock()
        self._tree, self._end = Frontier(), 0
        self._index = PersonalIndex(self.entries_file)

    async def record(self, *acts: Act) -> None:
        """Return once acts are on disk and signed: only then may they happen.

        Raises AuditUnavailable if they cannot be, AuditDamaged if the record was changed.
        """
        await asyncio.to_thread(self._record, acts)

    async def about(self, user_id: str, first: int) -> list[Entry]:
        """Return the newest entries about a person, newest first. Raises AuditUnavailable."""
        return await asyncio.to_thread(self._about, self.pseudonyms.of(user_id), first)

    def note(self) -> str:
        """Return the newest checkpoint as it was signed; one of no entries if there are none."""
        try:
            # the line's ends belong to what is signed
            with self._checkpoint_file.open(encoding="utf-8", newline="") as file:
                return file.read()
        except FileNotFoundError:
            if self._bytes() or self._tree_file.exists():
                raise AuditDamaged("The checkpoint of the record of acts is gone.") from None
            return self.signer.sign(Checkpoint(0, Frontier().root))
        except UnicodeDecodeError:
            raise AuditDamaged("The checkpoint is not a signed note.") from None

    def lines(self, most: int) -> Iterator[bytes]:
        """Yield the first lines, without their ends; fewer if there are not so many."""
        if self.entries_file.exists():
            with self.entries_file.open("rb") as file:
                for line in islice(file, most):
                    if not line.endswith(b"\n"):
                        return
                    yield line[:-1]

    @contextmanager
    def held(self) -> Generator[None]:
        """Keep every other process from adding meanwhile. Raises AuditUnavailable."""
        lock = FileLock(self.folder / "lock")
        if not lock.acquire(seconds=PATIENCE):
            raise AuditUnavailable("Another process holds the record of acts.", "Try again.")
        with lock:
            yield

    def _record(self, acts: Sequence[Act]) -> None:
        at = rfc3339(milliseconds(self._clock()))
        lines = [self.pseudonyms.entry(act, at).line() for act in acts]
        try:
            with self._turn, self.held():
                self._append(lines)
        except OSError as error:
            raise AuditUnavailable(
                f"The record of acts cannot be written: {error.strerror or error}.",
                "Check the space and the permissions of TASTEGRAPH_HOME/audit.",
            ) from error

    def _append(self, lines: Sequence[bytes]) -> None:
        self._catch_up()
        tree = self._tree.copy()
        for line in lines:
            tree.append(leaf_hash(line))
        written = b"".join(line + b"\n" for line in lines)
        _add(self.entries_file, written)
        write_private(self._checkpoint_file, self.signer.sign(Checkpoint(tree.size, tree.root)))
        _settle(self.folder)
        self._tree, self._end = tree, self._end + len(written)
        self._keep_tree()

    def _catch_up(self) -> None:
        """Bring the tree to what is signed, which another process may have added to."""
        if not self._checkpoint_file.exists():
            write_private(self._checkpoint_file, self.note())
        signed = self.signer.read(self.note())
        if not self._is_at(signed):
            self._tree, self._end = self._kept_tree()
        if not self._is_at(signed):
            self._rebuild(signed)

    def _is_at(self, signed: Checkpoint) -> bool:
        at = Checkpoint(self._tree.size, self._tree.root)
        return at == signed and self._end == self._bytes()

    def _rebuild(self, signed: Checkpoint) -> None:
        tree, end = Frontier(), 0
        for line in self.lines(signed.size):
            tree.append(leaf_hash(line))
            end += len(line) + 1
        if Checkpoint(tree.size, tree.root) != signed:
            raise AuditDamaged(
                "The record of acts is not as it was signed.",
                "Run `tastegraph audit verify`; nothing is added until it is as it was.",
            )
        self._put_aside(end)
        self._tree, self._end = tree, end

    def _put_aside(self, end: int) -> None:
        """Move what was written and never signed out of the way: its act did not happen."""
        if self._bytes() == end:
            return
        with self.entries_file.open("rb") as file:
            file.seek(end)
            rest = file.read()
        if rest.count(b"\n") > MOST_TOGETHER:
            raise AuditDamaged("The record of acts has entries that nobody signed.")
        _add(self.folder / "unsigned", rest)
        os.truncate(self.entries_file, end)

    def _about(self, pseudonym: str, first: int) -> list[Entry]:
        size = self.signer.read(self.note()).size
        return self._index.newest(pseudonym, first, size)

    def _bytes(self) -> int:
        return self.entries_file.stat().st_size if self.entries_file.exists() else 0

    def _kept_tree(self) -> tuple[Frontier, int]:
        try:
            kept = orjson.loads(self._tree_file.read_bytes())
            hashes = [bytes.fromhex(code) for code in kept["hashes"]]
            return Frontier(kept["size"], hashes), kept["bytes"]
        except (OSError, ValueError, KeyError, TypeError):
            return Frontier(), 0

    def _keep_tree(self) -> None:
        kept = {
            "size": self._tree.size,
            "bytes": self._end,
            "hashes": [code.hex() for code in self._tree.hashes],
        }
        temporary = self.folder / ".tree"
        temporary.write_bytes(orjson.dumps(kept))
        temporary.replace(self._tree_file)

    @property
    def _tree_file(self) -> Path:
        return self.folder / "tree"

    @property
    def _checkpoint_file(self) -> Path:
        return self.folder / "checkpoint"


def _add(path: Path, written: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(written)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Make a rename in the folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
