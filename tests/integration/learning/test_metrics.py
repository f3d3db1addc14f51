"""Each metric is what a few lines of Python say it is, of random people, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from graph.connection import Graph
from graph.experiments.metrics import METRICS
from graph.experiments.outcomes import EARLIER, outcomes
from tests.support.emptying import ask
from tests.support.experiments import DAY, HOUR, START, begin, definition, expose

NAME, WINDOW, PEOPLE = "diverse-home", 7 * DAY, 40
END = START + 30 * DAY
STYLES = {"d1": ["ale"], "d2": ["ale", "stout"], "d3": ["gin"], "d4": []}
RELATIONS = {
    "view": "VIEWED",
    "click": "VIEWED",
    "save": "SAVED",
    "like": "RATED",
    "dislike": "RATED",
    "purchase": "PURCHASED",
}


@dataclass(frozen=True)
class Did:
    """An event, `at` so long after the person came in."""

    type: str
    drink: str
    at: int
    value: float | None
    price: float | None
    currency: str | None


def random_deeds(random: np.random.Generator) -> list[Did]:
    """Return what somebody did from before the four weeks on until after their window."""
    deeds: list[Did] = []
    for _ in range(random.integers(0, 14)):
        type_ = str(random.choice([*RELATIONS, "purchase", "purchase"]))
        begin_, end = ((-EARLIER - DAY, 0), (0, WINDOW + DAY))[random.integers(2)]
        at = int(random.integers(begin_, end))
        priced = type_ == "purchase" and random.random() < 0.8
        deeds.append(
            Did(
                type_,
                str(random.choice(list(STYLES))),
                int(random.choice([at, 0, WINDOW, -EARLIER, DAY])) if random.random() < 0.3 else at,
                float(random.choice([1.0, 2.0, 1.5])) if random.random() < 0.8 else None,
                round(float(random.uniform(0.5, 90)), 3) if priced else None,
                str(random.choice(["EUR", "EUR", "USD"])) if priced else None,
            )
        )
    return deeds


def bought(deeds: Sequence[Did]) -> list[Did]:
    return [did for did in deeds if did.type == "purchase"]


def revenue(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
    def paid(deeds: Sequence[Did]) -> float:
        in_euros = [did for did in bought(deeds) if did.currency == "EUR" and did.price]
        amounts = [(did.value or 1.0) * (did.price or 0.0) for did in in_euros]
        return sum(int(amount * 10_000 + 0.5) for amount in amounts) / 10_000

    return paid(after), paid(before)


def repeat(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
    def again(deeds: Sequence[Did]) -> float:
        moments = [did.at for did in bought(deeds)]
        return float(bool(moments) and max(moments) - min(moments) >= DAY)

    return again(after), again(before)


def retention(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
    return float(any(did.at >= DAY for did in after)), float(any(did.at < -DAY for did in before))


def diversity(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
    def styles(deeds: Sequence[Did]) -> float:
        opened = [did for did in deeds if did.type in ("view", "click", "purchase")]
        return float(len({style for did in opened for style in STYLES[did.drink]}))

    return styles(after), styles(before)


def refusals(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
    def refused(deeds: Sequence[Did]) -> float:
        return float(any(did.type == "dislike" for did in deeds))

    return refused(after), refused(before)


def waiting(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
    first = min([did.at for did in bought(after)], default=WINDOW)
    last = max([did.at for did in bought(before)], default=-EARLIER)
    return first / HOUR, -last / HOUR


def share(*types: str) -> Callable[[Sequence[Did], Sequence[Did]], tuple[float, float]]:
    def did_it(after: Sequence[Did], before: Sequence[Did]) -> tuple[float, float]:
        one, other = (any(did.type in types for did in deeds) for deeds in (after, before))
        return float(one), float(other)

    return did_it


COUNTED = "safety-disagreements"  # of lists: see test_disagreements.py

ORACLES = {
    "click-through": share("view", "click"),
    "conversion": share("purchase"),
    "revenue": revenue,
    "repeat-purchase": repeat,
    "retention": retention,
    "diversity": diversity,
    "refusals": refusals,
    "time-to-first-drink": waiting,
}


async def write(graph: Graph, deeds: dict[str, tuple[int, list[Did]]]) -> None:
    for drink, styles in STYLES.items():
        await ask(
            graph,
            "MERGE (drink:Drink {id: $id}) WITH drink UNWIND $styles AS id "
            "MERGE (style:Style {id: id}) MERGE (drink)-[:OF_STYLE]->(style) RETURN 1 AS one",
            id=drink,
            styles=styles,
        )
    rows: dict[str, list[dict[str, Any]]] = {relation: [] for relation in RELATIONS.values()}
    for person, (entry, done) in deeds.items():
        for number, did in enumerate(done):
            row = {**vars_of(did), "userId": person, "eventId": f"{person}-{number}"}
            rows[RELATIONS[did.type]].append({**row, "at": entry + did.at})
    for relation, written in rows.items():
        await ask(
            graph,
            "UNWIND $rows AS row MATCH (user:User {id: row.userId}) "
            "MATCH (drink:Drink {id: row.drink}) "
            f"CREATE (user)-[event:{relation} {{eventId: row.eventId}}]->(drink) "
            "SET event.type = row.type, event.at = row.at, event.value = row.value, "
            "event.price = row.price, event.currency = row.currency",
            rows=written,
        )


def vars_of(did: Did) -> dict[str, Any]:
    return {name: getattr(did, name) for name in Did.__dataclass_fields__}


@pytest.fixture
async def deeds(graph: Graph) -> dict[str, tuple[int, list[Did]]]:
    random = np.random.default_rng(5)
    people = {
        f"person-{number}": (START + number * DAY // 4, random_deeds(random))
        for number in range(PEOPLE)
    }
    await begin(graph, definition())
    rows = [(person, arm_of(person), entry) for person, (entry, _) in people.items()]
    await expose(graph, NAME, rows)
    await write(graph, people)
    return people


def arm_of(person: str) -> str:
    return "as-is" if int(person.removeprefix("person-")) % 2 else "diverse"


async def test_each_metric_is_what_it_says(
    graph: Graph, deeds: dict[str, tuple[int, list[Did]]]
) -> None:
    assert ORACLES.keys() | {COUNTED} == METRICS.keys()
    for metric, oracle in ORACLES.items():
        wanted: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for person, (entry, done) in deeds.items():
            after = [did for did in done if 0 <= did.at < WINDOW]
            before = [did for did in done if -EARLIER <= did.at < 0]
            if entry + WINDOW <= END:
                day = (entry + WINDOW - START) // DAY
                wanted.setdefault((arm_of(person), day), []).append(oracle(after, before))
        found = await outcomes(graph, NAME, metric, START, END, WINDOW)
        assert {(row.arm, row.day) for row in found} == wanted.keys(), metric
        assert any(row.total for row in found), metric
        for row in found:
            values, earlier = map(np.array, zip(*wanted[row.arm, row.day], strict=True))
            sums = (values.sum(), (values**2).sum(), earlier.sum(), (earlier**2).sum())
            assert row.people == len(values), metric
            told = (row.total, row.squares, row.before, row.before_squares)
            assert told == pytest.approx(sums, rel=1e-12, abs=1e-12), metric
            assert row.products == pytest.approx((values * earlier).sum(), rel=1e-12), metric


async def test_revenue_is_in_one_currency(
    graph: Graph, deeds: dict[str, tuple[int, list[Did]]]
) -> None:
    async def paid(currency: str) -> float:
        rows = await outcomes(graph, NAME, "revenue", START, END, WINDOW, currency)
        return sum(row.total for row in rows)

    assert 0 < await paid("USD") < await paid("EUR") and await paid("GBP") == 0
