"""Rows about people, as if what is sealed in them were not: the one way to read a declaration.

A state is what `people/declared_states` returns of one person: lists of what they declared, each
with the `source` of what an import brought, limits, what was not understood, when they declared
and by which law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.errors import ProfileSealed
from graph.sealing.sealing import MARK, NO_KEYS, Sealing, Values, is_sealed

Row = dict[str, Any]
State = Mapping[str, Any]
NOTHING: State = {
    "declaredAt": None,
    "regulation": None,
    "unresolved": None,
    "maxAbv": None,
    "maxCaffeine": None,
    "allergies": [],
    "avoids": [],
    "diets": [],
}
_SEVERITY = {"MILD": 0, "MODERATE": 1, "SEVERE": 2}
_UNSTATED = 3  # counts as SEVERE, and never accepts traces


def opened(sealing: Sealing | None, person: str, row: Row) -> Row:
    """Return a row about a person with what they declared, whether or not it is sealed.

    Whatever is in the clear beside it counts too. Raises ProfileSealed if it cannot be opened.
    """
    said = _said(sealing, person, row)
    if said is None:
        return row
    unresolved: list[str] = [*(said["unresolved"] or []), *_unresolved(row)]
    allergies = [*map(_as_asked, said["allergies"]), *row.get("allergies", [])]
    declared_at = said["declaredAt"] or row.get("allergiesDeclaredAt") or row.get("declaredAt")
    return {
        **row,
        "allergiesDeclaredAt": declared_at,
        "declaredAt": declared_at,
        "declared": declared_at is not None or row.get("declared") is True,
        "understood": not unresolved,
        "unresolved": unresolved,
        "regulation": said["regulation"] or row.get("regulation"),
        "allergies": allergies,
        "avoids": _united(said["avoids"], row.get("avoids", [])),
        "diets": _united(said["diets"], row.get("diets", [])),
        "maxAbv": least(said["maxAbv"], row.get("maxAbv")),
        "maxCaffeine": least(said["maxCaffeine"], row.get("maxCaffeine")),
    }


def opened_state(sealing: Sealing | None, row: Row) -> Row:
    """Return a row of `people/declared_states` as if nothing were sealed.

    Raises ProfileSealed if it cannot be opened.
    """
    said = _said(sealing, row["id"], row)
    if said is None:
        return row
    beside = _unresolved(row)
    return {
        **row,
        "declaredAt": said["declaredAt"] or row["declaredAt"],
        "regulation": said["regulation"] or row["regulation"],
        "unresolved": [*(said["unresolved"] or []), *beside] if beside else said["unresolved"],
        "maxAbv": least(said["maxAbv"], row["maxAbv"]),
        "maxCaffeine": least(said["maxCaffeine"], row["maxCaffeine"]),
        "allergies": _joined(said["allergies"], row["allergies"]),
        "avoids": _joined(said["avoids"], row["avoids"]),
        "diets": _joined(said["diets"], row["diets"]),
    }


def described(row: Row) -> dict[str, Any]:
    """Return an opened row of `recommend/declarations` as the safety gate takes a person."""
    allergies = [
        {"allergen": allergy["allergen"], "tracesAccepted": allergy["tracesAccepted"] is True}
        for allergy in row["allergies"]
    ]
    ask = {
        "allergies": allergies if allergies or row["declared"] is True else None,
        "avoids": list(row["avoids"]),
        "diets": list(row["diets"]),
        "maxAbv": row["maxAbv"],
        "maxCaffeine": row["maxCaffeine"],
    }
    return ask if row["understood"] is True else {**ask, "understood": False}


def sealable(state: State) -> Values:
    """Return a state by field, as it is sealed."""
    return {
        "allergies": [
            [one["id"], one["severity"], one["acceptsTraces"], one["source"]]
            for one in state["allergies"]
        ],
        "avoids": [[one["id"], one["source"]] for one in state["avoids"]],
        "diets": [[one["id"], one["source"]] for one in state["diets"]],
        "limits": [state["maxAbv"], state["maxCaffeine"]],
        "unresolved": state["unresolved"],
        "declared": [state["declaredAt"], state["regulation"]],
    }


def says_something(state: State) -> bool:
    """Return whether anything was declared, or was not understood."""
    return any(state[name] for name in NOTHING) or any(
        state[name] is not None for name in ("declaredAt", "maxAbv", "maxCaffeine")
    )


def stricter(one: Row, other: Row) -> Row:
    """Return the stricter of two allergies to the same; traces only if both accept them."""
    severe = max(one, other, key=lambda allergy: _SEVERITY.get(allergy["severity"], _UNSTATED))
    traces = one["acceptsTraces"] is True and other["acceptsTraces"] is True
    return {**severe, "acceptsTraces": traces}


def least(one: float | None, other: float | None) -> float | None:
    """Return the lower of two limits; None if there is none."""
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _said(sealing: Sealing | None, person: str, row: Row) -> State | None:
    """Return what is sealed in a row; None if nothing is."""
    sealed: Sequence[str] = row["sealed"]
    if not sealed:
        if MARK in (row.get("unresolved") or []):
            raise ProfileSealed("its fields are gone from the graph")
        return None
    return said_of(sealing, person, sealed)


def said_of(sealing: Sealing | None, person: str, sealed: Sequence[str]) -> State:
    """Return the state that is sealed in these fields. Raises ProfileSealed, as `open` does."""
    if sealing is None:
        raise ProfileSealed(NO_KEYS)
    values = sealing.open(person, sealed)
    max_abv, max_caffeine = values["limits"]
    declared_at, regulation = values["declared"]
    return {
        "declaredAt": declared_at,
        "regulation": regulation,
        "unresolved": values["unresolved"],
        "maxAbv": max_abv,
        "maxCaffeine": max_caffeine,
        "allergies": [
            {"id": id_, "severity": severity, "acceptsTraces": accepts, "source": source}
            for id_, severity, accepts, source in values["allergies"]
        ],
        "avoids": [{"id": id_, "source": source} for id_, source in values["avoids"]],
        "diets": [{"id": id_, "source": source} for id_, source in values["diets"]],
    }


def opened_text(sealing: Sealing | None, person: str, field: str, text: str) -> str:
    """Return a text about a person as if it were not sealed. Raises what `Sealing.open` does."""
    if not is_sealed(text):
        return text
    if sealing is None:
        raise ProfileSealed(NO_KEYS)
    return sealing.open_text(person, field, text)


def _unresolved(row: Row) -> list[str]:
    texts: list[str] = row.get("unresolved") or []
    return [text for text in texts if text != MARK]


def _as_asked(allergy: Row) -> Row:
    accepts = allergy["acceptsTraces"] is True
    return {
        "allergen": allergy["id"],
        "severity": allergy["severity"],
        "acceptsTraces": allergy["acceptsTraces"],
        "tracesAccepted": accepts and allergy["severity"] in ("MODERATE", "MILD"),
    }


def _united(said: Sequence[Row], beside: Sequence[str]) -> list[str]:
    return sorted({*(one["id"] for one in said), *beside})


def _joined(said: Sequence[Row], beside: Sequence[Row]) -> list[Row]:
    links = {one["id"]: one for one in said}
    for one in beside:
        there = links.get(one["id"])
        links[one["id"]] = stricter(one, there) if there and "severity" in one else there or one
    return list(links.values())
