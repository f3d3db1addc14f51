"""Parquet tables."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graph.errors import ImportRefused
from graph.importing.files.format import TableFormat
from graph.importing.files.record import Note, Record, record_of, records_of

_BATCH = 10_000


def read_parquet(path: Path, note: Note, reading: TableFormat) -> Iterator[Record]:
    """Yield the rows; `note` receives the column names. Raises ImportRefused."""
    try:
        with pq.ParquetFile(path) as file:
            note(name.strip().lower() for name in file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(_BATCH):
                for values in batch.to_pylist():
                    number += 1
                    if reading.nested:
                        yield from records_of(path.name, number, values, note, reading.each)
                    else:
                        yield record_of(path.name, number, values, note)
    except (pa.ArrowException, OSError) as error:
        raise ImportRefused(f"{path.name} cannot be read as a parquet file ({error}).") from error
