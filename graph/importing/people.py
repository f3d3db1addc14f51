"""Users: what an operator's table says about people; nothing unresolved is ever dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.clock import iso_seconds
from graph.errors import ImportRefused, ProfileSealed
from graph.importing.diets import Diets
from graph.importing.files.parsing import Problem, parse
from graph.importing.files.record import Record
from graph.importing.files.rows import Row, UserRow
from graph.importing.files.sources import Sources
from graph.importing.files.values import Id
from graph.importing.imported_people import (
    UPSERT_USERS,
    ImportedPerson,
    sealed_steps,
    user_row,
)
from graph.importing.ingredients import Ingredients
from graph.importing.job import ROWS_PER_STEP, Job, Step, in_steps
from graph.importing.terms import Terms
from graph.outbox.entries import allergies_changed, telling
from graph.people.sealing_profiles import FINGERPRINT
from graph.query import Query
from graph.query_files import load
from graph.recognition.allergy_names import allergens_named
from graph.rows import parts
from graph.sealing.profiles import opened_text
from graph.sealing.sealing import NO_KEYS, Sealing

KNOWN_USERS = load("people/known_users")
DOUBT_MERGED_PEOPLE = load("people/doubt_merged_people")
UNLINK_ALLERGIES = load("people/unlink_allergies")
UNLINK_AVOIDS = load("people/unlink_avoids")
UNLINK_DIETS = load("people/unlink_diets")
UNLINK_PREFERENCES = load("people/unlink_preferences")
LINK_ALLERGIES = load("people/link_allergies")
LINK_AVOIDS = load("people/link_avoids")
LINK_DIETS = load("people/link_diets")
LINK_PREFERENCES: dict[tuple[str, str], Query] = {
    ("likes", "flavor"): load("people/link_liked_flavors"),
    ("likes", "ingredient"): load("people/link_liked_ingredients"),
    ("likes", "style"): load("people/link_liked_styles"),
    ("dislikes", "flavor"): load("people/link_disliked_flavors"),
    ("dislikes", "ingredient"): load("people/link_disliked_ingredients"),
    ("dislikes", "style"): load("people/link_disliked_styles"),
}
_SEVERITIES = ("SEVERE", "MODERATE", "MILD")
NOTHING = "none"


class _Key(Row):
    id: Id


@dataclass(frozen=True)
class _Reader:
    job: Job
    terms: Terms
    ingredients: Ingredients
    diets: Diets

    def person(self, record: Record, row: UserRow) -> ImportedPerson:
        person = ImportedPerson(row.id)
        self._allergies(person, record, row)
        self._avoids(person, record, row)
        self._diets(person, record, row)
        for column, texts in (("likes", row.likes), ("dislikes", row.dislikes)):
            self._preferences(person, record, column, texts)
        if row.regulation:
            person.regulation = self.terms.regulations.find(row.regulation)
            if person.regulation is None:
                self._report(record, "regulation", row.regulation, "is not a known regulation")
        return person

    def _allergies(self, person: ImportedPerson, record: Record, row: UserRow) -> None:
        if row.allergies:
            person.said.add("allergies")
        if [text.lower() for text in row.allergies] == [NOTHING]:
            return
        for text in row.allergies:
            allergies = self._allergy(text)
            if not allergies:
                self._unresolved(person, record, "allergies", text)
            for allergy in allergies:
                person.allergies[allergy[0]] = _stricter(person.allergies, *allergy)

    def _allergy(self, text: str) -> list[tuple[str, str, bool]]:
        """Return allergens, severity and acceptance of traces; none unless all is understood."""
        name, *details = (part.strip() for part in text.split(":"))
        severity = details[0].upper() if details and details[0] else "SEVERE"
        traces = [detail.lower() for detail in details[1:]]
        if severity not in _SEVERITIES or traces not in ([], ["traces"]):
            return []
        accepts = bool(traces) and severity != "SEVERE"
        return [
            (allergen, severity, accepts)
            for allergen in allergens_named(name, self.terms.allergens)
        ]

    def _avoids(self, person: ImportedPerson, record: Record, row: UserRow) -> None:
        if row.avoids:
            person.said.add("avoids")
        if [text.lower() for text in row.avoids] == [NOTHING]:
            return
        avoided = {text: self.ingredients.names.avoided(text) for text in row.avoids}
        person.avoids = sorted({ingredient for ingredient in avoided.values() if ingredient})
        for text, ingredient in avoided.items():
            if ingredient is None:
                self._unresolved(person, record, "avoids", text)

    def _diets(self, person: ImportedPerson, record: Record, row: UserRow) -> None:
        if row.diets:
            person.said.add("diets")
        if [text.lower() for text in row.diets] == [NOTHING]:
            return
        diet_of = {text: self.diets.names.find(text) for text in row.diets}
        person.diets = sorted({diet for diet in diet_of.values() if diet})
        for text, diet in diet_of.items():
            if diet is None:
                self._unresolved(person, record, "diets", text)

    def _preferences(
        self, person: ImportedPerson, record: Record, column: str, texts: tuple[str, ...]
    ) -> None:
        if texts:
            person.said.add("preferences")
        for text in texts:
            targets = self._targets(text)
            person.preferences += [(column, kind, target) for kind, target in targets]
            if not targets:
                self._report(record, column, text, "is not a flavor, ingredient or style")

    def _targets(self, text: str) -> list[tuple[str, str]]:
        kind, _, name = text.partition(":")
        kinds = {
            "flavor": self.terms.flavors.find,
            "ingredient": self.ingredients.names.find,
            "style": self.terms.styles.find,
        }
        if name and kind in kinds:
            kinds, text = {kind: kinds[kind]}, name
        candidates = ((kind, find(text)) for kind, find in kinds.items())
        return [(kind, target) for kind, target in candidates if target]

    def _unresolved(self, person: ImportedPerson, record: Record, column: str, text: str) -> None:
        person.unresolved.append(f"{column}: {text}")
        self.job.summary.say_unclear(person.id)
        reason = "is not understood; until it is corrected, the person is offered nothing"
        self._report(record, column, text, reason)

    def _report(self, record: Record, column: str, text: str, reason: str) -> None:
        self.job.report("users", record, Problem(column, text, reason))


def _stricter(
    known: dict[str, tuple[str, bool]], allergen: str, severity: str, traces: bool
) -> tuple[str, bool]:
    if allergen not in known:
        return severity, traces
    other, other_traces = known[allergen]
    return min(severity, other, key=_SEVERITIES.index), traces and other_traces


async def import_users(
    job: Job, sources: Sources, terms: Terms, ingredients: Ingredients, diets: Diets
) -> None:
    """Write all users whose rows are new, each batch in one transaction."""
    people = _read_people(job, sources, _Reader(job, terms, ingredients, diets))
    job.progress.start("users", len(people))
    for part in parts(list(people.values()), ROWS_PER_STEP):
        await _write(job, list(part))
        job.progress.advance(len(part))
    job.progress.done()


def _read_people(job: Job, sources: Sources, reader: _Reader) -> dict[str, ImportedPerson]:
    people: dict[str, ImportedPerson] = {}
    rows: dict[str, UserRow] = {}
    for source in sources.of("users"):
        for record, row in job.read(source, UserRow):
            if isinstance(row, list):
                _reject(job, people, record, row)
            elif row.id not in rows:
                rows[row.id] = row
                _take(people, reader.person(record, row))
            elif row != rows[row.id]:
                _reject(job, people, record, [Problem("id", row.id, "is there twice")])
    return people


def _take(people: dict[str, ImportedPerson], person: ImportedPerson) -> None:
    if person.id in people:
        person.unresolved += people[person.id].unresolved
        person.said |= people[person.id].said
    people[person.id] = person


def _reject(
    job: Job, people: dict[str, ImportedPerson], record: Record, problems: list[Problem]
) -> None:
    """Leave a row out; what it said about the person's allergies stays open."""
    identifier = record.values.get("id", "")
    if record.problem and not identifier:
        raise ImportRefused(
            f"{record.file}, row {record.number}: {record.problem}.",
            "It does not say which user it is; no user was imported.",
        )
    job.reject("users", record, problems)
    if isinstance(parse(_Key, replace(record, problem="")), list):
        return
    person = people.setdefault(identifier, ImportedPerson(identifier))
    person.said.add("row")
    job.summary.say_unclear(identifier)
    person.unresolved.append(f"row: a row of {record.file} was rejected")


