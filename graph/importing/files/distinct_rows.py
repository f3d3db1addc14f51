"""Foreign rows that are one of ours: the first of each value, and what later ones say otherwise."""

from __future__ import annotations

from typing import NamedTuple

from graph.importing.files.mapped_column import Column
from graph.importing.files.record import Record
from graph.importing.files.rows import DECIDING


class Joined(NamedTuple):
    """A row that `distinct` left out although it differs from the row with the same value."""

    record: Record
    column: str
    text: str
    reason: str


class FirstRows:
    """The first row for each value of the distinct column, and where later ones differ."""

    def __init__(
        self, distinct: str | None, columns: dict[str, Column], joined: list[Joined]
    ) -> None:
        self._distinct = distinct or ""
        self._origin = columns.get(self._distinct)
        self._rows: dict[str, dict[str, str]] = {}
        self._texts: dict[str, set[str]] = {}
        self._joined = joined

    def problem(self, record: Record, values: dict[str, str]) -> str | None:
        """Return '' for the first row of a value, None for one to leave out, or its problem."""
        key = values[self._distinct]
        text = self._origin.text(record.values) if self._origin else ""
        if key not in self._rows:
            self._rows[key], self._texts[key] = values, {text}
            return ""
        if text not in self._texts[key]:
            known = min(self._texts[key])
            self._texts[key].add(text)
            reason = f"has the same {self._distinct} '{key}' as '{known}': the two are joined"
            self._joined.append(Joined(record, self._distinct, text, reason))
        for name in DECIDING:
            said, known = values.get(name), self._rows[key].get(name)
            if said and known and said != known:
                return f"has a different {name} from the row with the same {self._distinct} '{key}'"
        return None
