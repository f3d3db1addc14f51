"""How many changes of the safety code its tests notice: the masks, and the gate on both engines.

Run: `.venv/bin/python -m benchmarks.mutants`. Prints the table of benchmarks/safety.md.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.engines import embedded, neo4j
from graph.connection import Address, connect
from graph.schema import apply_schema
from graph.verdicts.gate import SAFETY_GATE
from tests.mutation.campaign import WORLDS, mask_mutants, surviving_gates, surviving_masks
from tests.mutation.cypher_mutants import mutants
from tests.mutation.python_mutants import Mutant


def main() -> None:
    """Run the campaigns one after the other."""
    print(f"| code | engine | mutants made | noticed | not noticed | seconds ({WORLDS} worlds) |")
    print("|---|---|---|---|---|---|")
    started, made = time.perf_counter(), mask_mutants()
    report("recommend/safety/masks.py", "-", made, surviving_masks(made), started)
    for name, engine in (("embedded", embedded), ("Neo4j", neo4j)):
        with tempfile.TemporaryDirectory() as folder, engine(Path(folder)) as address:
            started, made = time.perf_counter(), list(mutants(SAFETY_GATE))
            survivors = asyncio.run(survivors_of(address, made))
            report("cypher/recommend/safety_gate.cypher", name, made, survivors, started)


async def survivors_of(address: Address, made: list[Mutant]) -> list[Mutant]:
    """Return the mutants of the gate that one engine does not notice."""
    async with connect(address, deadline=30.0) as graph:
        await apply_schema(graph)
        return await surviving_gates(graph, made)


def report(
    code: str, engine: str, made: list[Mutant], survivors: list[Mutant], started: float
) -> None:
    """Print one row, and what was not noticed."""
    noticed, seconds = len(made) - len(survivors), time.perf_counter() - started
    print(f"| {code} | {engine} | {len(made)} | {noticed} | {len(survivors)} | {seconds:.0f} |")
    for survivor in survivors:
        print(f"<!-- not noticed: {survivor} -->")


if __name__ == "__main__":
    main()