async def _write(job: Job, people: list[ImportedPerson]) -> None:
    ids = [person.id for person in people]
    rows = await job.graph.run(KNOWN_USERS, ids=ids, deadline=60.0)
    known = {row["id"]: _opened(job.graph.sealing, row) for row in rows}
    changed = [
        person for person in people if known.get(person.id, {}).get("fingerprint") != person.mark()
    ]
    if changed:
        merged, changed = _apart(
            changed, lambda person: known.get(person.id, {}).get("mergedInto") is not None
        )
        sealed, clear = _apart(changed, lambda person: _is_sealed(job, known.get(person.id, {})))
        # what is sealed is read first, since the steps find what they read by its place
        steps = [
            *sealed_steps(job, sealed, known),
            *_steps(job, clear, known),
            *_common_steps(job, changed),
            *_doubting(job, merged),
        ]
        await job.graph.run_together(steps, deadline=300.0)
        job.summary.table("users").written += sum("row" not in person.said for person in changed)
        for person in merged:
            job.summary.say_unclear(known[person.id]["mergedInto"])


def _apart(
    people: Sequence[ImportedPerson], which: Callable[[ImportedPerson], bool]
) -> tuple[list[ImportedPerson], list[ImportedPerson]]:
    """Return those whom something holds for, and the others."""
    sides: tuple[list[ImportedPerson], list[ImportedPerson]] = ([], [])
    for person in people:
        sides[0 if which(person) else 1].append(person)
    return sides


