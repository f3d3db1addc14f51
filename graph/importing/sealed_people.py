"""Writing imported people whose declarations are sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.clock import iso_seconds
from graph.connection import Row
from graph.importing.imported_person import ImportedPerson, state_after
from graph.importing.job import Job, Step
from graph.people.sealing_profiles import DECLARED_STATES, PUT_SEALED, Results, sealed_rows
from graph.query_files import load
from graph.sealing.profiles import NOTHING, opened_state, says_something
from graph.sealing.sealing import MARK, Sealing

UPSERT_USERS = load("people/upsert_users")


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
