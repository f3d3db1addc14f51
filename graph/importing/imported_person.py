"""A person as an operator's table describes them, and what that makes of what was declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.importing.fingerprint import fingerprint
from graph.sealing.profiles import State

PARTS = ("allergies", "avoids", "diets")
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
