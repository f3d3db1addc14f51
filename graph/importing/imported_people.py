"""People as an operator's table describes them, and writing those whose profiles are sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.clock import iso_seconds
from graph.connection import Row
from graph.importing.fingerprint import fingerprint
from graph.importing.job import Job, Step
from graph.people.sealing_profiles import (
    DECLARED_STATES,
    PARTS,
    PUT_SEALED,
    Results,
    sealed_rows,
)
from graph.query_files import load
from graph.sealing.profiles import NOTHING, State, opened_state, says_something
from graph.sealing.sealing import MARK, Sealing

UPSERT_USERS = load("people/upsert_users")
IMPORT = "import"


@dataclass
class ImportedPerson:
    """What the import says about one person.

    `unresolved` texts begin with the column they come from; until they are corrected, the
    person is offered nothing. A part that is not in `said` stays as the graph has it.
    """

    id: str
    said: set[str] = field(default_factory=lambda: set[str]())
    allergies: dict[str, tuple[str, bool]] = field(
        default_factory=lambda: dict[str, tuple[str, bool]]()
    )
    avoids: list[str] = field(default_factory=lambda: list[str]())
    diets: list[str] = field(default_factory=lambda: list[str]())
    preferences: list[tuple[str, str, str]] = field(
        default_factory=lambda: list[tuple[str, str, str]]()
    )
    unresolved: list[str] = field(default_factory=lambda: list[str]())
    regulation: str | None = None

    def mark(self) -> str:
        """The fingerprint of everything it says."""
        said = sorted(self.said)
        allergies = sorted(self.allergies.items())
        chosen = [self.avoids, self.diets, self.preferences]
        return fingerprint([said, allergies, *chosen, self.unresolved, self.regulation])


def user_row(person: ImportedPerson, known: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the row of UPSERT_USERS; `known` is what the graph has, nothing for somebody new."""
    # what came from merged people is not settled by a row about this one
    said: set[str] = set() if known.get("tookIn") else person.said
    kept = [
        text
        for text in known.get("unresolved", [])
        if text.partition(":")[0] in set(PARTS) - said
        or (known.get("tookIn") and text not in person.unresolved)
    ]
    return {
        "id": person.id,
        "regulation": person.regulation,
        "declaredAt": now if "allergies" in person.said else None,
        "unresolved": kept + person.unresolved,
        "fingerprint": person.mark(),
    }


def state_after(person: ImportedPerson, before: State, known: Mapping[str, Any], now: str) -> State:
    """Return what somebody has declared after the import; what they chose themselves stays."""
    row = user_row(person, {**known, "unresolved": before["unresolved"] or []}, now)
    brought: dict[str, list[dict[str, Any]]] = {
        "allergies": [
            {"id": allergen, "severity": severity, "acceptsTraces": traces, "source": IMPORT}
            for allergen, (severity, traces) in sorted(person.allergies.items())
        ],
        "avoids": [{"id": id_, "source": IMPORT} for id_ in person.avoids],
        "diets": [{"id": id_, "source": IMPORT} for id_ in person.diets],
    }
    return {
        "declaredAt": before["declaredAt"] or row["declaredAt"],
        "regulation": row["regulation"] or before["regulation"],
        "unresolved": row["unresolved"],
        "maxAbv": before["maxAbv"],
        "maxCaffeine": before["maxCaffeine"],
        "fingerprint": row["fingerprint"],
        **{part: _linked(before[part], brought[part], part in person.said) for part in PARTS},
    }


def _linked(
    before: Sequence[Mapping[str, Any]], brought: Sequence[Mapping[str, Any]], is_said: bool
) -> list[Mapping[str, Any]]:
    own = [one for one in before if not (is_said and one["source"] == IMPORT)]
    there = {one["id"] for one in own}
    return [*own, *(one for one in brought if one["id"] not in there)]


def sealed_steps(
    job: Job, people: Sequence[ImportedPerson], known: Mapping[str, Mapping[str, Any]]
) -> list[Step]:
    """Return the first steps of a transaction that writes people and seals what they declared.

    Whoever has declared nothing, and had not, is not sealed.
    """
    sealing = job.graph.sealing
    if sealing is None or not people:
        return []
    batch = _Batch(sealing, people, known, iso_seconds(job.clock()))
    others = {"simulated": job.simulated, "ground": job.brought_on}

    def upserted(results: Results) -> Mapping[str, Any]:
        return {"rows": batch.upserted(results[0]), **others}

    def put(_: Results) -> Mapping[str, Any]:
        return {"rows": batch.sealed}

    return [
        (DECLARED_STATES, {"ids": [person.id for person in people]}),
        (UPSERT_USERS, upserted),
        (PUT_SEALED, put),
    ]


class _Batch:
    """People who are written together: sealed once what the graph has of them is read."""

    def __init__(
        self,
        sealing: Sealing,
        people: Sequence[ImportedPerson],
        known: Mapping[str, Mapping[str, Any]],
        now: str,
    ) -> None:
        self._sealing, self._people, self._known, self._now = sealing, people, known, now
        self.sealed: list[dict[str, Any]] = []

    def upserted(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Seal what people declare; return the rows of UPSERT_USERS, without any of it."""
        was = {row["id"]: row for row in rows}
        states = {
            person.id: state_after(
                person,
                opened_state(self._sealing, was[person.id]) if person.id in was else NOTHING,
                self._known.get(person.id, {}),
                self._now,
            )
            for person in self._people
        }
        kept = {
            id_: state
            for id_, state in states.items()
            if says_something(state) or (id_ in was and was[id_]["sealed"])
        }
        self.sealed = sealed_rows(self._sealing, kept)
        marks = {row["id"]: row["fingerprint"] for row in self.sealed}
        return [
            {
                "id": id_,
                "regulation": None,
                "declaredAt": None,
                "unresolved": [MARK] if id_ in marks else [],
                "fingerprint": marks.get(id_, state["fingerprint"]),
            }
            for id_, state in states.items()
        ]
