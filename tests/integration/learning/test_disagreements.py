"""Safety disagreements by arm: counts of lists, of arms with many people, of days gone by."""

from __future__ import annotations

from typing import Any

import pytest

from graph.connection import Graph
from graph.experiments.exposures import Exposure
from graph.experiments.outcomes import ArmOutcome, outcomes
from recommend.tracking.arm_lists import ArmLists
from tests.support.emptying import ask
from tests.support.experiments import DAY, HOUR, START, begin, definition, expose

NAME = "diverse-home"


def exposure(arm: str) -> Exposure:
    return Exposure(NAME, arm, 1)


async def counted(graph: Graph, until: int) -> dict[tuple[str, int], ArmOutcome]:
    rows = await outcomes(graph, NAME, "safety-disagreements", START, until, DAY)
    return {(row.arm, row.day): row for row in rows}


@pytest.fixture
async def lists(graph: Graph) -> ArmLists:
    await begin(graph, definition())
    people = [(f"a{n}", "as-is", START) for n in range(20)]
    await expose(graph, NAME, [*people, *((f"d{n}", "diverse", START) for n in range(19))])
    return ArmLists(graph)


async def test_lists_are_counted_by_arm_and_day(graph: Graph, lists: ArmLists) -> None:
    for number in range(30):
        lists.note([exposure("as-is")], START, disagreed=number < 3)
        lists.note([exposure("diverse")], START, disagreed=True)
    await lists.flush()
    lists.note([exposure("as-is")], START + HOUR, disagreed=True)
    lists.note([exposure("as-is")], START + DAY, disagreed=False)
    await lists.flush()
    await lists.flush()  # nothing is counted twice
    midnight = START - START % DAY
    found = await counted(graph, midnight + 2 * DAY)
    # 19 people are too few to tell of
    assert {arm for arm, _ in found} == {"as-is"}
    first, second = sorted(found.values(), key=lambda each: each.day)
    assert (first.people, first.total, first.squares) == (31, 4.0, 4.0)
    assert (second.people, second.total) == (1, 0.0)
    assert len(await counted(graph, midnight + 2 * DAY - 1)) == 1  # of today nothing is told
    await expose(graph, NAME, [("d19", "diverse", START)])
    both = await counted(graph, midnight + 2 * DAY)
    assert {arm for arm, _ in both} == {"as-is", "diverse"}


async def test_what_cannot_be_written_waits(
    graph: Graph, lists: ArmLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise OSError

    lists.note([exposure("as-is")], START, disagreed=True)
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr("recommend.tracking.arm_lists.count_lists", away)
        await lists.flush()
    lists.note([exposure("as-is")], START, disagreed=False)
    await lists.flush()
    [only] = (await counted(graph, START + 2 * DAY)).values()
    assert (only.people, only.total) == (2, 1.0)


async def test_no_person_and_no_drink_is_kept(graph: Graph, lists: ArmLists) -> None:
    lists.note([exposure("as-is")], START, disagreed=True)
    await lists.flush()
    [row] = await ask(
        graph,
        "MATCH (day:ArmDay) OPTIONAL MATCH (day)-[link]-(other) "
        "RETURN keys(day) AS names, collect(type(link)) AS links, collect(labels(other)) AS others",
    )
    assert sorted(row["names"]) == ["arm", "at", "disagreed", "lists"]
    assert (row["links"], row["others"]) == (["OF_EXPERIMENT"], [["Experiment"]])
