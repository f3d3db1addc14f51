"""Statements about allergens, and which of two by one source counts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.connection import Row
from graph.errors import ImportRefused
from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import EvidenceRow
from graph.importing.files.sources import Sources
from graph.importing.ingredients import Ingredients
from graph.importing.job import ROWS_PER_STEP, Job, Step, in_steps
from graph.importing.terms import Terms
from graph.query import Query
from graph.query_files import load
from graph.rows import parts
from graph.vocabulary import EvidenceStatus, EvidenceType


@dataclass(frozen=True)
class _Queries:
    known: Query
    remove: Query
    add: dict[EvidenceStatus, Query]


_QUERIES = {
    "drink": _Queries(
        load("catalogue/known_drink_evidence"),
        load("catalogue/remove_drink_evidence"),
        {
            EvidenceStatus.CONTAINS: load("catalogue/add_drink_allergens"),
            EvidenceStatus.MAY_CONTAIN: load("catalogue/add_drink_traces"),
            EvidenceStatus.ABSENT: load("catalogue/add_drink_absences"),
        },
    ),
    "ingredient": _Queries(
        load("catalogue/known_ingredient_evidence"),
        load("catalogue/remove_ingredient_evidence"),
        {
            EvidenceStatus.CONTAINS: load("catalogue/add_ingredient_allergens"),
            EvidenceStatus.MAY_CONTAIN: load("catalogue/add_ingredient_traces"),
            EvidenceStatus.ABSENT: load("catalogue/add_ingredient_absences"),
        },
    ),
}
# A void statement is known as what it was: repeated unchanged, it stays void.
_STATUS_OF = {
    EvidenceType.HAS_ALLERGEN: EvidenceStatus.CONTAINS,
    EvidenceType.MAY_CONTAIN: EvidenceStatus.MAY_CONTAIN,
    EvidenceType.FREE_FROM: EvidenceStatus.ABSENT,
    EvidenceType.WAS_FREE_FROM: EvidenceStatus.ABSENT,
}
_STRENGTH = {
    EvidenceStatus.ABSENT: 0,
    EvidenceStatus.MAY_CONTAIN: 1,
    EvidenceStatus.CONTAINS: 2,
}


class StatementKey(NamedTuple):
    """What a source has one statement about."""

    subject_type: str
    subject: str
    allergen: str
    source: str


class Statement(NamedTuple):
    """What the source says, and since when it knows (an ISO date, or None).

    `protein` is how much of traces there is, in mg of protein in a serving, by `dose_source` (None:
    by the source itself). It decides nothing but which of two statements of one source is stronger.
    """

    status: EvidenceStatus
    observed_at: str | None
    protein: float | None = None
    dose_source: str | None = None

    @staticmethod
    def of(row: EvidenceRow) -> Statement:
        """Read a statement from a row."""
        return Statement(row.status, row.observed_at, row.protein_mg_per_serving, row.dose_source)


@dataclass
class Statements:
    """The statements of this import, those that the graph has, and what has to be written."""

    said: dict[StatementKey, list[Statement]] = field(
        default_factory=lambda: defaultdict[StatementKey, list[Statement]](list)
    )
    changes: dict[StatementKey, Statement | None] = field(
        default_factory=lambda: dict[StatementKey, Statement | None]()
    )

    def steps(self, subject_type: str, subjects: set[str] | None = None) -> list[Step]:
        """Return the steps that replace the statements on these subjects (None: on all)."""
        changes = [
            (key, statement)
            for key, statement in self.changes.items()
            if key.subject_type == subject_type and (subjects is None or key.subject in subjects)
        ]
        queries = _QUERIES[subject_type]
        steps = in_steps(queries.remove, "rows", [_row(key, said) for key, said in changes])
        for status, query in queries.add.items():
            added = [_row(key, said) for key, said in changes if said and said.status == status]
            steps += in_steps(query, "rows", added)
        return steps

    def written(self) -> int:
        """How many rows of this import changed the graph."""
        return sum(1 for key, said in self.changes.items() if said and key in self.said)


def _row(key: StatementKey, said: Statement | None) -> dict[str, Any]:
    return {
        "id": key.subject,
        "allergenId": key.allergen,
        "source": key.source,
        "observedAt": said.observed_at if said else None,
        "proteinMgPerServing": said.protein if said else None,
        "doseSource": said.dose_source if said else None,
        "replaced": said is not None,
    }


def read_statements(
    job: Job, sources: Sources, terms: Terms, ingredients: Ingredients, drinks: set[str]
) -> Statements:
    """Return what the import says; a rejected row leaves its subject in doubt.

    Raises ImportRefused for an unreadable row whose subject is unknown.
    """
    evidence = Statements()
    for source in sources.of("allergen_evidence"):
        for record, row in job.read(source, EvidenceRow):
            key = row if isinstance(row, list) else key_of(job, terms, ingredients, drinks, row)
            if isinstance(key, list):
                job.reject("allergen_evidence", record, key)
                _doubt(job, ingredients, drinks, record)
            elif isinstance(row, EvidenceRow) and not _is_absence_of_merged(job, row):
                evidence.said[key].append(Statement.of(row))
    return evidence


def _is_absence_of_merged(job: Job, row: EvidenceRow) -> bool:
    """Return whether a row declares an allergen absent in a merged drink: it is not carried over.

    What it says about presence counts for the drink it was merged into.
    """
    merged = row.subject_type == "drink" and row.subject in job.aliases.into
    if merged and row.status == EvidenceStatus.ABSENT:
        job.summary.merged_drinks.add(row.subject)
        return True
    return False


def key_of(
    job: Job, terms: Terms, ingredients: Ingredients, drinks: set[str], row: EvidenceRow
) -> StatementKey | list[Problem]:
    """Return what a row's source has one statement about, or why that cannot be told."""
    subject = job.aliases.now(row.subject) if row.subject in drinks else None
    if row.subject_type == "ingredient":
        subject = ingredients.names.find(row.subject)
    if subject is None:
        return [Problem("subject", row.subject, f"is not a known {row.subject_type}")]
    allergen = terms.allergens.find(row.allergen)
    if allergen is None:
        return [Problem("allergen", row.allergen, "is not a known allergen")]
    return StatementKey(row.subject_type, subject, allergen, row.source)


