"""A warehouse over a stream, and what is in its files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from graph.connection import Graph
from tests.support.emptying import ask
from tests.support.streaming import Stream
from warehouse.names import Names
from warehouse.sync import Warehouse

KEY = b"k" * 64
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
RECEIVED = NOW - timedelta(hours=1)
EXAMPLES = Path(__file__).resolve().parents[2] / "warehouse" / "examples"


def over(
    stream: Stream,
    folder: Path,
    *,
    with_people: bool = True,
    key: bytes = KEY,
    clock: Callable[[], datetime] = lambda: NOW,
) -> Warehouse:
    return Warehouse(folder, stream.graph, stream.log, stream.kept, Names(key), with_people, clock)


async def synced(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Sync; return how many rows each table gained and lost, of those that did."""
    return {
        table.table: (table.added, table.removed)
        async for table in warehouse.sync()
        if table.added or table.removed
    }


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table, as somebody sees it who knows of Parquet alone."""
    text = (
        f"SELECT * FROM read_parquet('{folder / table}/day=*/*.parquet', hive_partitioning = true)"
    )
    return asked(folder, text)


def asked(folder: Path, text: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET file_search_path = '{folder}'")
        answered = connection.sql(text, params=values).to_arrow_table().to_pylist()
        return list(answered)


def example(folder: Path, name: str, **values: Any) -> list[dict[str, Any]]:
    return asked(folder, (EXAMPLES / f"{name}.sql").read_text(encoding="utf-8"), values or None)


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*.parquet"))


def all_text(folder: Path) -> str:
    """Everything that is in any file of a folder, Parquet read, the rest as it is."""
    texts: list[str] = []
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            texts.append(str(table.to_pylist()))
        if path.is_file():
            texts.append(path.read_bytes().decode("latin-1"))
    return "\n".join(texts)


async def offer(graph: Graph, drink: str, at: datetime, *people: str) -> None:
    await ask(
        graph,
        "UNWIND $people AS id MATCH (drink:Drink {id: $drink}) MERGE (user:User {id: id}) "
        "CREATE (user)-[:RECOMMENDED {at: $at}]->(drink) RETURN count(*) AS made",
        people=list(people),
        drink=drink,
        at=int(at.timestamp() * 1000),
    )
