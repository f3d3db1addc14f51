"""People who never lived: seeded tastes, allergies and histories over any catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.simulation.archetypes import (
    ACCEPTS_TRACES,
    ARCHETYPES,
    AVOIDED_GROUPS,
    CURIOSITY,
    PREVALENCE,
    SEVERITIES,
    SEVERITY_SHARES,
    UNDECLARED,
)
from graph.vocabulary import EventType

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAYS = 180
SHORTEST, LONGEST = 3, 80
END = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86_400
ALCOHOL = "alcoholic-beverage"
# Starting hour and length in hours; the index is the daypart's number.
DAYPARTS = {"morning": (6, 6), "afternoon": (12, 5), "evening": (17, 5), "night": (22, 7)}
SEASONS = ("winter", "spring", "summer", "autumn")


@dataclass(frozen=True, slots=True)
class SimulationCatalogue:
    """What a simulation knows about the drinks; every tuple has one element for each drink.

    ``allergens`` holds every allergen the drink contains, may contain or is not known to be
    free from, with the groups above and below it (almond and tree-nuts). ``groups`` holds the
    ingredient groups in it; an avoided group is written only if some drink names it.
    """

    drink_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    styles: tuple[frozenset[str], ...]
    flavors: tuple[frozenset[str], ...]
    allergens: tuple[frozenset[str], ...]
    alcoholic: tuple[bool, ...]
    hot: tuple[bool, ...]
    groups: tuple[frozenset[str], ...] = ()

    def __post_init__(self) -> None:
        columns = (self.kinds, self.styles, self.flavors, self.allergens, self.alcoholic, self.hot)
        lengths = {len(column) for column in columns} | {len(self.groups or self.kinds)}
        if lengths != {len(self.drink_ids)}:
            raise ValueError(f"{len(self.drink_ids)} drinks, but columns of {sorted(lengths)}")


@dataclass(frozen=True, slots=True)
class SimulatedUser:
    """One row of users; ``allergies`` is empty for somebody who declared nothing."""

    id: str
    allergies: tuple[str, ...]
    avoids: tuple[str, ...]
    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    regulation: str

    def row(self) -> dict[str, str]:
        """The row as the import reads it: lists separated by a bar."""
        cells = asdict(self)
        return {name: v if isinstance(v, str) else "|".join(v) for name, v in cells.items()}


@dataclass(frozen=True, slots=True)
class SimulatedInteraction:
    """One row of interactions; ``value`` is 1 to 5 for a rating and empty otherwise."""

    event_id: str
    user_id: str
    drink_id: str
    type: str
    value: str
    at: str
    context_daypart: str
    context_season: str

    def row(self) -> dict[str, str]:
        """The row as the import reads it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class SimulatedPeople:
    """Users, their interactions (by user, then time), and each user's main archetype by id."""

    users: tuple[SimulatedUser, ...]
    interactions: tuple[SimulatedInteraction, ...]
    archetypes: Mapping[str, str] = field(default_factory=dict[str, str])


def simulate_people(
    catalogue: SimulationCatalogue, people: int, seed: int, end: datetime = END
) -> SimulatedPeople:
    """Draw people and what they did in the last 180 days before ``end``; same seed, same people.

    Person n is the same however many are drawn. Nobody touches a drink that names one of their
    allergens or avoided groups; people left with no drink at all have no history.

    Raises ValueError for a catalogue without drinks or an ``end`` without a time zone.
    """
    if not catalogue.drink_ids:
        raise ValueError("cannot simulate people over a catalogue without drinks")
    if end.tzinfo is None:
        raise ValueError("the end of a simulation needs a time zone")
    world = _World(catalogue, seed, end)
    drawn = [_draw_person(world, number, seed) for number in range(1, people + 1)]
    return SimulatedPeople(
        users=tuple(person.user for person in drawn),
        interactions=tuple(event for person in drawn for event in person.interactions),
        archetypes=MappingProxyType({p.user.id: p.archetype for p in drawn}),
    )


class _World:
    """What is the same for everybody: the drinks as arrays, and how popular each one is."""

    def __init__(self, catalogue: SimulationCatalogue, seed: int, end: datetime) -> None:
        self.catalogue = catalogue
        self.start = int(end.timestamp()) - DAYS * DAY
        labels = [s | f for s, f in zip(catalogue.styles, catalogue.flavors, strict=True)]
        terms = [
            _terms(own | {kind} | ({"hot"} if hot else frozenset[str]()))
            for kind, own, hot in zip(catalogue.kinds, labels, catalogue.hot, strict=True)
        ]
        # Sorted: the order of a set of strings differs between processes.
        self.labels: list[str] = sorted(frozenset[str]().union(*labels))
        self.has_label = np.array([[x in own for x in self.labels] for own in labels], bool)
        self.affinity = _standardised(_affinity(terms))
        self.label_affinity = _affinity([_terms({label}) for label in self.labels])
        self.popularity = _zipf(len(terms), np.random.default_rng([seed, 0]))
        self.context = _context_bonus(catalogue, terms)
        self.groups = frozenset[str]().union(*catalogue.groups)


