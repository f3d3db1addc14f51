"""Learning what people want when: effects of context on kinds, styles and flavors, if they help.

A purchase of person u in context c is drawn with probability q(d | u) exp(e(d | c)) / Z, say:
what the person buys at all, tilted by the context. q is the person's own purchases and a little of
everybody's. A drink's effect e is the sum of those of its kind, styles and flavors, fitted by
maximum likelihood with a normal prior (a conditional logit with a ridge; McFadden 1974).

A person who is always there in the morning and always drinks coffee says nothing about mornings;
only what one person buys differently at different moments does. So the effects found when each
person's moments are shuffled among their own purchases are subtracted: they can only come from who
is there when, and the person's own taste already accounts for that.

A context is used only if it helps: on held-out days, the log-likelihood must grow by more than two
standard errors, counted by person, and by at least 0.0001 a purchase. Nothing here knows about
scores or requests.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings.data.dataset import BoolArray, IntArray
from recommend.state.traits import Trait

Vector = NDArray[np.float64]

FIELDS = ("daypart", "season", "weather", "place", "occasion")
FAMILIES = (("kind",), ("kind", "style", "flavor"))
# The prior standard deviation of an effect: twice as likely, or half, is within 1.4 of them.
PRIOR_SPREAD = 0.5
# How many purchases of the average person are added to each person's own.
BACKGROUND = 5.0
LEAST_EVENTS = 30
LEAST_ERRORS = 2.0
LEAST_GAIN = 1e-4
MOST_TRAITS = 100
FOLDS = 4
SHUFFLES = 3
STEPS = 40


@dataclass(frozen=True)
class Purchases:
    """Purchases by row of person and drink; `day` is a number or -1, `said` has a value of each."""

    person: IntArray
    drink: IntArray
    day: IntArray
    said: Mapping[str, Sequence[str | None]]


@dataclass(frozen=True)
class ContextEffect:
    """What one field of a context says: `effects` by value and trait, in logarithms.

    `gain` is by how much it makes a held-out purchase likelier (log-likelihood), with its standard
    `error`; it is `used` only if that is certain enough. `errors` are the effects' standard errors.
    """

    name: str
    events: int
    families: tuple[str, ...]
    gain: float
    error: float
    used: bool
    effects: Mapping[str, Mapping[Trait, float]] = field(
        default_factory=dict[str, Mapping[Trait, float]]
    )
    errors: Mapping[str, Mapping[Trait, float]] = field(
        default_factory=dict[str, Mapping[Trait, float]]
    )


def learn(purchases: Purchases, traits: Sequence[Sequence[Trait]]) -> list[ContextEffect]:
    """Learn each field that purchases mention; `traits` are those of each drink."""
    return [
        _learn_field(purchases, traits, name, purchases.said[name])
        for name in FIELDS
        if any(purchases.said.get(name, ()))
    ]


def _learn_field(
    purchases: Purchases, traits: Sequence[Sequence[Trait]], name: str, said: Sequence[str | None]
) -> ContextEffect:
    values, code = _values(said)
    events = int((code >= 0).sum())
    effect = ContextEffect(name, events, (), 0.0, 0.0, used=False)
    if len(values) < 2:
        return effect
    for families in FAMILIES:
        names, matrix = _trait_matrix(traits, families, purchases.drink)
        if not names:
            continue
        gain, error = _held_out(purchases, code, len(values), matrix)
        if gain > max(LEAST_ERRORS * error, LEAST_GAIN, effect.gain):
            fit = _Fit(purchases, matrix, np.ones(code.size, dtype=np.bool_))
            effects, errors = fit.effects(code, len(values))
            effect = ContextEffect(
                name,
                events,
                families,
                gain,
                error,
                used=True,
                effects=_by_name(values, names, effects),
                errors=_by_name(values, names, errors),
            )
        elif not effect.used and families == FAMILIES[0]:
            effect = ContextEffect(name, events, families, gain, error, used=False)
    return effect


def _by_name(
    values: Sequence[str], names: Sequence[Trait], rows: Vector
) -> dict[str, dict[Trait, float]]:
    return {
        value: dict(zip(names, row.tolist(), strict=True))
        for value, row in zip(values, rows, strict=True)
    }


def _values(said: Sequence[str | None]) -> tuple[list[str], IntArray]:
    """Return the values that occur often enough, and the index of each purchase's value, or -1."""
    counts: dict[str, int] = {}
    for text in said:
        if text:
            counts[text] = counts.get(text, 0) + 1
    values = sorted(text for text, count in counts.items() if count >= LEAST_EVENTS)
    place = {text: number for number, text in enumerate(values)}
    return values, np.array([place.get(text or "", -1) for text in said], dtype=np.int64)


def _trait_matrix(
    traits: Sequence[Sequence[Trait]], families: tuple[str, ...], bought: IntArray
) -> tuple[list[Trait], sparse.csr_array]:
    """Return the most bought traits, and which drink has which, float64 [drinks, traits]."""
    times = np.bincount(bought, minlength=len(traits))
    counts: dict[Trait, int] = {}
    for row, own in enumerate(traits):
        for trait in own:
            if trait[0] in families:
                counts[trait] = counts.get(trait, 0) + int(times[row])
    wanted = sorted(counts, key=lambda trait: (-counts[trait], trait))[:MOST_TRAITS]
    names = [trait for trait in wanted if counts[trait] >= LEAST_EVENTS]
    column = {trait: number for number, trait in enumerate(names)}
    pairs = [
        (row, column[trait]) for row, own in enumerate(traits) for trait in own if trait in column
    ]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    shape = (len(traits), len(names))
    return names, sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=shape)


