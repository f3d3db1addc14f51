"""What the graph has to become for some drinks and ingredients: what their rows say now.

A plan is made of all live rows about them, whatever order they came in, with the rules of an
import. Nothing that has arrived in part makes anything safer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from graph.capture.mapping import CaptureMapping
from graph.capture.records import MappedRecord, Problems, RowReader, overlaid, sources_of
from graph.capture.source_rows import Described, SourceRow
from graph.catalogue.aliases import MERGED_DRINKS, Aliases
from graph.catalogue.changes import Step
from graph.clock import Clock
from graph.connection import Graph
from graph.errors import ImportRefused
from graph.importing.drinks import (
    DOUBT_DRINKS,
    Drinks,
    doubt_rows,
    doubted_drinks,
    drink_steps,
    plan_drinks,
    read_drinks,
)
from graph.importing.files.parsing import parse
from graph.importing.files.rows import EvidenceRow, RecipeRow
from graph.importing.files.sources import Source
from graph.importing.ingredients import Ingredients, plan_ingredients, read_ingredients
from graph.importing.job import Job, in_steps
from graph.importing.progress import Silent
from graph.importing.recipes import Recipes, add_line, plan_recipes
from graph.importing.statements import (
    StatementKey,
    Statements,
    key_of,
    plan_statements,
    read_statements,
)
from graph.importing.terms import Terms, plan_terms
from graph.query_files import load

RETIRE_DRINKS = load("capture/retire_drinks")
TABLES = ("ingredients", "drinks", "allergen_evidence")


@dataclass(frozen=True)
class Plan:
    """Steps, the ids of all that they may change, and rows that cannot be used, with reasons.

    Of rows that are not `judged` the plan says nothing: they are about other subjects now.
    """

    steps: Sequence[Step]
    drinks: frozenset[str]
    ingredients: frozenset[str]
    structural: bool
    problems: Mapping[str, str]
    judged: frozenset[str]


@dataclass
class Subjects:
    """The drinks and ingredients of a plan, by id, and those of them that are in doubt."""

    drinks: set[str] = field(default_factory=lambda: set[str]())
    ingredients: set[str] = field(default_factory=lambda: set[str]())
    doubted_drinks: set[str] = field(default_factory=lambda: set[str]())
    doubted_ingredients: set[str] = field(default_factory=lambda: set[str]())
    retired: set[str] = field(default_factory=lambda: set[str]())


@dataclass(frozen=True)
class Planner:
    """Makes plans for the rows of one stream."""

    graph: Graph
    mapping: CaptureMapping
    reader: RowReader
    by: str
    clock: Clock

    async def plan(
        self, about: Collection[str], described: Described, before: Sequence[SourceRow]
    ) -> Plan:
        """Return the plan for some subjects; `before` are changed rows as they were.

        Raises a GraphError.
        """
        rows = [described.rows[id_] for id_ in sorted(described.rows)]
        try:
            return await self._plan(about, described, rows, before)
        except ImportRefused as refused:
            # something would be a kind of, or made of, itself: those rows cannot be used
            reason = f"cannot be used: {refused.message}"
            return await self._plan(about, described, rows, before, without=reason)

    async def _plan(
        self,
        about: Collection[str],
        described: Described,
        rows: Sequence[SourceRow],
        before: Sequence[SourceRow],
        without: str = "",
    ) -> Plan:
        problems = Problems(rows)
        records = [
            found
            for found in self.reader.of_catalogue(rows)
            if self._is_about(found, about, problems)
        ]
        if without:
            records = [_refused(found, without) for found in records]
        records = overlaid(records, problems)
        sources = sources_of(records, TABLES)
        job = Job(self.graph, problems, Silent(), self.mapping.source, False, self.by, self.clock)
        job.aliases = Aliases.of(await self.graph.run(MERGED_DRINKS))
        subjects = self._subjects(about, described, records)
        terms = await plan_terms(job, sources)
        ingredients = await read_ingredients(job, sources, keyed=True)
        drinks = await read_drinks(job, sources, subjects.drinks)
        recipes = self._recipes(job, records, subjects, drinks, ingredients)
        evidence = read_statements(job, sources, terms, ingredients, drinks.ids())
        job.doubts.drinks = {
            job.aliases.now(drink) for drink in job.doubts.drinks | subjects.doubted_drinks
        }
        job.doubts.ingredients |= subjects.doubted_ingredients
        gone = self._said(job, terms, ingredients, drinks, before)
        await plan_statements(job, evidence, gone)
        plan_drinks(job, drinks, terms)
        plan_recipes(job, recipes, drinks, ingredients)
        about_ingredients = await plan_ingredients(job, ingredients, terms)
        steps = [*terms.all_steps(), *about_ingredients, *evidence.steps("ingredient")]
        about_drinks, changed = self._drink_steps(job, drinks, recipes, evidence, subjects)
        return Plan(
            [*steps, *about_drinks],
            frozenset(changed),
            frozenset(_touched(ingredients, evidence, job) if steps else ()),
            bool(terms.all_steps()),
            problems.reasons,
            frozenset(found.row.id for found in records)
            | {row.id for row in rows if row.deleted}
            | problems.reasons.keys(),
        )

    def _is_about(self, found: MappedRecord, about: Collection[str], problems: Problems) -> bool:
        subject = self.reader.subject(found.mapped.table, found.record.values)
        if subject is None:
            problems.add(found.record, "", "", "does not say what it is about")
        return subject in about

    def _subjects(
        self, about: Collection[str], described: Described, records: Sequence[MappedRecord]
    ) -> Subjects:
        """Sort the subjects; those that arrived in part, or lost something, are in doubt."""
        subjects = Subjects()
        opened = {name for row in described.rows.values() if row.open for name in row.subjects}
        own = self._own_positions(records)
        for subject in about:
            kind, _, id_ = subject.removeprefix(f"{self.mapping.stream} ").partition(" ")
            ours = subjects.drinks if kind == "drink" else subjects.ingredients
            doubted = subjects.doubted_drinks if kind == "drink" else subjects.doubted_ingredients
            ours.add(id_)
            if subject in opened or described.lost.get(subject, "") > own.get(subject, ""):
                doubted.add(id_)
            if subject not in own and self._was_there(subject, kind, described):
                (subjects.retired if kind == "drink" else doubted).add(id_)
        return subjects

    def _own_positions(self, records: Sequence[MappedRecord]) -> dict[str, str]:
        """Return where the own row of each subject was last written."""
        own: dict[str, str] = {}
        for found in records:
            if found.mapped.table in ("drinks", "ingredients"):
                subject = self.reader.subject(found.mapped.table, found.record.values) or ""
                own[subject] = max(own.get(subject, ""), found.row.position)
        return own

    def _was_there(self, subject: str, kind: str, described: Described) -> bool:
        """Return whether the own row of a subject was deleted."""
        return any(
            subject in row.subjects and f"{kind}s" in self.mapping.feeds(row.source_table)
            for row in described.rows.values()
        )

    def _recipes(
        self,
        job: Job,
        records: Sequence[MappedRecord],
        subjects: Subjects,
        drinks: Drinks,
        ingredients: Ingredients,
    ) -> Recipes:
        recipes, known = Recipes(), drinks.ids()
        if not self.mapping.has("recipes"):
            return recipes
        for drink in subjects.drinks & known:
            if drinks.known.get(drink, {}).get("recipeFingerprint"):
                recipes.lines[drink] = {}
        for found in records:
            if found.mapped.table != "recipes":
                continue
            keyed = found.mapped.ingredients_by == "id"
            for record, row in job.read(_one(found), RecipeRow):
                problems = (
                    row
                    if isinstance(row, list)
                    else add_line(recipes, ingredients, known, row, keyed=keyed)
                )
                if problems:
                    job.reject("recipes", record, problems)
                    job.doubts.drinks.add(record.values.get("drink_id", ""))
        return recipes

    def _said(
        self,
        job: Job,
        terms: Terms,
        ingredients: Ingredients,
        drinks: Drinks,
        before: Sequence[SourceRow],
    ) -> set[StatementKey]:
        """Return the keys of what changed rows used to say."""
        keys: set[StatementKey] = set()
        for found in self.reader.of_catalogue(before):
            if found.mapped.table != "allergen_evidence":
                continue
            row = parse(EvidenceRow, found.record, self.clock)
            key = (
                row if isinstance(row, list) else key_of(job, terms, ingredients, drinks.ids(), row)
            )
            if isinstance(key, StatementKey):
                keys.add(key)
        return keys

    def _drink_steps(
        self,
        job: Job,
        drinks: Drinks,
        recipes: Recipes,
        evidence: Statements,
        subjects: Subjects,
    ) -> tuple[list[Step], set[str]]:
        retired = {
            drink
            for drink in subjects.retired - job.aliases.into.keys()
            if drinks.known.get(drink, {"fingerprint": "retired"})["fingerprint"] != "retired"
        }
        doubted = [drink for drink in doubted_drinks(job, drinks) if drink not in retired]
        in_evidence = {key.subject for key in evidence.changes if key.subject_type == "drink"}
        changed = {*drinks.changed, *recipes.changed, *in_evidence, *doubted, *retired}
        steps = [
            *drink_steps(list(drinks.changed.values())),
            *recipes.steps(sorted(recipes.changed)),
            *evidence.steps("drink"),
            *in_steps(DOUBT_DRINKS, "rows", doubt_rows(drinks, doubted)),
            *in_steps(RETIRE_DRINKS, "ids", sorted(retired), lastDay=self._yesterday()),
        ]
        return steps, changed

    def _yesterday(self) -> str:
        return (self.clock().date() - timedelta(days=1)).isoformat()


def _one(found: MappedRecord) -> Source:
    return sources_of([found], ["recipes"]).all[0]


def _refused(found: MappedRecord, reason: str) -> MappedRecord:
    """Return the record; one that places an ingredient among others has a problem."""
    values = found.record.values
    if found.mapped.table == "ingredients" and (values.get("is_a") or values.get("made_of")):
        return replace(found, record=replace(found.record, problem=reason))
    return found


def _touched(ingredients: Ingredients, evidence: Statements, job: Job) -> set[str]:
    in_evidence = {key.subject for key in evidence.changes if key.subject_type == "ingredient"}
    described = {*ingredients.rows, *ingredients.created}
    return described | in_evidence | job.doubts.ingredients
