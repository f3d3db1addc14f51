"""Policies, off-policy estimates and interleaving, against a truth that is known. All simulated.

`python -m benchmarks.exploration` takes some minutes; a test runs a short form.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from events.impressions import Impression, ShownDrink
from graph.catalogue.entities import Drink
from learning.attribution.joining import JoinedList
from learning.errors import ExperimentRefused
from learning.policies.book import PolicyBook
from learning.policies.rewards import Floats, Reward, Rewards, features_of
from learning.results.interleaving import credit
from learning.results.off_policy import decisions_of, replayed
from recommend.ranking.drawing import Explorer, Pool, drawn, share
from recommend.ranking.interleaving import TeamDraft, TeamRanking
from recommend.state.orderings import InOrder

DRINKS = 50
PLACES = 3
BASE = 0.08
LOOKED_AT = np.array([1.0, 0.8, 0.65])  # further down, fewer look
POWER = (1.96 + 0.8416) ** 2
POLICIES = ("none", "epsilon", "thompson", "linucb", "new-drinks")


@dataclass(frozen=True)
class World:
    """Drinks, and how likely each is opened at the first place, given its relevance then."""

    drinks: Sequence[Drink]
    effects: Floats

    @classmethod
    def of(cls, draw: np.random.Generator) -> World:
        """Kinds, flavors and each drink itself matter; the ranker sees none of it."""
        kinds, flavors = draw.normal(0, 0.03, 5), draw.normal(0, 0.03, 8)
        drinks, effects = list[Drink](), list[float]()
        for number in range(DRINKS):
            kind, tastes = int(draw.integers(5)), draw.choice(8, 2, replace=False)
            names = tuple(f"flavor-{taste}" for taste in tastes)
            drinks.append(Drink(f"d{number}", f"d{number}", kind=f"kind-{kind}", flavors=names))
            effects.append(float(kinds[kind] + flavors[tastes].sum() + draw.normal(0, 0.03)))
        return cls(drinks, np.array(effects))

    def pool(self, draw: np.random.Generator) -> Pool:
        """The drinks as the ranker orders them for somebody."""
        relevance = np.sort(draw.normal(size=DRINKS).astype(np.float32))[::-1]
        order = draw.permutation(DRINKS)
        return Pool([self.drinks[number] for number in order], relevance)

    def opened(self, pool: Pool) -> Floats:
        """How likely each drink of a pool is opened at the first place."""
        own = np.array([self.effects[int(drink.id[1:])] for drink in pool.drinks])
        return np.clip(BASE + own + 0.02 * pool.relevance, 0.005, 0.9)


@dataclass(frozen=True)
class Shown:
    """A list: places in the pool of its drinks, the chances of each, and what was opened."""

    chosen: list[int]
    chances: list[float]
    under: list[dict[str, float]]
    opened: list[bool]


def show(
    world: World,
    pool: Pool,
    policy: Explorer,
    others: Sequence[Explorer],
    draw: np.random.Generator,
) -> Shown:
    """Draw a list as the server does, and let somebody open drinks of it."""
    left, truth = np.ones(DRINKS, dtype=bool), world.opened(pool)
    chances, of_others = policy.begin(pool), {one.name: one.begin(pool) for one in others}
    shown = Shown([], [], [], [])
    for place in range(PLACES):
        own = chances(left)
        if abs(float(own.sum()) - 1) > 1e-9:
            raise AssertionError(f"the chances of {policy.name} add up to {own.sum()}")
        chosen = drawn(own, draw.random())
        shown.chosen.append(chosen)
        shown.chances.append(share(own[chosen]))
        shown.under.append({name: share(of(left)[chosen]) for name, of in of_others.items()})
        shown.opened.append(bool(draw.random() < truth[chosen] * LOOKED_AT[place]))
        left[chosen] = False
    return shown


def regret(lists: int, seed: int, names: Sequence[str] = POLICIES) -> dict[str, float]:
    """How much less of its lists each policy had opened than the best lists would, in per cent."""
    lost: dict[str, float] = {}
    for name in names:
        draw = np.random.default_rng(seed)
        world, rewards = World.of(draw), Rewards()
        policy = policy_named(name, rewards)
        best = got = 0.0
        waiting: list[Reward] = []
        for number in range(lists):
            pool = world.pool(draw)
            truth = world.opened(pool)
            shown = show(world, pool, policy, (), draw)
            got += float((truth[shown.chosen] * LOOKED_AT).sum())
            best += float((np.sort(truth)[::-1][:PLACES] * LOOKED_AT).sum())
            for place, (chosen, opened) in enumerate(zip(shown.chosen, shown.opened, strict=True)):
                one, relevance = pool.drinks[chosen], float(pool.relevance[chosen])
                waiting.append(
                    Reward(one.id, place + 1, relevance, float(opened), features_of(one))
                )
            if number % 50 == 49:  # a server learns a minute behind
                rewards.add(waiting)
                waiting = []
        lost[name] = 100 * (best - got) / best
    return lost


def policy_named(name: str, rewards: Rewards) -> Explorer:
    exploration = PolicyBook(rewards).exploration("epsilon")
    if exploration is None:
        raise AssertionError("epsilon draws")
    return next(one for one in (exploration.policy, *exploration.others) if one.name == name)


def coverage(runs: int, lists: int, logging: str, target: str, seed: int) -> dict[str, float]:
    """How often the intervals of IPS, SNIPS and DR cover what the other policy really earns."""
    draw = np.random.default_rng(seed)
    world, rewards = World.of(draw), Rewards()
    _learn(world, rewards, draw)
    by, about = policy_named(logging, rewards), policy_named(target, rewards)
    truth = _value(world, about, draw)
    covered = {"ips": 0, "snips": 0, "dr": 0}
    for _ in range(runs):
        joined = [_joined(world, by, about, number // 2, draw) for number in range(lists)]
        found = replayed(decisions_of(joined, target, "recommendations", "opened", PLACES), target)
        for name in covered:
            estimate = getattr(found, name)
            covered[name] += estimate.low <= truth <= estimate.high
    return {name: count / runs for name, count in covered.items()}


def _learn(world: World, rewards: Rewards, draw: np.random.Generator) -> None:
    for _ in range(300):
        pool = world.pool(draw)
        shown = show(world, pool, policy_named("epsilon", rewards), (), draw)
        pairs = zip(shown.chosen, shown.opened, strict=True)
        rewards.add(
            Reward(pool.drinks[one].id, place, 0.0, float(opened), features_of(pool.drinks[one]))
            for place, (one, opened) in enumerate(pairs, start=1)
        )


def _value(world: World, policy: Explorer, draw: np.random.Generator, lists: int = 60_000) -> float:
    """What a list of a policy earns in the mean: the truth."""
    total = 0.0
    for _ in range(lists):
        pool = world.pool(draw)
        left, truth, chances = np.ones(DRINKS, dtype=bool), world.opened(pool), policy.begin(pool)
        for place in range(PLACES):
            own = chances(left)
            # of the last place the mean is known
            if place == PLACES - 1:
                total += float((own * truth).sum() * LOOKED_AT[place])
                break
            chosen = drawn(own, draw.random())
            total += float(truth[chosen] * LOOKED_AT[place])
            left[chosen] = False
    return total / lists


def _joined(
    world: World, by: Explorer, about: Explorer, person: int, draw: np.random.Generator
) -> JoinedList:
    pool = world.pool(draw)
    shown = show(world, pool, by, [about], draw)
    drinks = [
        ShownDrink(pool.drinks[one].id, place, chance, under)
        for place, (one, chance, under) in enumerate(
            zip(shown.chosen, shown.chances, shown.under, strict=True), start=1
        )
    ]
    impression = Impression(
        f"list-{person}",
        f"person-{person}",
        "recommendations",
        "model",
        by.name,
        DRINKS,
        1,
        1,
        drinks,
    )
    pairs = zip(drinks, shown.opened, strict=True)
    return JoinedList(impression, {drink.drink_id for drink, opened in pairs if opened})


@dataclass(frozen=True)
class SampleSizes:
    """How many people find which of two rankings is better, 4 times of 5 at 5 %."""

    split: float
    interleaved: float

    @property
    def ratio(self) -> float:
        """How much of the people of a split the interleaving takes."""
        return self.interleaved / self.split


def interleaving(people: int, seed: int, lists: int) -> SampleSizes:
    """Compare a ranker with a worse one, over so many lists a person.

    People differ in how much they open at all, whatever the list is, as people do: that is what a
    split has to see through, and what an interleaved list has no part in.
    """
    draw = np.random.default_rng(seed)
    size, shown = 40, 10
    looked_at = 0.85 ** np.arange(shown)
    keen = draw.beta(1.0, 3.0, people)
    split, expected = np.zeros((2, people)), np.zeros((2, people))
    credits = np.zeros((people, 2))
    everything = np.ones(size, dtype=bool)
    for person in range(people):
        for number in range(lists):
            worth = draw.normal(size=size)
            opens = keen[person] / (1 + np.exp(-(worth - 1)))
            rankings = [
                np.argsort(-(worth + draw.normal(0, noise, size))).astype(np.int64)
                for noise in (1.0, 0.75)
            ]
            for arm, ranking in enumerate(rankings):
                chances = opens[ranking[:shown]] * looked_at
                expected[arm, person] += chances.sum()
                split[arm, person] += (draw.random(shown) < chances).sum()
            teams = [
                TeamRanking(name, InOrder(ranking), everything)
                for name, ranking in zip(("worse", "better"), rankings, strict=True)
            ]
            draft = TeamDraft(teams, f"{seed} {person} {number}")
            rows, _ = draft.best(everything, shown)
            opened = draw.random(shown) < opens[rows] * looked_at
            for row in rows[opened].tolist():
                credits[person, int(draft.draw_of(row).team == "better")] += 1
    effect = float(expected[1].mean() - expected[0].mean())
    needed = 2 * POWER * float(split[0].var() + split[1].var()) / effect**2
    return SampleSizes(needed, _needed_interleaved(credits))


def _needed_interleaved(credits: Floats) -> float:
    """People who have a list, whether or not they opened any of it."""
    said = credits[credits.sum(axis=1) > 0]
    found = credit(("worse", "better"), said, 10_000)
    spread = float((said[:, 1] - said[:, 0]).std() / said.sum(axis=1).mean())
    return POWER * spread**2 / found.lead**2 * len(credits) / len(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--lists", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=11, help="of the interleaving")
    chosen = parser.parse_args()
    print("regret against the best lists, % (simulated)")
    for seed in range(3):
        lost = regret(chosen.lists, seed)
        print(f"  world {seed}", {name: round(value, 1) for name, value in lost.items()})
    print("95 % intervals that cover the truth (simulated)")
    for logging, target in (
        ("epsilon", "none"),
        ("epsilon", "new-drinks"),
        ("thompson", "epsilon"),
    ):
        try:
            print(f"  {target} from {logging}", coverage(chosen.runs, 2000, logging, target, 7))
        except ExperimentRefused as refusal:
            print(f"  {target} from {logging}: refused. {refusal}")
    print("people to find the better ranking (simulated), by lists a person")
    for lists in (5, 10, 20):
        sizes = interleaving(chosen.people, chosen.seed, lists)
        print(
            f"  {lists}: split {sizes.split:,.0f}, interleaved {sizes.interleaved:,.0f}, "
            f"{sizes.ratio:.1%}"
        )


if __name__ == "__main__":
    main()