def _is_sealed(job: Job, known: dict[str, Any]) -> bool:
    """Return whether somebody is to be sealed: simulated people are nobody."""
    return job.graph.sealing is not None and (known.get("sealed") is True or not job.simulated)


def _opened(sealing: Sealing | None, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of KNOWN_USERS with what is sealed of it opened. Raises ProfileSealed."""
    mark = row["fingerprint"]
    if sealing is None and row["sealed"]:
        raise ProfileSealed(NO_KEYS)
    return {**row, "fingerprint": mark and opened_text(sealing, row["id"], FINGERPRINT, mark)}


def _doubting(job: Job, merged: list[ImportedPerson]) -> list[Step]:
    """Return the steps for news about merged people: the people they became must declare again."""
    sealing = job.graph.sealing
    seals = sealing.seals([person.id for person in merged]) if sealing and merged else {}
    rows = [
        {
            "id": person.id,
            "fingerprint": seals[person.id].text(FINGERPRINT, person.mark())
            if person.id in seals
            else person.mark(),
            "text": f"row: the row of '{person.id}', which was merged, says something new",
        }
        for person in merged
    ]
    return in_steps(DOUBT_MERGED_PEOPLE, "rows", rows)


def _steps(job: Job, changed: list[ImportedPerson], known: dict[str, dict[str, Any]]) -> list[Step]:
    now = iso_seconds(job.clock())
    rows = [user_row(person, known.get(person.id, {}), now) for person in changed]
    return [
        *in_steps(UPSERT_USERS, "rows", rows, simulated=job.simulated, ground=job.brought_on),
        *in_steps(UNLINK_ALLERGIES, "ids", _who_said(changed, "allergies")),
        *in_steps(UNLINK_AVOIDS, "ids", _who_said(changed, "avoids")),
        *in_steps(UNLINK_DIETS, "ids", _who_said(changed, "diets")),
        *in_steps(LINK_ALLERGIES, "rows", _allergy_rows(changed)),
        *in_steps(LINK_AVOIDS, "rows", _target_rows(changed)),
        *in_steps(LINK_DIETS, "rows", _diet_rows(changed)),
    ]


def _common_steps(job: Job, changed: list[ImportedPerson]) -> list[Step]:
    return [
        *in_steps(UNLINK_PREFERENCES, "ids", _who_said(changed, "preferences")),
        *_preference_steps(changed),
        *_telling(job, changed),
    ]


def _telling(job: Job, changed: list[ImportedPerson]) -> list[Any]:
    declared = [] if job.simulated else _who_said(changed, "allergies")
    return [telling(map(allergies_changed, declared), job.clock)] if declared else []


def _who_said(people: list[ImportedPerson], part: str) -> list[str]:
    return [person.id for person in people if part in person.said]


def _allergy_rows(people: list[ImportedPerson]) -> list[dict[str, Any]]:
    return [
        {"id": person.id, "allergenId": allergen, "severity": severity, "acceptsTraces": traces}
        for person in people
        for allergen, (severity, traces) in sorted(person.allergies.items())
    ]


def _target_rows(people: list[ImportedPerson]) -> list[dict[str, Any]]:
    return [
        {"id": person.id, "targetId": ingredient}
        for person in people
        for ingredient in person.avoids
    ]


def _diet_rows(people: list[ImportedPerson]) -> list[dict[str, Any]]:
    return [{"id": person.id, "targetId": diet} for person in people for diet in person.diets]


def _preference_steps(people: list[ImportedPerson]) -> list[Step]:
    steps: list[Step] = []
    for (column, kind), query in LINK_PREFERENCES.items():
        rows = [
            {"id": person.id, "targetId": target}
            for person in people
            for said, of_kind, target in person.preferences
            if (said, of_kind) == (column, kind)
        ]
        steps += in_steps(query, "rows", rows)
    return steps
