"""What the second safety check costs: the gate query alone, over the bundled drinks.

.venv/bin/python -m benchmarks.gate [--against OLD_QUERY_FILE]

Prints milliseconds a query, at one connection, for 10, 20 and 100 drinks, on both engines; with
--against also for an older text of the query, alternating with the present one.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.engines import embedded, neo4j
from graph.catalogue.entities import load_catalogue
from graph.connection import Address, Graph, connect
from graph.importing.progress import Silent
from graph.people.consent_rules import put_consent_rules
from graph.people.declarations import declare_allergies
from graph.people.purposes import held_before
from graph.query import Query
from graph.query_files import parse
from graph.safety_rule import Allergy
from graph.schema import apply_schema
from graph.verdicts.gate import SAFETY_GATE
from service import bundled

ROUNDS = 300
SIZES = (10, 20, 100)


def main() -> None:
    """Measure on one engine after the other."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--against", type=Path)
    chosen = arguments.parse_args()
    gates = {"gate": SAFETY_GATE}
    if chosen.against:
        text = chosen.against.read_text(encoding="utf-8")
        gates["older gate"] = parse(SAFETY_GATE.name, str(chosen.against), text)
    print("| engine | query | drinks | p50 ms | p99 ms |\n|---|---|---|---|---|")
    for name, engine in (("embedded", embedded), ("Neo4j", neo4j)):
        with tempfile.TemporaryDirectory() as folder, engine(Path(folder)) as address:
            asyncio.run(measure(name, address, gates, Path(folder)))


async def measure(engine: str, address: Address, gates: dict[str, Query], folder: Path) -> None:
    """Fill the graph, and print a row for each query and size."""
    async with connect(address, deadline=60.0) as graph:
        await apply_schema(graph)
        await put_consent_rules(graph, held_before())
        await bundled.prepare(graph, folder / "rejects.csv", Silent(), empty=False)
        allergies = [Allergy(allergen, "SEVERE") for allergen in ("milk", "tree-nuts", "gluten")]
        await declare_allergies(graph, "guest", allergies, "2026-11-21T08:00:00Z", None)
        for size in SIZES:
            times = await _times(graph, gates, size)
            for name, milliseconds in times.items():
                p50, p99 = (
                    statistics.median(milliseconds),
                    statistics.quantiles(milliseconds, n=100)[98],
                )
                print(f"| {engine} | {name} | {size} | {p50:.1f} | {p99:.1f} |", flush=True)


def _asked(gate: Query, drinks: list[str]) -> dict[str, Any]:
    """Return the values of a gate; that of an older file asked for one person at a time."""
    if "asks" in gate.parameters:
        return {"asks": [{"userId": "guest", "drinks": drinks}]}
    return {"userId": "guest", "drinkIds": drinks}


async def _times(graph: Graph, gates: dict[str, Query], size: int) -> dict[str, list[float]]:
    drinks = [drink.id for drink in (await load_catalogue(graph)).drinks]
    times: dict[str, list[float]] = {name: [] for name in gates}
    for number in range(ROUNDS + 50):
        start = number * size % (len(drinks) - size)
        for name, gate in gates.items():
            began = time.perf_counter()
            await graph.run(gate, **_asked(gate, drinks[start : start + size]))
            if number >= 50:
                times[name].append(1000 * (time.perf_counter() - began))
    return times


if __name__ == "__main__":
    main()
