"""Allergens, flavors, styles and regulations: the small vocabularies that everything refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graph.connection import Graph
from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import AllergenRow, RegulationRow, TermRow
from graph.importing.files.sources import Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.hierarchy import check_hierarchy
from graph.importing.job import Job, Step, in_steps
from graph.query import Query
from graph.query_files import load
from graph.recognition.names import Names
from graph.recognition.naming import slug

KNOWN_REGULATIONS = load("catalogue/known_regulations")
UPSERT_REGULATIONS = load("catalogue/upsert_regulations")


@dataclass(frozen=True)
class _Queries:
    known: Query
    groups: Query
    upsert: Query
    unlink: Query
    link: Query


_QUERIES = {
    "allergens": _Queries(
        load("catalogue/known_allergens"),
        load("catalogue/known_allergen_groups"),
        load("catalogue/upsert_allergens"),
        load("catalogue/unlink_allergens"),
        load("catalogue/link_allergen_groups"),
    ),
    "flavors": _Queries(
        load("catalogue/known_flavors"),
        load("catalogue/known_flavor_groups"),
        load("catalogue/upsert_flavors"),
        load("catalogue/unlink_flavors"),
        load("catalogue/link_flavor_groups"),
    ),
    "styles": _Queries(
        load("catalogue/known_styles"),
        load("catalogue/known_style_groups"),
        load("catalogue/upsert_styles"),
        load("catalogue/unlink_styles"),
        load("catalogue/link_style_groups"),
    ),
}


@dataclass
class Terms:
    """The terms by their names, and the steps that write what this import changes of them."""

    regulations: Names
    allergens: Names
    flavors: Names
    styles: Names
    steps: list[Step] = field(default_factory=lambda: list[Step]())
    _new: dict[str, dict[str, str]] = field(default_factory=lambda: {"flavors": {}, "styles": {}})

    def flavor(self, text: str) -> str | None:
        """Return the flavor that a text names; a new one is made of it."""
        return self._found_or_new("flavors", self.flavors, text)

    def style(self, text: str) -> str | None:
        """Return the style that a text names; a new one is made of it."""
        return self._found_or_new("styles", self.styles, text)

    def _found_or_new(self, table: str, names: Names, text: str) -> str | None:
        identifier = names.find(text) or slug(text)
        if identifier and identifier not in names:
            names.add(identifier, text)
            self._new[table][identifier] = text
        return identifier or None

    def all_steps(self) -> list[Step]:
        """Return the steps of rows, then those of terms that rows of other tables named."""
        steps = list(self.steps)
        for table, new in self._new.items():
            rows = [{"id": key, "name": name, "fingerprint": None} for key, name in new.items()]
            steps += in_steps(_QUERIES[table].upsert, "rows", rows)
        return steps


async def plan_terms(job: Job, sources: Sources) -> Terms:
    """Return the terms after this import; rejects rows and raises ImportRefused for circles."""
    regulations, steps = await _plan_regulations(job, sources)
    terms = Terms(regulations, Names(), Names(), Names(), steps)
    for table, model in (("allergens", AllergenRow), ("flavors", TermRow), ("styles", TermRow)):
        await _plan_table(job, sources, terms, table, model)
    return terms


async def _plan_regulations(job: Job, sources: Sources) -> tuple[Names, list[Step]]:
    known, names = await _known(job.graph, KNOWN_REGULATIONS)
    changed: list[dict[str, Any]] = []
    for source in sources.of("regulations"):
        for record, row in job.read(source, RegulationRow):
            if isinstance(row, list):
                job.reject("regulations", record, row)
                continue
            names.add(row.id, row.name)
            content = row.model_dump()
            if known.get(row.id) != fingerprint(content):
                known[row.id] = fingerprint(content)
                changed.append({**content, "fingerprint": fingerprint(content)})
    job.summary.table("regulations").written += len(changed)
    return names, in_steps(UPSERT_REGULATIONS, "rows", changed)


async def _known(graph: Graph, query: Query) -> tuple[dict[str, str | None], Names]:
    names = Names()
    known: dict[str, str | None] = {}
    for row in await graph.run(query, deadline=60.0):
        names.add(row["id"], row["name"] or row["id"])
        known[row["id"]] = row["fingerprint"]
    return known, names


async def _plan_table(
    job: Job, sources: Sources, terms: Terms, table: str, model: type[TermRow]
) -> None:
    known, names = await _known(job.graph, _QUERIES[table].known)
    setattr(terms, table, names)
    accepted = _accept(job, sources, table, model, names)
    changed: list[dict[str, Any]] = []
    for record, row in accepted:
        content = _content(names, row)
        if isinstance(content, Problem):
            job.reject(table, record, [content])
        elif known.get(row.id) != fingerprint(content):
            changed.append({**content, "fingerprint": fingerprint(content)})
    await _check_groups(job, table, changed)
    job.summary.table(table).written += len(changed)
    terms.steps += _steps(table, changed)


def _accept(
    job: Job, sources: Sources, table: str, model: type[TermRow], names: Names
) -> list[tuple[Record, TermRow]]:
    accepted: dict[str, tuple[Record, TermRow]] = {}
    for source in sources.of(table):
        for record, row in job.read(source, model):
            if isinstance(row, list):
                job.reject(table, record, row)
            elif row.id not in accepted:
                names.add(row.id, row.name)
                accepted[row.id] = (record, row)
            elif row != accepted[row.id][1]:
                job.reject(table, record, [Problem("id", row.id, "is there twice")])
    return list(accepted.values())


def _content(names: Names, row: TermRow) -> dict[str, Any] | Problem:
    parents = [(text, names.find(text)) for text in row.part_of]
    for text, identifier in parents:
        if identifier is None:
            return Problem("part_of", text, "names nothing known")
    return {
        "id": row.id,
        "name": row.name,
        "source": row.source if isinstance(row, AllergenRow) else None,
        "parents": sorted({parent for _, parent in parents if parent}),
    }


async def _check_groups(job: Job, table: str, changed: list[dict[str, Any]]) -> None:
    replaced = {row["id"] for row in changed}
    edges = [(row["id"], parent) for row in changed for parent in row["parents"]]
    for row in await job.graph.run(_QUERIES[table].groups, deadline=60.0):
        if row["childId"] not in replaced:
            edges.append((row["childId"], row["parentId"]))
    check_hierarchy(table, edges)


def _steps(table: str, changed: list[dict[str, Any]]) -> list[Step]:
    queries = _QUERIES[table]
    groups = [{"id": row["id"], "parentId": parent} for row in changed for parent in row["parents"]]
    return [
        *in_steps(queries.upsert, "rows", changed),
        *in_steps(queries.unlink, "ids", [row["id"] for row in changed]),
        *in_steps(queries.link, "rows", groups),
    ]