def _terms(ids: Iterable[str]) -> frozenset[str]:
    """Ids, their words, and the words without a plural s: red-wines -> red, wines, wine."""
    words = {word for each in ids for word in (each, *each.split("-"))}
    return frozenset(words | {word.removesuffix("s") for word in words})


def _affinity(terms: Sequence[frozenset[str]]) -> Matrix:
    """How much each archetype is drawn to each set of terms, shape (archetypes, len(terms))."""
    rows = [
        [sum(weight for word, weight in archetype.tastes.items() if word in own) for own in terms]
        for archetype in ARCHETYPES.values()
    ]
    return np.array(rows, float).reshape(len(ARCHETYPES), len(terms))


def _standardised(rows: Matrix) -> Matrix:
    spread = rows.std(axis=1, keepdims=True)
    return (rows - rows.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)


def _zipf(drinks: int, rng: np.random.Generator, exponent: float = 0.7) -> Vector:
    return -exponent * np.log(rng.permutation(drinks) + 1.0)


def _context_bonus(catalogue: SimulationCatalogue, terms: Sequence[frozenset[str]]) -> Matrix:
    """Log weight of each drink at each daypart and month, shape (4, 12, drinks)."""
    alcoholic, hot = np.array(catalogue.alcoholic, float), np.array(catalogue.hot, float)
    waking = np.array([bool(own & {"coffee", "tea", "juice", "smoothie"}) for own in terms], float)
    daypart = np.stack(
        [waking * 1.2 - alcoholic * 3, -alcoholic, alcoholic * 0.5 - waking * 0.5, alcoholic * 0.7]
    )
    coldness = np.cos(np.arange(12) * np.pi / 6)
    return daypart[:, None, :] + (coldness[:, None] * hot)[None, :, :]


class _Person(NamedTuple):
    user: SimulatedUser
    interactions: list[SimulatedInteraction]
    archetype: str


class _Visits(NamedTuple):
    drinks: NDArray[np.int64]
    seconds: NDArray[np.int64]


def _draw_person(world: _World, number: int, seed: int) -> _Person:
    rng = np.random.default_rng([seed, number])
    mixture = _draw_mixture(rng)
    main = list(ARCHETYPES)[int(mixture.argmax())]
    allergies = [allergen for allergen, share in PREVALENCE.items() if rng.random() < share]
    sober = rng.random() < ARCHETYPES[main].avoids_alcohol
    groups = [g for g, share in AVOIDED_GROUPS.items() if rng.random() < share]
    avoids = [g for g in ([ALCOHOL] if sober else []) + groups if g in world.groups]
    likes, dislikes = _draw_labels(world, mixture, rng)
    user = SimulatedUser(
        id=f"simulated-{number:04d}",
        allergies=_declare(allergies, rng),
        avoids=tuple(avoids),
        likes=tuple(world.labels[i] for i in likes),
        dislikes=tuple(world.labels[i] for i in dislikes),
        regulation="us-9" if rng.random() < 0.1 else "eu-14",
    )
    allowed = _allowed(world.catalogue, frozenset(allergies), frozenset(avoids), sober)
    liking = world.affinity.T @ mixture * 1.2 + rng.normal(0, 0.6, len(allowed))
    liking += world.has_label @ _signs(len(world.labels), likes, dislikes)
    events = _draw_history(world, user.id, mixture, liking, allowed, rng)
    return _Person(user, events, main)


def _draw_mixture(rng: np.random.Generator) -> Vector:
    """One archetype that leads and a little of the others, shape (archetypes,), sum 1."""
    mixture = rng.dirichlet(np.full(len(ARCHETYPES), 0.25)) * 0.4
    mixture[rng.integers(len(ARCHETYPES))] += 0.6
    return mixture


