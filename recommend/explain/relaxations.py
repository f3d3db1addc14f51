"""Relaxations: what a person could choose to give up, and how many more drinks that would open.

Nothing is changed here, and nothing is offered: each choice is tried on its own, by the masks, with
a hypothetical profile or filter. Traces of an allergen are a choice only for an allergy
whose severity is MODERATE or MILD.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from typing import TypeVar, cast

import numpy as np

from graph.catalogue.entities import Drink
from graph.people.profiles import Profile
from graph.safety_rule import Allergy
from graph.vocabulary import Severity
from recommend.safety.masks import Bools
from recommend.state.filters import DrinkFilter
from recommend.state.snapshot import Snapshot
from recommend.state.taste import inferred_taste

EXAMPLES = 3
_T = TypeVar("_T")
_EACH = ("flavors", "ingredients", "without_ingredients", "all_of")


class Choice(Enum):
    """What a person could give up."""

    TRACES = "TRACES"
    AVOIDED_INGREDIENT = "AVOIDED_INGREDIENT"
    DIET = "DIET"
    ALCOHOL_LIMIT = "ALCOHOL_LIMIT"
    CAFFEINE_LIMIT = "CAFFEINE_LIMIT"
    FILTER = "FILTER"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One choice, and the drinks it would open: how many, and the most popular ones.

    `about` is the id of an allergen, ingredient or diet, or the value of a limit or a condition;
    `condition` is the field of the filter. Only of a FILTER are the drinks safe for the person.
    """

    choice: Choice
    about: str
    condition: str | None
    gain: int
    drinks: tuple[Drink, ...]


@dataclass(frozen=True)
class _Trial:
    choice: Choice
    about: str
    profile: Profile
    wanted: DrinkFilter
    condition: str | None = None


def declares_anything(profile: Profile) -> bool:
    """Return whether the person declared anything to check drinks for, even "none"."""
    limits = (profile.max_abv, profile.max_caffeine)
    chosen = bool(profile.avoids or profile.diets) or any(limit is not None for limit in limits)
    return profile.declared or chosen


async def find_relaxations(
    snapshot: Snapshot, profile: Profile, wanted: DrinkFilter, today: date
) -> tuple[list[Relaxation], int]:
    """Return the choices that open drinks, by how many, and how many are open already.

    Drinks that are not on offer today, and those that the person disliked, do not count.
    """
    unwanted = snapshot.catalogue.rows(list(inferred_taste(profile).disliked))

    def allowed(person: Profile, conditions: DrinkFilter) -> Bools:
        # bypassing the snapshot's own memory, which is for real people
        mask = snapshot.view.masks.allowed(person) & snapshot.view.filters.available(today)
        mask &= snapshot.view.filters.matching(conditions)
        mask[unwanted] = False
        return mask

    now = allowed(profile, wanted)
    opening: list[Relaxation] = []
    for trial in _trials(profile, wanted):
        opened = allowed(trial.profile, trial.wanted) & ~now
        if opened.any():
            opening.append(_relaxation(snapshot, trial, opened))
        await asyncio.sleep(0)  # a trial costs milliseconds: other requests are served in between
    opening.sort(
        key=lambda relaxation: (
            -relaxation.gain,
            relaxation.choice.value,
            relaxation.condition or "",
            relaxation.about,
        )
    )
    return opening, int(now.sum())


def _relaxation(snapshot: Snapshot, trial: _Trial, opened: Bools) -> Relaxation:
    rows = np.flatnonzero(opened)
    best = rows[np.argsort(-snapshot.scorer.popularity[rows], kind="stable")][:EXAMPLES]
    return Relaxation(
        choice=trial.choice,
        about=trial.about,
        condition=trial.condition,
        gain=len(rows),
        drinks=tuple(snapshot.catalogue.drinks[int(row)] for row in best),
    )


def _trials(profile: Profile, wanted: DrinkFilter) -> Iterator[_Trial]:
    for allergy in profile.allergies:
        if _may_accept_traces(allergy):
            others = [other for other in profile.allergies if other is not allergy]
            accepted = replace(allergy, accepts_traces=True)
            person = replace(profile, allergies=(*others, accepted))
            yield _Trial(Choice.TRACES, allergy.allergen, person, wanted)
    for part in profile.avoids:
        person = replace(profile, avoids=_without(profile.avoids, part))
        yield _Trial(Choice.AVOIDED_INGREDIENT, part, person, wanted)
    for diet in profile.diets:
        person = replace(profile, diets=_without(profile.diets, diet))
        yield _Trial(Choice.DIET, diet, person, wanted)
    if profile.max_abv is not None:
        person = replace(profile, max_abv=None)
        yield _Trial(Choice.ALCOHOL_LIMIT, f"{profile.max_abv:g}", person, wanted)
    if profile.max_caffeine is not None:
        person = replace(profile, max_caffeine=None)
        yield _Trial(Choice.CAFFEINE_LIMIT, f"{profile.max_caffeine:g}", person, wanted)
    for condition, about, less in _less_filtered(wanted):
        yield _Trial(Choice.FILTER, about, profile, less, condition)


def _may_accept_traces(allergy: Allergy) -> bool:
    return allergy.severity in (Severity.MILD, Severity.MODERATE) and not allergy.accepts_traces


def _less_filtered(wanted: DrinkFilter) -> Iterator[tuple[str, str, DrinkFilter]]:
    """Yield the filter without each of its conditions: field, value, the filter that is left.

    In a list whose members must all hold, each is a condition of its own.
    """
    for field in fields(DrinkFilter):
        value = getattr(wanted, field.name)
        if value == field.default:
            continue
        if field.name in _EACH:
            for member in dict.fromkeys(value):
                yield (
                    field.name,
                    _text(member),
                    replace(wanted, **{field.name: _without(value, member)}),
                )
        else:
            yield field.name, _text(value), replace(wanted, **{field.name: field.default})


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(element) for element in cast(tuple[object, ...], value))
    if isinstance(value, DrinkFilter):
        chosen = (
            (field.name, getattr(value, field.name), field.default) for field in fields(value)
        )
        return " and ".join(f"{name} {_text(said)}" for name, said, no in chosen if said != no)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _without(values: tuple[_T, ...], gone: _T) -> tuple[_T, ...]:
    return tuple(value for value in values if value != gone)
