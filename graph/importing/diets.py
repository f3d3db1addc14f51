"""Diets: the groups of ingredients that each avoids, and its limits.

A diet belongs to the import that first brought it: nobody's table can loosen what another says. A
diet with a rejected row suits no drink until a good row comes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graph.errors import ImportRefused
from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import DietRow
from graph.importing.files.sources import Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.ingredients import Ingredients
from graph.importing.job import Job, Step, in_steps
from graph.query_files import load
from graph.recognition.names import Names

KNOWN_DIETS = load("catalogue/known_diets")
UPSERT_DIETS = load("catalogue/upsert_diets")
UNLINK_DIETS = load("catalogue/unlink_diets")
LINK_DIETS = load("catalogue/link_diets")
DOUBT_DIETS = load("catalogue/doubt_diets")


@dataclass
class Diets:
    """All diets, those of the graph and those of this import."""

    names: Names = field(default_factory=Names)
    known: dict[str, dict[str, Any]] = field(default_factory=lambda: dict[str, dict[str, Any]]())
    rows: dict[str, DietRow] = field(default_factory=lambda: dict[str, DietRow]())
    avoided: dict[str, list[str]] = field(default_factory=lambda: dict[str, list[str]]())
    doubted: set[str] = field(default_factory=lambda: set[str]())

    def is_of_another(self, job: Job, identifier: str) -> bool:
        """Return whether an import from another source brought the diet."""
        return identifier in self.known and self.known[identifier]["by"] != job.source


async def read_diets(job: Job, sources: Sources, ingredients: Ingredients) -> Diets:
    """Return the diets; a rejected row leaves its diet in doubt.

    Raises ImportRefused for an unreadable row whose diet is unknown.
    """
    diets = Diets()
    for known in await job.graph.run(KNOWN_DIETS, deadline=60.0):
        diets.known[known["id"]] = known
        diets.names.add(known["id"], known["name"] or known["id"])
    for source in sources.of("diets"):
        for record, row in job.read(source, DietRow):
            problems = row if isinstance(row, list) else _add(job, diets, ingredients, row)
            if problems:
                _reject(job, diets, record, problems)
    return diets


def _add(job: Job, diets: Diets, ingredients: Ingredients, row: DietRow) -> list[Problem]:
    if row.id in diets.rows:
        return [] if row == diets.rows[row.id] else [Problem("id", row.id, "is there twice")]
    if diets.is_of_another(job, row.id):
        owner = diets.known[row.id]["by"] or "somebody else"
        return [Problem("id", row.id, f"is already a diet of '{owner}'; give yours another id")]
    avoided = {text: ingredients.names.find(text) for text in row.avoids}
    unknown = [text for text, ingredient in avoided.items() if ingredient is None]
    if unknown:
        return [Problem("avoids", text, "is not a known ingredient") for text in unknown]
    diets.rows[row.id] = row
    diets.avoided[row.id] = sorted({ingredient for ingredient in avoided.values() if ingredient})
    diets.names.add(row.id, row.name)
    return []


def _reject(job: Job, diets: Diets, record: Record, problems: list[Problem]) -> None:
    identifier = record.values.get("id", "")
    if record.problem and not identifier:
        raise ImportRefused(
            f"{record.file}, row {record.number}: {record.problem}.",
            "It does not say which diet it is; nothing was imported.",
        )
    job.reject("diets", record, problems)
    if not diets.is_of_another(job, identifier):
        diets.doubted.add(identifier)


def diet_steps(job: Job, diets: Diets) -> list[Step]:
    """Return the steps that write changed diets, and doubt those of rejected rows."""
    contents = [_content(diets, row) for row in diets.rows.values()]
    marks = {content["id"]: fingerprint([content, job.source]) for content in contents}
    changed = [
        {**content, "fingerprint": marks[content["id"]]}
        for content in contents
        if diets.known.get(content["id"], {}).get("fingerprint") != marks[content["id"]]
    ]
    links = [
        {"id": row["id"], "ingredientId": avoided} for row in changed for avoided in row["avoids"]
    ]
    doubted = sorted(diets.doubted & (diets.known.keys() | diets.rows.keys()))
    job.summary.table("diets").written += len(changed)
    return [
        *in_steps(UPSERT_DIETS, "rows", changed, source=job.source),
        *in_steps(UNLINK_DIETS, "ids", [row["id"] for row in changed]),
        *in_steps(LINK_DIETS, "rows", links),
        *in_steps(DOUBT_DIETS, "ids", doubted),
    ]


def _content(diets: Diets, row: DietRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "source": row.source,
        "avoids": diets.avoided[row.id],
        "maxAbv": row.max_abv,
        "maxCaffeineMgPer100ml": row.max_caffeine_mg_per_100ml,
    }
