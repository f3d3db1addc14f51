"""The first rows of each table, as a mapping would have them imported."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from graph.importing.files.mapping import Mapping
from graph.importing.files.sources import open_sources

ROWS = 3


def preview(path: Path, mapping: Mapping) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the table and the values of some rows; raises ImportRefused if they cannot be read."""
    for source in open_sources(path, mapping, knowledge=False).all:
        for record in islice(source.records(), ROWS):
            yield source.table, {name: text for name, text in record.values.items() if text}
