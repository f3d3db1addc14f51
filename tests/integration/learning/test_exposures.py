"""Who was exposed is noted once, counts once, and is forgotten with everything else of a person."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from graph.connection import Graph
from graph.editing.merging_people import merge_people
from graph.experiments.exposures import exposed_people, forget_exposures
from graph.experiments.outcomes import outcomes
from graph.experiments.records import change_experiment, experiments
from graph.people.privacy import erase
from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from tests.support.consents import set_consents
from tests.support.emptying import ask
from tests.support.experiments import DAY, HOUR, START, begin, definition, expose, step

EXPERIMENT = "diverse-home"
PEOPLE = ("ann", "ben", "cem", "dora", "eve")
# who did what how many hours after their first exposure
DONE = [
    ("ann", "VIEWED", "view", 1), ("ann", "VIEWED", "click", 2),
    ("ann", "PURCHASED", "purchase", 30),
    ("ben", "VIEWED", "view", -5), ("ben", "PURCHASED", "purchase", 23),
    ("cem", "VIEWED", "view", 0), ("cem", "VIEWED", "view", -24 * 29),
    ("dora", "VIEWED", "view", 24), ("dora", "PURCHASED", "purchase", -1),
    ("eve", "VIEWED", "view", 3),
]  # fmt: skip


@pytest.fixture
async def world(graph: Graph) -> Graph:
    """Five people: ann to cem in one arm, dora and eve in the other, each a day after another."""
    await ask(graph, "CREATE (:Drink {id: 'tea'}) RETURN 1 AS one")
    await ask(graph, "UNWIND $ids AS id CREATE (:User {id: id, version: 1})", ids=list(PEOPLE))
    await begin(graph, definition())
    await expose(graph, EXPERIMENT, [(name, arm_of(name), first(name)) for name in PEOPLE])
    for number, (name, relation, type_, hours) in enumerate(DONE):
        await ask(
            graph,
            "MATCH (user:User {id: $name}) MATCH (drink:Drink {id: 'tea'}) "
            f"CREATE (user)-[:{relation} {{eventId: $event, type: $type, at: $at}}]->(drink)",
            name=name, event=f"event-{number}", type=type_, at=first(name) + hours * HOUR,
        )  # fmt: skip
    return graph


def first(name: str) -> int:
    return START + PEOPLE.index(name) * DAY


def arm_of(name: str) -> str:
    return "as-is" if name < "d" else "diverse"


async def people(graph: Graph) -> dict[str, int]:
    counts: dict[str, int] = {}
    for arm_day in await exposed_people(graph, EXPERIMENT, START):
        counts[arm_day.arm] = counts.get(arm_day.arm, 0) + arm_day.people
    return counts


async def measured(graph: Graph, metric: str, until: int) -> dict[str, tuple[int, float, float]]:
    """Of each arm: how many people, how many did it, and how many had done it before."""
    sums: dict[str, tuple[int, float, float]] = {}
    for outcome in await outcomes(graph, EXPERIMENT, metric, START, until, DAY):
        count, total, before = sums.get(outcome.arm, (0, 0.0, 0.0))
        assert outcome.squares == outcome.total and outcome.before_squares == outcome.before
        sums[outcome.arm] = (
            count + outcome.people, total + outcome.total, before + outcome.before
        )  # fmt: skip
    return sums


async def test_the_first_exposure_counts(world: Graph) -> None:
    await expose(world, EXPERIMENT, [("ann", "diverse", START + DAY), ("ben", "as-is", START)])
    assert await people(world) == {"as-is": 3, "diverse": 2}
    rows = await ask(
        world,
        "MATCH (user:User)-[exposure:EXPOSED_TO]->(:Experiment) WHERE user.id IN ['ann', 'ben'] "
        "RETURN user.id AS id, exposure.arm AS arm, exposure.at AS at ORDER BY id",
        "read",
    )
    assert [(row["id"], row["arm"], row["at"]) for row in rows] == [
        ("ann", "as-is", START),
        ("ben", "as-is", START),
    ]
    await expose(world, "no-such-experiment", [("ann", "as-is", START)])
    assert await people(world) == {"as-is": 3, "diverse": 2}


async def test_what_people_did_counts_in_the_hours_after(world: Graph) -> None:
    late = START + 30 * DAY
    assert await measured(world, "click-through", late) == {
        "as-is": (3, 2.0, 1.0),  # ann and cem opened one; ben had before, cem too long before
        "diverse": (2, 1.0, 0.0),  # eve; dora opened it when her day was over
    }
    assert await measured(world, "conversion", late) == {
        "as-is": (3, 1.0, 0.0),
        "diverse": (2, 0.0, 1.0),
    }


async def test_people_count_when_their_window_is_over(world: Graph) -> None:
    assert await measured(world, "conversion", START + DAY - 1) == {}
    assert await measured(world, "conversion", START + DAY) == {"as-is": (1, 0.0, 0.0)}
    days = await outcomes(world, EXPERIMENT, "conversion", START, START + 30 * DAY, DAY)
    assert [(outcome.day, outcome.arm) for outcome in days] == [
        (day, arm_of(name)) for day, name in enumerate(PEOPLE, start=1)
    ]


async def test_merged_people_count_once_in_the_arm_of_their_first_exposure(world: Graph) -> None:
    await merge_people(world, "eve", "ann", by="anna", apply=True)
    assert await people(world) == {"as-is": 3, "diverse": 1}
    await merge_people(world, "ben", "dora", by="anna", apply=True)
    assert await people(world) == {"as-is": 3}
    # ben's purchase is dora's now, and counts from his exposure on, which came first
    assert await measured(world, "conversion", START + 30 * DAY) == {"as-is": (3, 1.0, 0.0)}


async def test_nothing_is_noted_of_who_wants_nothing_remembered(world: Graph) -> None:
    await set_consents(world, "ann", personalisation=None, remembering=False)
    assert await people(world) == {"as-is": 2, "diverse": 2}
    await expose(world, EXPERIMENT, [("ann", "as-is", START)])
    await set_consents(world, "dora", personalisation=False, remembering=None)
    await expose(world, EXPERIMENT, [("fay", "as-is", START)])
    assert await people(world) == {"as-is": 3, "diverse": 2}


async def test_erased_people_are_in_no_arm_and_come_into_none(world: Graph) -> None:
    clock = datetime.fromtimestamp(START / 1000 + 60, UTC)
    await erase(world, "ann", lambda: clock)
    await expose(world, EXPERIMENT, [("ann", "as-is", START + 1)])  # noted before, written after
    assert await people(world) == {"as-is": 2, "diverse": 2}
    await expose(world, EXPERIMENT, [("ann", "as-is", START + DAY)])
    assert (await people(world))["as-is"] == 3


async def test_a_decided_experiment_forgets_who_was_in_it(world: Graph) -> None:
    assert await forget_exposures(world, EXPERIMENT) == len(PEOPLE)
    assert await people(world) == {} and await forget_exposures(world, EXPERIMENT) == 0


async def test_two_that_start_at_once_do_not_take_the_same_people(graph: Graph) -> None:
    started = await asyncio.gather(
        *(begin(graph, definition(name, share=0.5)) for name in ("a", "b", "c")),
        return_exceptions=True,
    )
    refused = [result for result in started if isinstance(result, BaseException)]
    assert [type(error) for error in refused] == [ExperimentRefused]
    kept = [record for record in await experiments(graph) if record.started_at]
    assert sorted(record.first for record in kept) == [0, 5_000]


async def test_what_is_refused_writes_nothing(graph: Graph) -> None:
    before = await begin(graph, definition())
    with pytest.raises(ExperimentRefused):
        await change_experiment(
            graph, lambda records: lifecycle.ramped(records, EXPERIMENT, 0.5, step())
        )
    assert await experiments(graph) == [before]
