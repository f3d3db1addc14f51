"""What a person declared, for a merge of people: read, combined with another's, written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from graph.connection import Row
from graph.errors import MergeRefused
from graph.importing.people import LINK_ALLERGIES, LINK_AVOIDS, LINK_DIETS, LINK_PREFERENCES
from graph.people.declarations import (
    ADD_ALLERGIES,
    ADD_AVOIDS,
    ADD_DIETS,
    ADD_DISLIKES,
    ADD_LIKES,
    CLEAR_ALLERGIES,
    CLEAR_AVOIDS,
    CLEAR_DIETS,
    CLEAR_PREFERENCES,
)
from graph.people.privacy import FORGET_RECOMMENDED_OF
from graph.people.purposes import ALL, Purpose
from graph.people.sealing_profiles import sealed_rows
from graph.query import Query
from graph.query_files import load
from graph.sealing.profiles import (
    NOTHING,
    State,
    least,
    opened_state,
    says_something,
    stricter,
)
from graph.sealing.sealing import MARK, Sealing

PUT_DECLARED_STATE = load("people/put_declared_state")

Found = Sequence[list[Row]]
Step = tuple[Query, Any]

_PUT = (
    "declaredAt",
    "regulation",
    "unresolved",
    "maxAbv",
    "maxCaffeine",
    *ALL,
    "ground",
    "child",
    "consentsSetAt",
)
_LISTS = ("allergies", "avoids", "diets", "likes", "dislikes")


def state_of(sealing: Sealing | None, row: Row) -> State:
    """Return what a row of `DECLARED_STATES` says, its lists in order.

    Raises ProfileSealed if it cannot be opened.
    """
    row = opened_state(sealing, row)
    lists = {name: sorted(row[name], key=_text) for name in _LISTS}
    return {name: row[name] for name in _PUT} | lists


def united(gone: State, kept: State) -> State:
    """Return what one person must have declared to be as strict as both.

    Allergies count as declared only if both had declared them. Raises MergeRefused if they
    declared by different regulations.
    """
    return {
        "declaredAt": _declared_at(gone, kept),
        "regulation": _regulation(gone, kept),
        "unresolved": _texts(gone["unresolved"], kept["unresolved"]),
        "maxAbv": least(gone["maxAbv"], kept["maxAbv"]),
        "maxCaffeine": least(gone["maxCaffeine"], kept["maxCaffeine"]),
        **{purpose: _narrower(gone[purpose], kept[purpose]) for purpose in ALL},
        Purpose.SAFETY: _wider(gone[Purpose.SAFETY], kept[Purpose.SAFETY]),
        "ground": kept["ground"],
        "child": kept["child"] or gone["child"],
        "consentsSetAt": _latest(gone["consentsSetAt"], kept["consentsSetAt"]),
        "allergies": _joined(gone["allergies"], kept["allergies"], stricter),
        "avoids": _joined(gone["avoids"], kept["avoids"], _own),
        "diets": _joined(gone["diets"], kept["diets"], _own),
        "likes": _joined(_without(gone["likes"], kept["dislikes"]), kept["likes"], _own),
        "dislikes": _joined(_without(gone["dislikes"], kept["likes"]), kept["dislikes"], _own),
    }


def difference(before: State, after: State) -> State:
    """Return the old values of everything that differs afterwards."""
    return {name: before[name] for name in before if before[name] != after[name]}


def news(before: State, after: State) -> tuple[str, ...]:
    """Say in words what is new or different for a person after a merge."""
    said = [
        f"{_WORDS.get(name, name)}: {_shown(row)}"
        for name in _LISTS
        for row in after[name]
        if _bare(row) not in [_bare(other) for other in before[name]]
    ]
    known = set[str](before["unresolved"] or [])
    unclear: list[str] = after["unresolved"] or []
    said += [f"not understood: {text}" for text in unclear if text not in known]
    said += [
        f"{_WORDS.get(name, name)}: {_value(after[name])}"
        for name in ("maxAbv", "maxCaffeine", "regulation", *ALL)
        if before[name] != after[name]
    ]
    if _is_declared(before) and not _is_declared(after):
        said.append("allergies: to be declared again, since one of the two had not declared any")
    return tuple(said)


def putting(
    sealing: Sealing | None,
    user_of: Callable[[Found], str],
    wanted: Callable[[Found], State],
    fingerprint_of: Callable[[Found], str | None],
) -> list[Step]:
    """Return the steps that set a person's declarations to a state, sealed where that is on.

    What an import had brought is marked as such again.
    """

    def sealed(results: Found) -> dict[str, Any]:
        state = {**wanted(results), "fingerprint": fingerprint_of(results)}
        if sealing is None or not says_something(state):
            return {"sealed": None, "fingerprint": None}
        [row] = sealed_rows(sealing, {user_of(results): state})
        return {"sealed": row["sealed"], "fingerprint": row["fingerprint"]}

    def in_the_clear(results: Found) -> State:
        state = wanted(results)
        if sealing is None or not says_something(state):
            return state
        return {**state, **NOTHING, "unresolved": [MARK]}

    def about(**others: Callable[[State], Any]) -> Callable[[Found], dict[str, Any]]:
        def values(results: Found) -> dict[str, Any]:
            state = in_the_clear(results)
            return {"userId": user_of(results)} | {name: of(state) for name, of in others.items()}

        return values

    def linked(name: str, kind: str | None = None) -> Callable[[Found], dict[str, Any]]:
        def values(results: Found) -> dict[str, Any]:
            return {"rows": _link_rows(user_of(results), in_the_clear(results)[name], kind)}

        return values

    clearing = (CLEAR_ALLERGIES, CLEAR_AVOIDS, CLEAR_DIETS, CLEAR_PREFERENCES)
    steps: list[Step] = [(query, about()) for query in clearing]
    steps += [
        (ADD_ALLERGIES, about(rows=_allergy_rows)),
        (LINK_ALLERGIES, linked("allergies")),
        (ADD_AVOIDS, about(ingredientIds=_ids("avoids"))),
        (LINK_AVOIDS, linked("avoids")),
        (ADD_DIETS, about(dietIds=_ids("diets"))),
        (LINK_DIETS, linked("diets")),
    ]
    for name, queries in (("likes", ADD_LIKES), ("dislikes", ADD_DISLIKES)):
        for kind, query in queries.items():
            steps.append((query, about(ids=_ids(name, kind))))
            steps.append((LINK_PREFERENCES[name, kind], linked(name, kind)))
    own = about(**{name: itemgetter(name) for name in _PUT})

    def put(results: Found) -> dict[str, Any]:
        return own(results) | sealed(results)

    return [*steps, (PUT_DECLARED_STATE, put), (FORGET_RECOMMENDED_OF, about())]


def _ids(name: str, kind: str | None = None) -> Callable[[State], list[str]]:
    return lambda state: [row["id"] for row in state[name] if _own_of(row, kind)]


def _allergy_rows(state: State) -> list[dict[str, Any]]:
    return [
        {
            "allergen": allergy["id"],
            "severity": allergy["severity"],
            "acceptsTraces": allergy["acceptsTraces"],
        }
        for allergy in state["allergies"]
        if _own_of(allergy, None)
    ]


def _link_rows(user_id: str, links: Sequence[Row], kind: str | None) -> list[dict[str, Any]]:
    return [
        {
            "id": user_id,
            "targetId": link["id"],
            "allergenId": link["id"],
            "severity": link.get("severity"),
            "acceptsTraces": link.get("acceptsTraces"),
        }
        for link in links
        if link["source"] is not None and link.get("kind") == kind
    ]


def _own_of(link: Row, kind: str | None) -> bool:
    """Return whether it is of a kind and the person's own."""
    return link["source"] is None and link.get("kind") == kind


