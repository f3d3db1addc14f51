"""Contexts: is what is learned of moments true, does it help, and is nothing seen in nothing?

Simulated (labelled so): people with tastes of their own buy drinks of twelve kinds with eight
flavors; in each weather one kind and one flavor is wanted exp(effect) times as much. Printed are:
the effect that was found against the one put in; NDCG@10 of the model on held-out purchases without
the context, and with it in several strengths; and in how many worlds each context was switched on,
among them one that never has an effect. Real: the season (by date, as in the north) of purchases
and ratings of real sets, by log-likelihood on held-out days.

Run: python -m benchmarks.context [DATA]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.quality import DATA_SETS
from embeddings.data.dataset import Events, FloatArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from recommend.context.effects import ContextEffect, Purchases, learn
from recommend.context.model import DAY
from recommend.state.traits import Trait

KINDS, FLAVORS, DRINKS, PEOPLE, LENGTH = 12, 8, 300, 600, 25
WEATHERS = ("cold", "hot", "mild", "rain")
EVEN = 1e6
PLACES = ("bar", "cafe", "home")
EFFECTS = (0.0, 0.2, 0.4, 0.8)
STRENGTHS = (0.0, 0.6, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class World:
    """Simulated purchases, and the tilt [weathers, drinks] that was put in."""

    purchases: Purchases
    traits: list[tuple[Trait, ...]]
    tilt: FloatArray


def simulate(effect: float, seed: int, people: int = PEOPLE, habits: float = 1.5) -> World:
    """Draw a world; the place never has any effect.

    People differ in when they come, the more the smaller `habits` is (a Dirichlet's concentration).
    """
    random = np.random.default_rng(seed)
    kind, flavor = np.arange(DRINKS) % KINDS, random.integers(0, FLAVORS, DRINKS)
    taste = (
        random.normal(0, 1, (people, KINDS))[:, kind] + random.normal(0, 1, (people, 8))[:, flavor]
    )
    taste += random.normal(0, 1, DRINKS)
    tilt = np.zeros((len(WEATHERS), DRINKS), dtype=np.float32)
    for number in range(len(WEATHERS)):
        tilt[number] = effect * ((kind == number).astype(float) + (flavor == number))
    # people differ in when they come: that alone must not look like an effect
    habit = random.dirichlet(np.full(len(WEATHERS), habits), people)
    person = np.repeat(np.arange(people), LENGTH)
    weather = np.array([random.choice(len(WEATHERS), p=habit[buyer]) for buyer in person])
    logits = taste[person] + tilt[weather] + random.gumbel(size=(person.size, DRINKS))
    purchases = Purchases(
        person=person,
        drink=logits.argmax(axis=1),
        day=random.integers(0, 365, person.size),
        said={
            "weather": [WEATHERS[code] for code in weather],
            "place": [PLACES[code] for code in random.integers(0, len(PLACES), person.size)],
        },
    )
    traits = [
        (("kind", f"kind-{own_kind}"), ("flavor", f"flavor-{other}"))
        for own_kind, other in zip(kind, flavor, strict=True)
    ]
    return World(purchases, traits, tilt)


def by_name(learned: Sequence[ContextEffect], name: str) -> ContextEffect:
    """What was learned of one field."""
    return next(effect for effect in learned if effect.name == name)


def recovery(learned: ContextEffect, effect: float) -> tuple[float, float, float]:
    """The mean effect found, the error of one, and the root mean square deviation in errors.

    An effect is against all that a person buys, other weathers too. The effect put in is how much
    likelier a trait is in its weather than in another: the difference of two effects, each against
    the effects on the traits that nothing was done to. Of people who come mostly in one weather it
    is found too small, for what they buy is what they buy then: recovery is measured without such.
    """

    def against_others(weather: str, trait: Trait) -> float:
        own = learned.effects[weather]
        rest = [own[other] for other in own if other[0] == trait[0] and _number(other) > 3]
        return own[trait] - float(np.mean(rest))

    effects: list[float] = []
    errors: list[float] = []
    for number, weather in enumerate(WEATHERS):
        for family in ("kind", "flavor"):
            trait = (family, f"{family}-{number}")
            if trait not in learned.effects[weather]:
                continue
            others = [weather_ for weather_ in WEATHERS if weather_ != weather]
            elsewhere = float(np.mean([against_others(other, trait) for other in others]))
            effects.append(against_others(weather, trait) - elsewhere)
            spread = [learned.errors[other][trait] ** 2 for other in others]
            errors.append(float(np.sqrt(learned.errors[weather][trait] ** 2 + np.sum(spread) / 9)))
    deviations = (np.array(effects) - effect) / np.array(errors)
    return (
        float(np.mean(effects)),
        float(np.mean(errors)),
        float(np.sqrt(np.mean(deviations**2))),
    )


def _number(trait: Trait) -> int:
    return int(trait[1].rsplit("-", 1)[1])


def ranking(world: World) -> list[str]:
    """NDCG@10 of held-out days by strength of the effects: one purchase to find at a time."""
    purchases = world.purchases
    train = purchases.day < 292
    shown = Purchases(
        purchases.person[train],
        purchases.drink[train],
        purchases.day[train],
        {
            name: [value for value, keep in zip(said, train, strict=True) if keep]
            for name, said in purchases.said.items()
        },
    )
    effect_field = by_name(learn(shown, world.traits), "weather")
    graph = TrainingGraph(
        tuple(f"drink-{n}" for n in range(DRINKS)),
        tuple(f"person-{n}" for n in range(int(purchases.person.max()) + 1)),
        Events.of(shown.person, shown.drink, at=shown.day * DAY),
        kinds=tuple(f"kind-{n}" for n in range(KINDS)),
        drink_kinds=np.array([np.arange(DRINKS), np.arange(DRINKS) % KINDS]),
    )
    scores = fit(graph, TrainingConfig(threads=1)).scorer()(np.arange(len(graph.users)))
    spread = scores.std(axis=1, keepdims=True)
    lifts = np.zeros((len(WEATHERS), DRINKS))
    for number, weather in enumerate(WEATHERS):
        lift = effect_field.effects.get(weather, {})
        lifts[number] = [sum(lift.get(trait, 0.0) for trait in own) for own in world.traits]
    person, drink = purchases.person[~train], purchases.drink[~train]
    weather = np.array([WEATHERS.index(value or "") for value in purchases.said["weather"]])[~train]
    cells: list[str] = []
    plain = np.zeros(0)
    for strength in STRENGTHS:
        wanted = scores[person] + strength * spread[person] * lifts[weather]
        rank = (wanted > wanted[np.arange(drink.size), drink][:, None]).sum(axis=1)
        gain = np.where(rank < 10, 1 / np.log2(rank + 2.0), 0.0)
        plain = gain if strength == 0 else plain
        difference = gain - plain
        error = difference.std(ddof=1) / np.sqrt(difference.size)
        cells.append(
            f"{gain.mean():.4f}"
            + (f" (+{difference.mean():.4f} ± {error:.4f})" if strength else "")
        )
    return cells


def switched_on(effect: float, seeds: int) -> tuple[int, int]:
    """In how many worlds the weather, and the place that never matters, are used."""
    fields = [
        learn(w.purchases, w.traits) for w in (simulate(effect, 100 + n) for n in range(seeds))
    ]
    return tuple(
        sum(by_name(effects, name).used for effects in fields) for name in ("weather", "place")
    )  # type: ignore[return-value]


def season(at: int) -> str | None:
    """The season of a moment in epoch milliseconds, as in the north."""
    if at < 0:
        return None
    month = datetime.fromtimestamp(at / 1000, UTC).month
    return ("winter", "spring", "summer", "autumn")[month % 12 // 3]


def real(name: str, graph: TrainingGraph) -> str:
    """One line: what the season of a real set's events says, newest 50,000 of them."""
    pairs = positives(graph)
    newest = np.argsort(-pairs.last_at)[:50_000]
    purchases = Purchases(
        pairs.user[newest],
        pairs.drink[newest],
        pairs.last_at[newest] // DAY,
        {"season": [season(int(at)) for at in pairs.last_at[newest]]},
    )
    traits: list[list[Trait]] = [[] for _ in graph.drinks]
    for family in ("kind", "style", "flavor"):
        edges, ids = graph.attributes(family), graph.ids(family)
        for drink, trait in edges.T.tolist():
            traits[drink].append((family, ids[trait]))
    started = time.process_time()
    learned = by_name(learn(purchases, traits), "season")
    seconds = time.process_time() - started
    top = sorted(
        (abs(lift), value, trait[1], lift)
        for value, lifts in learned.effects.items()
        for trait, lift in lifts.items()
    )[-3:]
    said = ", ".join(f"{value}: {trait} {lift:+.2f}" for _, value, trait, lift in reversed(top))
    return (
        f"| {name} | {learned.events:,} | {learned.gain:+.5f} ± {learned.error:.5f} "
        f"| {'yes' if learned.used else 'no'} | {said} | {seconds:.1f} |"
    )


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    print("| effect | found | error of one | deviation in errors | gain of an event | seconds |")
    print("|---|---|---|---|---|---|")
    for effect in EFFECTS:
        world = simulate(effect, 1, PEOPLE * 4, EVEN)
        started = time.process_time()
        learned = by_name(learn(world.purchases, world.traits), "weather")
        seconds = time.process_time() - started
        shown = "off | | "
        if learned.used:
            mean, error, deviation = recovery(learned, effect)
            shown = f"{mean:.3f} | {error:.3f} | {deviation:.2f} "
        print(
            f"| {effect} | {shown}| {learned.gain:+.5f} ± {learned.error:.5f} | {seconds:.1f} |",
            flush=True,
        )
    print("\n| effect | " + " | ".join(f"strength {strength}" for strength in STRENGTHS) + " |")
    print("|---|" + "---|" * len(STRENGTHS))
    for effect in EFFECTS[1:]:
        print(f"| {effect} | " + " | ".join(ranking(simulate(effect, 2))) + " |", flush=True)
    print("\n| effect | weather used | place used | worlds |\n|---|---|---|---|")
    for effect in EFFECTS:
        weather, place = switched_on(effect, 20)
        print(f"| {effect} | {weather} | {place} | 20 |", flush=True)
    if arguments:
        print("\n| real set | events | gain of an event | used | largest effects | seconds |")
        print("|---|---|---|---|---|---|")
        for name in ("xwines", "amazon_grocery_categories"):
            print(real(name, DATA_SETS[name](Path(arguments[0]))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
