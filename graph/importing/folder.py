"""Importing a folder, from top to bottom.

Everything but interactions is read and checked before anything is written. Then allergens, flavors,
styles, regulations, diets and ingredients with their evidence are written as one transaction,
drinks with their recipes and evidence in batches, users and interactions in batches. A batch is in
the graph as a whole or not at all, so that no drink is ever without its recipe, and no
ingredient without its evidence; an interrupted import is completed by running it again.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from graph.catalogue.aliases import MERGED_DRINKS, Aliases
from graph.catalogue.changes import UNKNOWN
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.importing.diets import diet_steps, read_diets
from graph.importing.drinks import (
    DOUBT_DRINKS,
    Drinks,
    doubt_rows,
    doubted_drinks,
    drink_steps,
    plan_drinks,
    read_drinks,
)
from graph.importing.duplicates import duplicate_drinks
from graph.importing.files.mapping import Mapping
from graph.importing.files.rejects import Rejects
from graph.importing.files.rows import KNOWLEDGE
from graph.importing.files.sources import BUNDLED, Sources, open_sources
from graph.importing.ingredients import Ingredients, plan_ingredients, read_ingredients
from graph.importing.interactions import import_interactions
from graph.importing.job import Job, in_steps
from graph.importing.law import plan_law
from graph.importing.people import import_users
from graph.importing.progress import ImportProgress
from graph.importing.recipes import Recipes, plan_recipes, read_recipes
from graph.importing.statements import Statements, count_void, plan_statements, read_statements
from graph.importing.substitutes import plan_substitutes
from graph.importing.summary import ImportSummary
from graph.importing.terms import plan_terms
from graph.people.purposes import OPERATORS, Ground
from graph.rows import parts

CATALOGUE = (
    *KNOWLEDGE,
    "ingredients",
    "diets",
    "substitutes",
    "drinks",
    "recipes",
    "allergen_evidence",
)
DRINKS_PER_BATCH = 1_000


async def import_folder(
    graph: Graph,
    path: Path,
    *,
    mapping: Mapping | None = None,
    rejects: Path,
    progress: ImportProgress,
    source: str | None = None,
    simulated: bool = False,
    by: str = UNKNOWN,
    clock: Clock = utc_now,
    key: str | None = None,
    ground: Ground = OPERATORS[0],
) -> ImportSummary:
    """Import the tables in a folder (with a mapping also a single file); return what was done.

    `source` names who says all this (default: the mapping's source, else 'operator'); only the
    source 'bundled' may bring allergens, flavors, styles and regulations. `by` is the person who
    imports, for the record of changes; `key` is needed by a mapping that makes names opaque;
    `ground` is on what the people in the tables are kept, until they decide themselves. Rows that
    cannot be taken are written to the file `rejects`. Raises ImportRefused, before anything is
    written, if the tables cannot be read, and a GraphError if the graph fails.
    """
    started = perf_counter()
    source = source or (mapping.source if mapping else "operator")
    progress.start("checking the files", 0)
    sources = open_sources(path, mapping, knowledge=source == BUNDLED, key=key)
    progress.done()
    with Rejects(rejects) as rejected:
        job = Job(graph, rejected, progress, source, simulated, by, clock, ground)
        job.report_joined(sources)
        await _import(job, sources)
        job.summary.rejects = rejects if rejected.count else None
    job.summary.tables = {
        name: counts for name, counts in job.summary.tables.items() if counts.read
    }
    job.summary.ignored_files = list(sources.ignored_files)
    job.summary.seconds = perf_counter() - started
    return job.summary


async def _import(job: Job, sources: Sources) -> None:
    job.progress.start("reading the catalogue", sources.rows(*CATALOGUE))
    job.aliases = Aliases.of(await job.graph.run(MERGED_DRINKS))
    terms = await plan_terms(job, sources)
    ingredients = await read_ingredients(job, sources)
    diets = await read_diets(job, sources, ingredients)
    drinks = await read_drinks(job, sources)
    recipes = read_recipes(job, sources, drinks, ingredients)
    evidence = read_statements(job, sources, terms, ingredients, drinks.ids())
    # What could not be read about a merged drink casts doubt on the one it is now.
    job.doubts.drinks = {job.aliases.now(drink) for drink in job.doubts.drinks}
    job.progress.done()

    await plan_statements(job, evidence)
    plan_drinks(job, drinks, terms)
    plan_recipes(job, recipes, drinks, ingredients)
    about_ingredients = await plan_ingredients(job, ingredients, terms)
    about_terms, about_diets = terms.all_steps(), diet_steps(job, diets)
    about_law = await plan_law(job, sources, terms, ingredients)
    substitutes = await plan_substitutes(job, sources, ingredients)
    await job.change_catalogue(
        [
            *about_terms,
            *about_ingredients,
            *about_diets,
            *about_law,
            *substitutes,
            *evidence.steps("ingredient"),
        ],
        ingredients=_touched(job, ingredients, evidence),
        structural=bool(about_terms or about_diets or about_law),
    )
    await _import_drinks(job, drinks, recipes, evidence)
    if drinks.changed and job.source != BUNDLED:
        job.summary.duplicates = await duplicate_drinks(job.graph, set(drinks.changed))
    await import_users(job, sources, terms, ingredients, diets)
    await import_interactions(job, sources, drinks.ids())


def _touched(job: Job, ingredients: Ingredients, evidence: Statements) -> set[str]:
    in_evidence = {key.subject for key in evidence.changes if key.subject_type == "ingredient"}
    described = {*ingredients.rows, *ingredients.created}
    return described | in_evidence | job.doubts.ingredients


async def _import_drinks(job: Job, drinks: Drinks, recipes: Recipes, evidence: Statements) -> None:
    doubted = doubted_drinks(job, drinks)
    in_evidence = {key.subject for key in evidence.changes if key.subject_type == "drink"}
    changed = sorted({*drinks.changed, *recipes.changed, *in_evidence, *doubted})
    job.progress.start("drinks", len(changed))
    for part in parts(changed, DRINKS_PER_BATCH):
        batch = set(part)
        rows = [drinks.changed[drink] for drink in part if drink in drinks.changed]
        steps = [
            *drink_steps(rows),
            *recipes.steps(list(part)),
            *evidence.steps("drink", batch),
            *in_steps(
                DOUBT_DRINKS,
                "rows",
                doubt_rows(drinks, [drink for drink in doubted if drink in batch]),
            ),
        ]
        await job.change_catalogue(steps, drinks=batch)
        job.summary.table("drinks").written += len(rows)
        job.summary.table("recipes").written += sum(
            recipes.rows[drink] for drink in part if drink in recipes.changed
        )
        job.progress.advance(len(part))
    job.summary.table("allergen_evidence").written += evidence.written()
    job.summary.void += await count_void(job, evidence)
    job.progress.done()
