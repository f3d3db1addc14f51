"""The bundled data: the law, the ingredients, a first catalogue, and simulated people."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path

from graph.catalogue.bundled import (
    COMPLETE,
    NONE,
    STARTED,
    bundled_state,
    record_bundled_state,
    record_knowledge,
)
from graph.catalogue.changes import UNKNOWN
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.clock import Clock, iso_seconds, utc_now
from graph.connection import Graph
from graph.importing import BUNDLED, ImportProgress, ImportSummary, import_folder
from graph.simulation.people import SimulationCatalogue, simulate_people
from recommend.safety.masks import ABSENT, Masks, reachable

KNOWLEDGE = ("law", "ingredients", "diets")
PEOPLE = 2000
SEED = 2026
DEMO_ALLERGY = "milk"


async def prepare(
    graph: Graph,
    rejects: Path,
    progress: ImportProgress,
    *,
    empty: bool,
    by: str = UNKNOWN,
    clock: Clock = utc_now,
) -> bool:
    """Fill a new graph: the law always, the rest unless the owner brings their own data.

    `by` is the person who does it, for the record of changes. Returns whether anything was
    imported. An interrupted start is completed by the next.
    """
    bundled = await bundled_state(graph)
    if bundled.state in (COMPLETE, NONE) or (empty and bundled.state == STARTED):
        return False
    await import_law(graph, rejects, progress, by=by, clock=clock)
    if empty or (bundled.state is None and bundled.drinks > 0):
        await record_bundled_state(graph, NONE)
        return True
    await record_bundled_state(graph, STARTED)
    await import_ingredients(graph, rejects, progress, by=by, clock=clock)
    await _import(graph, "drinks", rejects, progress, by, clock)
    await import_people(graph, rejects, progress, clock)
    await record_bundled_state(graph, COMPLETE)
    return True


async def import_law(
    graph: Graph,
    rejects: Path,
    progress: ImportProgress,
    *,
    by: str = UNKNOWN,
    clock: Clock = utc_now,
) -> ImportSummary:
    """Import the regulations and the allergens that they list."""
    return await _import(graph, "law", rejects, progress, by, clock)


async def import_ingredients(
    graph: Graph,
    rejects: Path,
    progress: ImportProgress,
    *,
    by: str = UNKNOWN,
    clock: Clock = utc_now,
) -> list[ImportSummary]:
    """Import the reviewed ingredients, the evidence about them, and the diets that avoid some.

    Call it after `import_law`: the graph then records which edition of the knowledge it has.
    """
    summaries = [
        await _import(graph, name, rejects, progress, by, clock)
        for name in ("ingredients", "diets")
    ]
    await record_knowledge(graph, knowledge_edition(), iso_seconds(clock()))
    return summaries


def knowledge_edition() -> str:
    """Return a short hash of the bundled knowledge, another for every change of it."""
    digest = hashlib.sha256()
    for name in KNOWLEDGE:
        folder = resources.files("graph").joinpath("knowledge", name)
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


async def _import(
    graph: Graph, name: str, rejects: Path, progress: ImportProgress, by: str, clock: Clock
) -> ImportSummary:
    with resources.as_file(resources.files("graph").joinpath("knowledge", name)) as folder:
        return await import_folder(
            graph, folder, rejects=rejects, progress=progress, source=BUNDLED, by=by, clock=clock
        )


async def import_people(
    graph: Graph, rejects: Path, progress: ImportProgress, clock: Clock = utc_now
) -> None:
    """Import simulated people and what they did with the drinks of the catalogue."""
    people = simulate_people(simulation_catalogue(await load_catalogue(graph)), PEOPLE, SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "users.csv", (user.row() for user in people.users))
        _write(
            folder / "interactions.csv", (interaction.row() for interaction in people.interactions)
        )
        await import_folder(
            graph,
            folder,
            rejects=rejects,
            progress=progress,
            source="simulated",
            simulated=True,
            clock=clock,
        )


def simulation_catalogue(catalogue: Catalogue) -> SimulationCatalogue:
    """Return the catalogue as the simulation sees it: nobody buys what is not safe for them."""
    masks = Masks(catalogue)
    parents = {name: ingredient.parents for name, ingredient in catalogue.ingredients.items()}
    drinks = catalogue.drinks
    groups = [_closure(drink.ingredients, parents) for drink in drinks]
    return SimulationCatalogue(
        drink_ids=tuple(drink.id for drink in drinks),
        kinds=tuple(drink.kind or "" for drink in drinks),
        styles=tuple(frozenset(drink.styles) for drink in drinks),
        flavors=tuple(frozenset(drink.flavors) for drink in drinks),
        allergens=tuple(
            frozenset(
                name
                for name, place in masks.tree.position.items()
                if masks.codes[place, row] > ABSENT
            )
            for row in range(len(drinks))
        ),
        groups=tuple(groups),
        alcoholic=tuple("alcoholic-beverage" in group for group in groups),
        hot=tuple(drink.served_hot is True for drink in drinks),
    )


def _closure(parts: Sequence[str], parents: Mapping[str, Iterable[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(reachable(part, parents) for part in parts))


def _write(path: Path, rows: Iterable[dict[str, str]]) -> None:
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]) if listed else [])
        writer.writeheader()
        writer.writerows(listed)
