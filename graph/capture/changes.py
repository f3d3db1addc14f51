"""Changes of rows in a shop's database, whatever connector they came by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Values = Mapping[str, Any]


class Operation(Enum):
    """What became of a row, or of all rows of a table."""

    WRITTEN = "written"
    DELETED = "deleted"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row, as it was and as it is; `stream` is the connector, `table` is 'schema.table'.

    Positions of one stream are texts in the order in which its database made the changes. A change
    without a `transaction` is one of its own. Rows of a snapshot are read, not changed; the last of
    them is `last`. A column that is not sent, since it is large and unchanged, is `UNCHANGED`.
    """

    stream: str
    table: str
    operation: Operation
    position: str
    before: Values | None = None
    after: Values | None = None
    transaction: str | None = None
    snapshot: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class TransactionEnd:
    """All changes of a transaction have been sent."""

    transaction: str


UNCHANGED = "\x00unchanged"
SNAPSHOT = "snapshot"

Message = RowChange | TransactionEnd