def _doubt(job: Job, ingredients: Ingredients, drinks: set[str], record: Record) -> None:
    kind, subject = record.values.get("subject_type", ""), record.values.get("subject", "")
    ingredient = ingredients.names.find(subject) if kind != "drink" else None
    drink = subject if kind != "ingredient" and subject in drinks else None
    if ingredient:
        job.doubts.ingredients.add(ingredient)
    if drink:
        job.doubts.drinks.add(drink)
    if record.problem and not (ingredient or drink):
        raise ImportRefused(
            f"{record.file}, row {record.number}: {record.problem}.",
            "It does not say what it is about; nothing was imported.",
        )


async def plan_statements(
    job: Job, evidence: Statements, withdrawn: Collection[StatementKey] | None = None
) -> None:
    """Find out which statements the graph does not have yet.

    Nothing in doubt keeps a statement that it is free from something. Where the rows are all that
    a source says now, what it has `withdrawn` goes, and no older statement of its own counts.
    """
    known = await _known(job, evidence, withdrawn or ())
    for key in set(withdrawn or ()) & known.keys() - evidence.said.keys():
        evidence.changes[key] = None
    for key, statements in evidence.said.items():
        doubted = _is_doubted(job, key)
        kept = [
            statement
            for statement in statements
            if not (doubted and statement.status == EvidenceStatus.ABSENT)
        ]
        said = decide(known.get(key) if withdrawn is None else None, kept)
        if said != known.get(key) and (said or withdrawn is not None):
            evidence.changes[key] = said
    for key, statement in known.items():
        if _is_doubted(job, key) and statement.status == EvidenceStatus.ABSENT:
            evidence.changes.setdefault(key, None)


def decide(known: Statement | None, said: list[Statement]) -> Statement | None:
    """Return the statement by one source that counts, given what it said before.

    The latest day wins, on one day the stronger presence; of traces the greater quantity is the
    stronger, one that is not stated the strongest. A statement without a day may be from any day:
    it counts if it is the stronger one.
    """
    dated = [statement for statement in said if statement.observed_at]
    undated = [statement for statement in said if not statement.observed_at]
    latest = max(
        dated,
        key=lambda statement: (statement.observed_at or "", _strength(statement)),
        default=None,
    )
    strongest = max(undated, key=_strength, default=None)
    if latest and strongest:
        latest = strongest if _strength(strongest) > _strength(latest) else latest
    return _newer(known, latest or strongest)


def _newer(known: Statement | None, said: Statement | None) -> Statement | None:
    if known is None or said is None:
        return said or known
    if known.observed_at is None:
        return said
    if said.observed_at is None:
        return said if _strength(said) > _strength(known) else known
    return said if said.observed_at >= known.observed_at else known


def _strength(statement: Statement) -> tuple[int, float, str]:
    protein = math.inf if statement.protein is None else statement.protein
    return _STRENGTH[statement.status], protein, statement.dose_source or ""


def _is_doubted(job: Job, key: StatementKey) -> bool:
    doubts = job.doubts.drinks if key.subject_type == "drink" else job.doubts.ingredients
    return key.subject in doubts


async def _known(
    job: Job, evidence: Statements, withdrawn: Collection[StatementKey]
) -> dict[StatementKey, Statement]:
    known: dict[StatementKey, Statement] = {}
    doubted = {"drink": job.doubts.drinks, "ingredient": job.doubts.ingredients}
    for kind, queries in _QUERIES.items():
        keys = (*evidence.said, *withdrawn)
        said = {key.subject for key in keys if key.subject_type == kind}
        subjects = sorted(said | doubted[kind])
        for ids in parts(subjects, ROWS_PER_STEP):
            rows = await job.graph.run(queries.known, ids=list(ids), deadline=60.0)
            known |= statements_of(kind, rows)
    return known


async def count_void(job: Job, evidence: Statements) -> int:
    """Return how many absences stated by this import are void in the graph, old ones included."""
    count = 0
    for kind, queries in _QUERIES.items():
        absences = {
            key for key in evidence.said if key.subject_type == kind and _absent(evidence, key)
        }
        for ids in parts(sorted({key.subject for key in absences}), ROWS_PER_STEP):
            rows = await job.graph.run(queries.known, ids=list(ids), deadline=60.0)
            void = [row for row in rows if row["status"] == EvidenceType.WAS_FREE_FROM]
            count += len(absences & statements_of(kind, void).keys())
    return count


def _absent(evidence: Statements, key: StatementKey) -> bool:
    return any(statement.status == EvidenceStatus.ABSENT for statement in evidence.said[key])


def known_statements_step(subject_type: str, subjects: list[str]) -> Step:
    """Return the step that reads statements about some subjects: see `statements_of`."""
    return _QUERIES[subject_type].known, {"ids": subjects}


def statements_of(kind: str, rows: list[Row]) -> dict[StatementKey, Statement]:
    """Return the statements in rows of known evidence on drinks or on ingredients (`kind`)."""
    return {
        StatementKey(kind, row["subjectId"], row["allergenId"], row["source"]): Statement(
            _STATUS_OF[row["status"]],
            row["observedAt"],
            row["proteinMgPerServing"],
            row["doseSource"],
        )
        for row in rows
    }
