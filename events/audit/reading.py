"""Reading the record of acts, entry by entry, as far as it is signed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from events.audit.entry import Entry
from events.audit.errors import AuditDamaged
from events.audit.log import AuditLog


def entries(log: AuditLog, pseudonym: str | None = None) -> Iterator[tuple[int, Entry]]:
    """Yield the entries with their numbers, the oldest first; of one person if one is named.

    Raises AuditDamaged if a line is no entry.
    """
    size = log.signer.read(log.note()).size
    for number, line in enumerate(log.lines(size)):
        try:
            entry = Entry.read(line)
        except ValueError:
            raise AuditDamaged(
                f"Line {number + 1} of the record is no entry.", "Run `tastegraph audit verify`."
            ) from None
        if pseudonym is None or entry.about == pseudonym:
            yield number, entry


def newest(log: AuditLog, first: int, before: int | None = None) -> list[tuple[int, Entry]]:
    """Return the newest entries with a number below `before`, newest first, each with its number.

    Raises AuditDamaged if a line is no entry.
    """
    found = deque[tuple[int, Entry]](maxlen=first)
    for number, entry in entries(log):
        if before is not None and number >= before:
            break
        found.append((number, entry))
    return list(found)[::-1]
