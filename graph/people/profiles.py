"""People: what each declared and did, and the changes they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.people.consent_rules import consent_rules
from graph.people.purposes import Purpose
from graph.query_files import load
from graph.safety_rule import Allergy
from graph.sealing.profiles import opened

MOST_USER_ID = 200
"""How many characters the id of a person has at most."""

PROFILE = load("people/profile")
PEOPLE_WITH_ALLERGIES = load("people/people_with_allergies")
SOMEBODY = load("people/somebody")
PEOPLE_BY_ORIGIN = load("training/people_by_origin")
WATCHED_VERSIONS = load("recommend/watched_versions")
EVENTS_IN_PROFILE = 1000
MOST_OF_A_KIND = 10_000  # events of one kind that are read


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did with a drink; `at` is in milliseconds since 1970, if known.

    What is kept as a count was done so many `times` in a month, last at `at`.
    """

    drink_id: str
    type: str
    value: float | None
    at: int | None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Preference:
    """A flavor, ingredient or style that a person likes or dislikes."""

    kind: str
    id: str


@dataclass(frozen=True, eq=False)
class Profile:
    """One person as the graph has them; `exists` is false for somebody it has never seen.

    Two profiles are equal only if they are the same object: hashing a long history at every
    look-up would cost more than the ranking. What they agree to is what holds now, whether they
    said so or an operator's ground does.
    """

    user_id: str
    exists: bool = False
    version: int = 0
    allergies_declared_at: str | None = None
    regulation: str | None = None
    unresolved: tuple[str, ...] = ()
    max_abv: float | None = None
    max_caffeine: float | None = None
    simulated: bool = False
    personalisation: bool = True
    remembering: bool = True
    experiments: bool = True
    marketing: bool = True
    allergies: tuple[Allergy, ...] = ()
    avoids: tuple[str, ...] = ()
    diets: tuple[str, ...] = ()
    likes: tuple[Preference, ...] = ()
    dislikes: tuple[Preference, ...] = ()
    segments: tuple[str, ...] = ()
    history: tuple[Event, ...] = ()

    @property
    def declared(self) -> bool:
        """Whether the person has said what they are allergic to, even if nothing."""
        return self.allergies_declared_at is not None or bool(self.allergies)

    @property
    def limits(self) -> tuple[object, ...]:
        """All that decides which drinks the person may have: if equal for two, the same drinks."""
        return (
            self.allergies,
            self.avoids,
            self.diets,
            self.max_abv,
            self.max_caffeine,
            bool(self.unresolved),
        )


async def load_profile(graph: Graph, user_id: str) -> Profile:
    """Return the person's profile; an empty one if the graph has never seen them.

    Raises a GraphError: ProfileSealed if what they declared cannot be opened.
    """
    rows = await graph.run(PROFILE, userId=user_id, events=EVENTS_IN_PROFILE, most=MOST_OF_A_KIND)
    if rows:
        return _profile(opened(graph.sealing, user_id, rows[0]))
    held = await consent_rules(graph)
    return Profile(
        user_id,
        personalisation=Purpose.PERSONALISATION in held,
        remembering=Purpose.REMEMBERING in held,
        experiments=Purpose.EXPERIMENTS in held,
        marketing=Purpose.MARKETING in held,
    )


async def load_limits_of_allergic(
    graph: Graph, fewest: int, most: int, deadline: float | None = None
) -> list[Profile]:
    """Return people with at least `fewest` allergies: what limits their drinks, and no history.

    At most `most` are looked at, of whom some may have fewer. Raises a GraphError.
    """
    rows = await graph.run(PEOPLE_WITH_ALLERGIES, fewest=fewest, most=most, deadline=deadline)
    people = [_limits(opened(graph.sealing, row["userId"], row)) for row in rows]
    return [person for person in people if len(person.allergies) >= fewest]


async def somebody_allergic_to(graph: Graph, allergen: str) -> str | None:
    """Return the id of a person to show in a demonstration, None if there is nobody."""
    rows = await graph.run(SOMEBODY, allergenId=allergen)
    return rows[0]["userId"] if rows else None


async def count_by_origin(graph: Graph) -> tuple[int, int]:
    """Return how many people have any history, and how many of them are simulated."""
    [row] = await graph.run(PEOPLE_BY_ORIGIN)
    return row["people"], row["simulated"]


async def load_versions(graph: Graph, user_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return the versions of the catalogue and of each person, by the person's id."""
    rows = await graph.run(WATCHED_VERSIONS, userIds=sorted(user_ids))
    return {row["userId"]: (row["catalogueVersion"], row["profileVersion"]) for row in rows}


def _limits(row: Row) -> Profile:
    return Profile(
        user_id=row["userId"],
        exists=True,
        unresolved=tuple(row["unresolved"]),
        max_abv=row["maxAbv"],
        max_caffeine=row["maxCaffeine"],
        allergies=_allergies(row),
        avoids=tuple(sorted(row["avoids"])),
        diets=tuple(sorted(row["diets"])),
    )


def _allergies(row: Row) -> tuple[Allergy, ...]:
    allergies = (
        Allergy(allergy["allergen"], allergy["severity"], allergy["acceptsTraces"] is True)
        for allergy in row["allergies"]
    )
    return tuple(sorted(allergies, key=lambda allergy: allergy.allergen))


def _profile(row: Row) -> Profile:
    return Profile(
        user_id=row["userId"],
        exists=True,
        version=row["version"],
        allergies_declared_at=row["allergiesDeclaredAt"],
        regulation=row["regulation"],
        unresolved=tuple(row["unresolved"]),
        max_abv=row["maxAbv"],
        max_caffeine=row["maxCaffeine"],
        simulated=row["simulated"],
        personalisation=row["personalisation"],
        remembering=row["remembering"],
        experiments=row["experiments"],
        marketing=row["marketing"],
        allergies=_allergies(row),
        avoids=tuple(sorted(row["avoids"])),
        diets=tuple(sorted(row["diets"])),
        likes=tuple(Preference(liking["kind"], liking["id"]) for liking in row["likes"]),
        dislikes=tuple(Preference(dislike["kind"], dislike["id"]) for dislike in row["dislikes"]),
        segments=tuple(sorted(row["segments"])),
        history=tuple(
            Event(each["drinkId"], each["type"] or "", each["value"], each["at"], each["times"])
            for each in row["history"]
        ),
    )
