"""What it costs to void: imports with and without it, and the sweep for what has expired.

python -m benchmarks.voiding --drinks 3000
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from graph.catalogue import changes
from graph.catalogue.expiry import expire
from graph.clock import utc_now
from graph.connection import Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.importing import Silent, import_folder
from graph.schema import apply_schema
from service import bundled

DRINKS = "id,name,recipe_complete\n"
RECIPES = "drink_id,ingredient\n"
EVIDENCE = "subject_type,subject,allergen,status,source,observed_at\n"
PARTS = ("gin", "lime-juice", "sugar")


def write(folder: Path, name: str, drinks: range, day: str) -> Path:
    """Write drinks of three parts, each declared free of milk; five rows a drink."""
    tables = folder / name
    tables.mkdir()
    ids = [f"{name}-{drink}" for drink in drinks]
    files = {
        "drinks": DRINKS + "".join(f"{id_},{id_},true\n" for id_ in ids),
        "recipes": RECIPES + "".join(f"{id_},{part}\n" for id_ in ids for part in PARTS),
        "allergen_evidence": EVIDENCE
        + "".join(f"drink,{id_},milk,absent,Maker,{day}\n" for id_ in ids),
    }
    for table, text in files.items():
        (tables / f"{table}.csv").write_text(text, encoding="utf-8")
    return tables


async def rate(graph: Graph, folder: Path) -> float:
    """Import a folder; return rows a second."""
    summary = await import_folder(graph, folder, rejects=folder / "rejects.csv", progress=Silent())
    assert not summary.rejected, summary
    return summary.rows_per_second


async def seconds(work: Awaitable[Any]) -> tuple[float, Any]:
    """Return how long something took, and what it returned."""
    began = perf_counter()
    outcome = await work
    return perf_counter() - began, outcome


async def sweeps(graph: Graph, title: str) -> None:
    """Print what a sweep costs that finds nothing, and one that voids everything."""

    def later() -> datetime:
        return utc_now().replace(year=utc_now().year + 20)

    idle, none = await seconds(expire(graph, 3_650, utc_now, by="benchmark"))
    busy, all_ = await seconds(expire(graph, 3_650, later, by="benchmark"))
    again, _ = await seconds(expire(graph, 3_650, later, by="benchmark"))
    await expire(graph, None, utc_now, by="benchmark")
    print(f"{title}: nothing new {idle * 1000:.0f} ms {none}, all {busy:.2f} s {all_}, ", end="")
    print(f"once more {again * 1000:.0f} ms")


async def measure(drinks: int) -> None:
    """Print the figures of benchmarks/safety.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = EmbeddedEngine(folder / "graph", heap="1g")
        address = await asyncio.to_thread(engine.start)
        try:
            async with connect(address, deadline=60.0) as graph:
                await apply_schema(graph)
                await bundled.prepare(graph, folder / "rejects.csv", Silent(), empty=True)
                await bundled.import_ingredients(graph, folder / "rejects.csv", Silent())
                day = utc_now().date().isoformat()
                await rate(graph, write(folder, "warm", range(1_000), day))
                for turn in range(2):
                    tables = write(folder, f"with-{turn}", range(drinks), day)
                    print(f"with voiding: {await rate(graph, tables):,.0f} rows/s")
                    tables = write(folder, f"without-{turn}", range(drinks), day)
                    with patch.object(changes, "_voiding", return_value=[]):
                        print(f"without: {await rate(graph, tables):,.0f} rows/s")
                await sweeps(graph, f"{4 * drinks + 1_000:,} drinks")
        finally:
            await asyncio.to_thread(engine.stop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drinks", type=int, default=3_000)
    asyncio.run(measure(parser.parse_args().drinks))