def _is_declared(state: State) -> bool:
    return state["declaredAt"] is not None or bool(state["allergies"])


def _declared_at(gone: State, kept: State) -> str | None:
    if not (_is_declared(gone) and _is_declared(kept)):
        return None
    return min((state["declaredAt"] for state in (gone, kept) if state["declaredAt"]), default=None)


def _regulation(gone: State, kept: State) -> str | None:
    laws = {state["regulation"] for state in (gone, kept)} - {None}
    if len(laws) > 1:
        raise MergeRefused(
            f"The two declared their allergies by different laws: {', '.join(sorted(laws))}.",
            "Nothing was changed. Let one of them declare by the law of the other, then merge.",
        )
    return next(iter(laws), None)


def _texts(gone: list[str] | None, kept: list[str] | None) -> list[str] | None:
    return list(dict.fromkeys([*(kept or []), *(gone or [])])) or kept


def _latest(one: str | None, other: str | None) -> str | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _narrower(one: bool | None, other: bool | None) -> bool | None:
    return min((said for said in (one, other) if said is not None), default=None)


def _wider(one: bool | None, other: bool | None) -> bool | None:
    """Return whether either lets us keep what they declared: what both declared is kept."""
    return max((said for said in (one, other) if said is not None), default=None)


def _joined(gone: Sequence[Row], kept: Sequence[Row], both: Callable[[Row, Row], Row]) -> list[Row]:
    """Return the links of both, each once; no import undoes what came with a merge."""
    links = {_key(row): row for row in kept}
    for row in gone:
        there = links.get(_key(row), row)
        links[_key(row)] = {**both(row, there), "source": None}
    return sorted(links.values(), key=_text)


def _own(_one: Row, other: Row) -> Row:
    return other


def _without(links: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Return the links to what `others` do not link to: the likes of who stays take precedence."""
    there = {_key(other) for other in others}
    return [link for link in links if _key(link) not in there]


def _key(link: Row) -> tuple[str | None, str]:
    return link.get("kind"), link["id"]


def _text(link: Row) -> str:
    return json.dumps(link, sort_keys=True)


_WORDS = {
    "allergies": "allergic to",
    "diets": "follows",
    "maxAbv": "most alcohol",
    "maxCaffeine": "most caffeine",
}


def _bare(link: Row) -> Row:
    return {name: value for name, value in link.items() if name != "source"}


def _shown(link: Row) -> str:
    if "severity" not in link:
        return link["id"]
    traces = ", traces accepted" if link["acceptsTraces"] else ""
    return f"{link['id']} ({link['severity'] or 'severity not stated'}{traces})"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "agreed" if value else "refused"
    return f"{value}"
