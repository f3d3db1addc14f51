"""What sealed profiles cost: for a person, in a request's look at declarations, and in an import.

.venv/bin/python -m benchmarks.sealing

Prints processor time (of this process, so without the engine's) and time by the clock, in
microseconds, on the embedded engine: the cheapest part of a request that has to open a profile, and
2,000 imported people with three allergies each.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.engines import embedded
from graph.connection import Address, Graph, connect
from graph.importing import import_folder
from graph.importing.progress import Silent
from graph.people.consent_rules import put_consent_rules
from graph.people.declarations import declare_allergies
from graph.people.profiles import load_profile
from graph.people.purposes import held_before
from graph.safety_rule import Allergy
from graph.schema import apply_schema
from graph.sealing.master_keys import KeysOfFile
from graph.sealing.opening import open_sealing
from graph.sealing.profiles import sealable
from graph.sealing.sealing import Sealing
from graph.verdicts.declarations import DeclarationReader
from service import bundled

ROUNDS = 500
PEOPLE = 2_000
ALLERGIES = [Allergy(allergen, "SEVERE") for allergen in ("milk", "tree-nuts", "gluten")]


def main() -> None:
    """Measure without and with sealing."""
    print("| what | processor µs | clock µs |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        keys = KeysOfFile.kept(folder / "master.key")
        with open_sealing(folder / "people.db", keys) as sealing, embedded(folder) as address:
            _of_a_person(sealing)
            for name, used in (("clear", None), ("sealed", sealing)):
                asyncio.run(_measure(name, address, used, folder))


def _of_a_person(sealing: Sealing) -> None:
    people = [f"somebody-{number}" for number in range(ROUNDS)]
    state = {
        "allergies": [
            {"id": each.allergen, "severity": "SEVERE", "acceptsTraces": False, "source": None}
            for each in ALLERGIES
        ],
        **dict.fromkeys(("avoids", "diets"), ()),
        **dict.fromkeys(("maxAbv", "maxCaffeine", "unresolved", "declaredAt", "regulation")),
    }
    began = _now()
    seals = sealing.seals(people)
    _tell("a key for a person, made and kept, of 500 at once", began, ROUNDS)
    began = _now()
    sealed = {person: seals[person].fields(sealable(state)) for person in people}
    _tell("a profile sealed", began, ROUNDS)
    for how in ("opened, the key in memory", "opened, the key in the store"):
        began = _now()
        for person in people:
            sealing.open(person, sealed[person])
        _tell(f"a profile {how}", began, ROUNDS)
        sealing.forget_people(lambda _: True)


async def _measure(name: str, address: Address, sealing: Sealing | None, folder: Path) -> None:
    async with connect(address, deadline=60.0, sealing=sealing) as graph:
        await apply_schema(graph)
        await put_consent_rules(graph, held_before())
        await bundled.prepare(graph, folder / "rejects.csv", Silent(), empty=False)
        await declare_allergies(graph, name, ALLERGIES, "2026-11-21T08:00:00Z", None)
        reader = DeclarationReader(graph)
        await _repeat(
            f"{name}: what a person declares, as each list asks", lambda: reader.read([name])
        )
        await _repeat(
            f"{name}: a profile, when it is not in memory", lambda: load_profile(graph, name)
        )
        await _import(name, graph, folder)


async def _repeat(what: str, ask: Callable[[], Awaitable[object]]) -> None:
    for _ in range(50):
        await ask()
    began = _now()
    for _ in range(ROUNDS):
        await ask()
    _tell(what, began, ROUNDS)


async def _import(name: str, graph: Graph, folder: Path) -> None:
    tables = folder / name
    tables.mkdir()
    rows = "".join(f"{name}-{n},milk|tree-nuts:mild:traces|gluten\n" for n in range(PEOPLE))
    (tables / "users.csv").write_text(f"id,allergies\n{rows}", encoding="utf-8")
    began = _now()
    await import_folder(graph, tables, rejects=folder / "rejects.csv", progress=Silent())
    _tell(f"{name}: an imported person", began, PEOPLE)


def _now() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


def _tell(what: str, began: tuple[float, float], times: int) -> None:
    now = _now()
    processor, clock = (1e6 * (end - start) / times for end, start in zip(now, began, strict=True))
    print(f"| {what} | {processor:.0f} | {clock:.0f} |", flush=True)


if __name__ == "__main__":
    main()