def _declare(allergies: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """Each allergy with its severity; the word none, or nothing, for people who have none."""
    if not allergies:
        return () if rng.random() < UNDECLARED else ("none",)
    severities = rng.choice(SEVERITIES, size=len(allergies), p=SEVERITY_SHARES)
    traces = rng.random(len(allergies)) < ACCEPTS_TRACES
    return tuple(
        f"{allergen}:{severity}{':traces' if accepts and severity != 'SEVERE' else ''}"
        for allergen, severity, accepts in zip(allergies, severities, traces, strict=True)
    )


def _draw_labels(
    world: _World, mixture: Vector, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Indices into the labels: up to four liked and up to two disliked, never the same."""
    score = world.label_affinity.T @ mixture + rng.normal(0, 0.4, len(world.labels))
    order: list[int] = np.argsort(-score).tolist()
    most = len(order) // 2
    likes = order[: min(int(rng.integers(0, 5)), most)]
    return likes, order[len(order) - min(int(rng.integers(0, 3)), most) :]


def _signs(size: int, likes: list[int], dislikes: list[int]) -> Vector:
    signs = np.zeros(size)
    signs[likes], signs[dislikes] = 0.4, -1.0
    return signs


def _allowed(
    catalogue: SimulationCatalogue, allergies: frozenset[str], avoids: frozenset[str], sober: bool
) -> Flags:
    allowed = np.array([allergies.isdisjoint(held) for held in catalogue.allergens], bool)
    if sober:
        allowed &= ~np.array(catalogue.alcoholic, bool)
    if avoids:
        allowed &= np.array([avoids.isdisjoint(held) for held in catalogue.groups], bool)
    return allowed


def _draw_history(
    world: _World,
    user_id: str,
    mixture: Vector,
    liking: Vector,
    allowed: Flags,
    rng: np.random.Generator,
) -> list[SimulatedInteraction]:
    if not allowed.any():
        return []
    length = int(np.clip(rng.lognormal(3.0, 0.65), SHORTEST, LONGEST))
    visits = _draw_visits(world, mixture, np.where(allowed, liking, -np.inf), length, rng)
    scale = liking[allowed].std() or 1.0
    liking = (liking - liking[allowed].mean()) / scale
    funnel: list[tuple[int, int, EventType, str]] = []
    for drink, second in zip(visits.drinks.tolist(), visits.seconds.tolist(), strict=True):
        funnel += _funnel(drink, second, float(liking[drink]), rng)
    names = world.catalogue.drink_ids
    return [
        _interaction(f"{user_id}-{n:03d}", user_id, names[drink], kind, value, world.start + second)
        for n, (second, drink, kind, value) in enumerate(sorted(funnel[:length]), start=1)
    ]


def _draw_visits(
    world: _World, mixture: Vector, liking: Vector, count: int, rng: np.random.Generator
) -> _Visits:
    """Times first, then a drink for each time: what one wants depends on the hour and season."""
    weights = mixture @ np.array([archetype.dayparts for archetype in ARCHETYPES.values()])
    daypart = rng.choice(len(DAYPARTS), size=count, p=weights / weights.sum())
    hours = np.array(list(DAYPARTS.values()))[daypart]
    # Two days short of the end, so that a late night and its rating stay inside the window.
    day = (rng.beta(1.5, 1.0, count) * (DAYS - 2)).astype(np.int64)
    seconds = day * DAY + hours[:, 0] * HOUR + (rng.random(count) * hours[:, 1] * HOUR).astype(int)
    month = np.array([_moment(world.start + int(second)).month - 1 for second in seconds])
    curious = rng.random((count, 1)) < CURIOSITY
    taste = np.where(curious & np.isfinite(liking), 0.0, liking)
    logits = taste + world.popularity + world.context[daypart, month]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
    # Strictly below the total, and strictly greater: a forbidden drink adds nothing to the sum,
    # so it is never the first to exceed a draw, not even by rounding.
    draws = np.minimum(rng.random(count) * odds[:, -1], np.nextafter(odds[:, -1], 0))
    drinks = (odds > draws[:, None]).argmax(axis=1)
    return _Visits(drinks, seconds)


def _funnel(
    drink: int, second: int, liking: float, rng: np.random.Generator
) -> list[tuple[int, int, EventType, str]]:
    """(second, drink, type, value) of one visit: a look, perhaps a save, a purchase, a verdict."""
    save, buy, rate, tell, delay = rng.random(5).tolist()
    events = [(second, drink, EventType.VIEW, "")]
    if save < 0.12 + 0.06 * liking:
        events.append((second + MINUTE, drink, EventType.SAVE, ""))
    if buy > 0.35 + 0.12 * liking:
        return events
    events.append((second + 3 * MINUTE, drink, EventType.PURCHASE, ""))
    later = second + 20 * MINUTE + int(delay * 2 * HOUR)
    opinion = 2.4 + 0.7 * liking + float(rng.normal(0, 0.9))
    if rate < 0.45:
        stars = int(np.clip(round(opinion), 1, 5))
        events.append((later, drink, EventType.RATING, str(stars)))
    elif tell < 0.4 and abs(opinion - 3) > 0.5:
        events.append((later, drink, EventType.LIKE if opinion > 3 else EventType.DISLIKE, ""))
    return events


def _interaction(
    event_id: str, user_id: str, drink_id: str, kind: str, value: str, timestamp: int
) -> SimulatedInteraction:
    moment = _moment(timestamp)
    return SimulatedInteraction(
        event_id=event_id,
        user_id=user_id,
        drink_id=drink_id,
        type=kind,
        value=value,
        at=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        context_daypart=_daypart(moment.hour),
        context_season=SEASONS[_season(moment)],
    )


def _moment(timestamp: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=timestamp)


def _season(moment: datetime) -> int:
    return moment.month % 12 // 3


def _daypart(hour: int) -> str:
    return next((name for name, (at, span) in DAYPARTS.items() if at <= hour < at + span), "night")
