"""Impressions: each list that a person was shown, as one record of the log.

Which drinks were safe and not shown is in none: by what is never offered, an allergy could be
found. So there is the propensity of each drink that was shown, and the size of the safe set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator

from events.log import NewRecord
from events.schema import schema_of

KIND = "impression"
VERSION = 1
AS_RANKED = "none"
INTERLEAVED = "interleaved"
# how every body begins that `record_of` makes: to leave one out, it need not be decoded
_BEGINNING = b'{"impression":'


@dataclass(frozen=True, slots=True)
class ShownDrink:
    """A drink of a list, its place from 1, and how likely it was to be put there.

    `propensity` is that of the policy that drew it, after the drinks above it; `under` has the
    same of other policies. `relevance` is its score, in standard deviations of those that it was
    drawn from; `team` the ranking that it counts for, where two were interleaved.
    """

    drink_id: str
    place: int
    propensity: float = 1.0
    under: Mapping[str, float] = field(default_factory=dict[str, float])
    relevance: float | None = None
    team: str | None = None


@dataclass(frozen=True)
class Impression:
    """A list as it was shown; `safe` is how many drinks might have been in it.

    `arms` are those that it was ranked by, by experiment; `at` is in milliseconds since 1970, and
    is said when it is noted.
    """

    recommendation_id: str
    user_id: str
    surface: str
    model: str
    policy: str
    safe: int
    catalogue_version: int
    profile_version: int
    drinks: Sequence[ShownDrink]
    arms: Mapping[str, str] = field(default_factory=dict[str, str])
    at: int = 0


def record_of(shown: Impression) -> NewRecord:
    """Return the record of the log that an impression is."""
    body = orjson.dumps(_document(shown))
    return NewRecord(shown.user_id, shown.recommendation_id, KIND, body)


def is_impression(body: bytes) -> bool:
    """Return whether a record of the log is an impression, and so no event of behaviour."""
    return body.startswith(_BEGINNING)


def impression_of(body: bytes) -> Impression | None:
    """Return the impression in a record of the log; None if it is none that can be read."""
    if not is_impression(body):
        return None
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not _validator().is_valid(document):
        return None
    return Impression(
        recommendation_id=document["recommendationId"],
        user_id=document["userId"],
        surface=document["surface"],
        at=document["at"],
        model=document["model"],
        policy=document["policy"],
        safe=document["safe"],
        catalogue_version=document["catalogueVersion"],
        profile_version=document["profileVersion"],
        drinks=tuple(map(_shown, document["drinks"])),
        arms=document.get("arms", {}),
    )


def _document(shown: Impression) -> dict[str, Any]:
    document: dict[str, Any] = {
        "impression": VERSION,
        "recommendationId": shown.recommendation_id,
        "userId": shown.user_id,
        "surface": shown.surface,
        "at": shown.at,
        "model": shown.model,
        "policy": shown.policy,
        "safe": shown.safe,
        "catalogueVersion": shown.catalogue_version,
        "profileVersion": shown.profile_version,
        "drinks": list(map(_drink, shown.drinks)),
    }
    return document | ({"arms": dict(shown.arms)} if shown.arms else {})


def _drink(drink: ShownDrink) -> dict[str, Any]:
    """Return a drink without what goes without saying: most lists are as they were ranked."""
    document: dict[str, Any] = {"id": drink.drink_id, "place": drink.place}
    if drink.propensity != 1.0:
        document["propensity"] = drink.propensity
    if drink.under:
        document["under"] = dict(drink.under)
    if drink.relevance is not None:
        document["relevance"] = drink.relevance
    if drink.team is not None:
        document["team"] = drink.team
    return document


def _shown(document: Mapping[str, Any]) -> ShownDrink:
    return ShownDrink(
        document["id"],
        document["place"],
        document.get("propensity", 1.0),
        document.get("under", {}),
        document.get("relevance"),
        document.get("team"),
    )


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(dict(schema_of(VERSION, KIND)))
