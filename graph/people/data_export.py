"""A person's data as a document that they can read and take away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.clock import moment_of
from graph.people.privacy import Link, PersonalRecord
from graph.people.purposes import ALL
from graph.vocabulary import BEHAVIOUR

Document = dict[str, Any]

CONSENTS = (*ALL, "consentsSetAt", "ground", "child")
SECTIONS: Mapping[str, tuple[str, str]] = {
    "ALLERGIC_TO": ("declarations", "allergies"),
    "AVOIDS": ("declarations", "avoids"),
    "FOLLOWS": ("declarations", "diets"),
    "LIKES": ("preferences", "likes"),
    "DISLIKES": ("preferences", "dislikes"),
}
RECOMMENDED = "RECOMMENDED"
EXPOSED = "EXPOSED_TO"
ASKED = "ASKED"
MEMBER = "IN_SEGMENT"
FIRED = "TRIGGERED"
DECIDED = "DECIDED"
GUARDIAN = "GUARDIAN_OF"
MERGED = "MERGED_INTO"
# of each relationship the times beside `at`, in epoch milliseconds
TIMES: Mapping[str, tuple[str, ...]] = {
    ASKED: ("answeredAt",),
    MEMBER: ("since",),
    FIRED: ("until",),
}


def personal_document(
    record: PersonalRecord,
    waiting: Mapping[str, int] | None = None,
    logged: Mapping[str, Sequence[Document]] | None = None,
    acts: Sequence[Document] = (),
) -> Document:
    """Return all that is kept about a person, by subject, ready for JSON.

    `waiting` are recommendations that a server has not written yet: drink ids and times (epoch
    ms); `logged` are events as they were sent, by person; `acts` those on record about them.
    `merged` are the documents of people who were merged into this one. What has no subject here,
    whether relationship or property, is under `other`.
    """
    properties = dict(record.properties or {})
    events = list((logged or {}).get(record.user_id, ()))
    consents = {name: properties.pop(name, None) for name in CONSENTS}
    document: Document = {
        "userId": record.user_id,
        "known": record.known or bool(waiting) or bool(events),
        "profile": properties,
        "consents": {str(name): value for name, value in consents.items() if value is not None},
        "decisions": [],
        "guardians": [],
        "declarations": {"allergies": [], "avoids": [], "diets": []},
        "preferences": {"likes": [], "dislikes": []},
        "interactions": [],
        "events": events,
        "recommended": [],
        "experiments": [],
        "polls": [],
        "segments": [],
        "triggers": [],
        "catalogueChanges": [dict(change) for change in record.changes],
        "accessLog": list(acts),
        "merges": [],
        "merged": [personal_document(other, None, logged) for other in record.merged],
        "other": [],
    }
    for link in record.links:
        _place(document, link).append(_document(link))
    document["recommended"] += _waiting(waiting or {})
    return document


def _place(document: Document, link: Link) -> list[Any]:
    """The list that a relationship belongs to."""
    place: list[Any] = document["other"]
    if link.outgoing and link.type in SECTIONS:
        section, name = SECTIONS[link.type]
        place = document[section][name]
    elif link.outgoing and link.type in BEHAVIOUR:
        place = document["interactions"]
    elif link.outgoing and link.type == RECOMMENDED:
        place = document["recommended"]
    elif link.outgoing and link.type == EXPOSED:
        place = document["experiments"]
    elif link.outgoing and link.type == ASKED:
        place = document["polls"]
    elif link.outgoing and link.type == MEMBER:
        place = document["segments"]
    elif link.outgoing and link.type == FIRED:
        place = document["triggers"]
    elif link.outgoing and link.type == DECIDED:
        place = document["decisions"]
    elif link.type == GUARDIAN:
        place = document["guardians"]
    elif link.type == MERGED and "User" in link.labels:
        place = document["merges"]
    return place


def _document(link: Link) -> Document:
    """Return a relationship: what it is about, then all its properties, times as ISO text."""
    about = {
        "relationship": link.type,
        "direction": "out" if link.outgoing else "in",
        "to": {"kind": ", ".join(link.labels), "id": link.other_id, "name": link.other_name},
    }
    return {
        **about,
        "properties": {name: _plain(link, name, value) for name, value in _sorted(link)},
    }


def _sorted(link: Link) -> Iterable[tuple[str, Any]]:
    # what undoing a merge needs is about the other person, whom an old token may not ask about
    left_out = {"undo"} if link.type == MERGED and link.outgoing else set[str]()
    return sorted(item for item in link.properties.items() if item[0] not in left_out)


def _plain(link: Link, name: str, value: Any) -> Any:
    is_time = name == "at" or name in TIMES.get(link.type, ())
    return _iso(value) if is_time and isinstance(value, int) else value


def _waiting(waiting: Mapping[str, int]) -> list[Document]:
    return [
        {
            "relationship": RECOMMENDED,
            "direction": "out",
            "to": {"kind": "Drink", "id": drink, "name": None},
            "properties": {"at": _iso(at)},
        }
        for drink, at in sorted(waiting.items())
    ]


def _iso(milliseconds: int) -> str:
    return moment_of(milliseconds).isoformat(timespec="milliseconds")
