"""Substitutes: what can replace an ingredient in a recipe, and who says so."""

from __future__ import annotations

from collections import defaultdict

from graph.importing.files.parsing import Problem
from graph.importing.files.rows import SubstituteRow
from graph.importing.files.sources import Sources
from graph.importing.ingredients import Ingredients
from graph.importing.job import Job, Step, in_steps
from graph.query_files import load

KNOWN_SUBSTITUTES = load("catalogue/known_substitutes")
UNLINK_SUBSTITUTES = load("catalogue/unlink_substitutes")
LINK_SUBSTITUTES = load("catalogue/link_substitutes")

# substitute -> (note, source) of one ingredient
Stated = dict[str, tuple[str | None, str]]


async def plan_substitutes(job: Job, sources: Sources, ingredients: Ingredients) -> list[Step]:
    """Return the steps that replace the substitutes of each ingredient that the import names.

    A row names only known ingredients, and a substitute is something that can be poured: a bare
    group says nothing about allergens. Rows that do not are rejected.
    """
    stated = _stated(job, sources, ingredients)
    if not stated:
        return []
    known: dict[str, Stated] = defaultdict(dict)
    for row in await job.graph.run(KNOWN_SUBSTITUTES, deadline=60.0):
        known[row["id"]][row["substituteId"]] = (row["note"], row["source"])
    changed = {name: them for name, them in stated.items() if known[name] != them}
    rows = [
        {"id": name, "substituteId": other, "note": note, "source": source}
        for name, them in changed.items()
        for other, (note, source) in them.items()
    ]
    job.summary.table("substitutes").written += len(rows)
    return [
        *in_steps(UNLINK_SUBSTITUTES, "ids", list(changed)),
        *in_steps(LINK_SUBSTITUTES, "rows", rows),
    ]


def _stated(job: Job, sources: Sources, ingredients: Ingredients) -> dict[str, Stated]:
    stated: dict[str, Stated] = defaultdict(dict)
    for source in sources.of("substitutes"):
        for record, row in job.read(source, SubstituteRow):
            problems = row if isinstance(row, list) else _problems(ingredients, row)
            if isinstance(row, list) or problems:
                job.reject("substitutes", record, problems)
                continue
            name, other = (
                ingredients.names.find(text) for text in (row.ingredient, row.substitute)
            )
            if name and other:
                stated[name][other] = (row.note, row.source or job.source)
    return stated


def _problems(ingredients: Ingredients, row: SubstituteRow) -> list[Problem]:
    name, other = ingredients.names.find(row.ingredient), ingredients.names.find(row.substitute)
    if name is None:
        return [Problem("ingredient", row.ingredient, "names nothing known")]
    if other is None:
        return [Problem("substitute", row.substitute, "names nothing known")]
    if ingredients.is_group(other):
        return [Problem("substitute", row.substitute, "is only a group: name one of its members")]
    if name == other:
        return [Problem("substitute", row.substitute, "is the ingredient itself")]
    return []