def _held_out(
    purchases: Purchases, code: IntArray, values: int, matrix: sparse.csr_array
) -> tuple[float, float]:
    """Return the mean gain of a held-out purchase, and its standard error by person."""
    gains = np.zeros(int(purchases.person.max()) + 1)
    counted = 0
    for train in _folds(purchases.day):
        test = ~train & (code >= 0)
        fit = _Fit(purchases, matrix, train)
        effects, _ = fit.effects(code, values)
        for value in range(values):
            chosen = np.flatnonzero(test & (code == value))
            counted += chosen.size
            np.add.at(gains, purchases.person[chosen], fit.gains(chosen, effects[value]))
    people = np.bincount(purchases.person[code >= 0], minlength=gains.size) > 0
    own = gains[people]
    error = float(own.std(ddof=1) * np.sqrt(own.size)) if own.size > 1 else 0.0
    return float(own.sum()) / max(counted, 1), error / max(counted, 1)


def _folds(day: IntArray) -> Iterator[BoolArray]:
    """Yield which purchases to learn from; whole days are held out together."""
    key = np.where(day >= 0, day, np.arange(day.size)) % FOLDS
    for number in range(FOLDS):
        yield key != number


class _Fit:
    """Fits effects to some of the purchases."""

    def __init__(self, purchases: Purchases, matrix: sparse.csr_array, train: BoolArray) -> None:
        self._purchases, self._matrix, self._train = purchases, matrix, train
        self._drinks, self._traits = cast(tuple[int, int], matrix.shape)
        shape = (int(purchases.person.max()) + 1, self._drinks)
        person, drink = purchases.person[train], purchases.drink[train]
        ones = np.ones(person.size)
        self._own = sparse.csr_array((ones, (person, drink)), shape=shape)
        self._times = np.asarray(self._own.sum(axis=1)).ravel() + BACKGROUND
        popular = np.bincount(drink, minlength=shape[1]) + 1e-3
        self._background = BACKGROUND * popular / popular.sum()

    def effects(self, code: IntArray, values: int) -> tuple[Vector, Vector]:
        """Fit the effects and their standard errors, both float64 [values, traits]."""
        effects, errors = self._fitted(code, values)
        random = np.random.default_rng(0)
        chance = [self._fitted(self._shuffled(code, random), values)[0] for _ in range(SHUFFLES)]
        return effects - np.mean(chance, axis=0), errors * np.sqrt(1 + 1 / SHUFFLES)

    def _fitted(self, code: IntArray, values: int) -> tuple[Vector, Vector]:
        estimates = [
            self._one(np.flatnonzero(self._train & (code == value))) for value in range(values)
        ]
        return np.array([effect for effect, _ in estimates]), np.array(
            [error for _, error in estimates]
        )

    def _shuffled(self, code: IntArray, random: np.random.Generator) -> IntArray:
        """Shuffle the codes within each person."""
        stated = np.flatnonzero(self._train & (code >= 0))
        person = self._purchases.person[stated]
        shuffled = code.copy()
        ordered = stated[np.argsort(person, kind="stable")]
        shuffled[ordered] = code[stated[np.lexsort((random.random(stated.size), person))]]
        return shuffled

    def gains(self, events: IntArray, effects: Vector) -> Vector:
        """By how much the effects make each of these purchases likelier, in logarithms."""
        tilt = self._matrix @ effects
        person, drink = self._purchases.person[events], self._purchases.drink[events]
        return tilt[drink] - np.log(self._totals(np.exp(tilt))[person])

    def _totals(self, factors: Vector) -> Vector:
        """Return how much each person's total probability would grow, float64 [people]."""
        return (self._own @ factors + self._background @ factors) / self._times

    def _one(self, events: IntArray) -> tuple[Vector, Vector]:
        """Fit one value's effects and their errors to the purchases made in it.

        The purchase itself is left out of what its person buys: it would seem expected.
        """
        person, drink = self._purchases.person[events], self._purchases.drink[events]
        seen = self._matrix.T @ np.bincount(drink, minlength=self._drinks)
        times = self._times[person] - 1
        prior = 1 / PRIOR_SPREAD**2

        def totals(factors: Vector) -> Vector:
            own = (self._own @ factors)[person] - factors[drink]
            return (own + self._background @ factors) / times

        def expected(factors: Vector, share: Vector) -> Vector:
            by_person = np.bincount(person, weights=share, minlength=self._times.size)
            itself = np.bincount(drink, weights=share, minlength=self._drinks)
            return factors * (self._own.T @ by_person - itself + share.sum() * self._background)

        def loss(effects: Vector) -> tuple[float, Vector]:
            factors = np.exp(self._matrix @ effects)
            total = totals(factors)
            value = seen @ effects - np.log(total).sum() - prior / 2 * effects @ effects
            slope = seen - self._matrix.T @ expected(factors, 1 / times / total) - prior * effects
            return -float(value), -slope

        # slow to load, and needed only to fit: a command that does not should start at once
        from scipy.optimize import minimize

        start = np.zeros(self._traits)
        effects: Vector = minimize(
            loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
        ).x
        factors = np.exp(self._matrix @ effects)
        mass = self._matrix.T @ expected(factors, 1 / times / totals(factors))
        share = mass / max(events.size, 1)
        return effects, 1 / np.sqrt(mass * np.maximum(1 - share, 0) + prior)
