"""`tastegraph experiments replay`, and what policies learn, from lists of a week ago."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from events.embedded_log import EmbeddedLog
from events.impressions import record_of
from events.log import NewRecord
from graph.clock import milliseconds, utc_now
from graph.engine.embedded import EmbeddedEngine
from learning.experiments.policy import ExperimentPolicy
from learning.policies.rewards import Rewards
from recommend.state.snapshot_store import SnapshotStore
from service.background.event_stream import open_stream
from service.background.rewards import RewardFollower
from service.metrics import ServiceMetrics
from service.opening import open_graph
from service.settings import read_settings
from service.training.drift import DriftWatch
from tests.integration.service.commands import environment, in_process
from tests.support.consents import set_consents
from tests.support.emptying import ask
from tests.unit.learning.results.test_off_policy import DRINKS, OPENED, logged

LISTS = 1500
WEEK_AGO = utc_now() - timedelta(days=7)


def click(person: str, drink: str, list_id: str, at: datetime) -> NewRecord:
    event = {
        "eventId": f"{list_id} {drink}",
        "userId": person,
        "drinkId": drink,
        "type": "click",
        "at": at.isoformat(),
        "recommendationId": list_id,
    }
    return NewRecord(person, event["eventId"], f"{drink}\nclick", orjson.dumps(event))


def records() -> list[NewRecord]:
    """Simulated lists of a week ago, and the clicks that name them."""
    made: list[NewRecord] = []
    for joined in logged(LISTS, 3):
        shown = replace(joined.shown, at=milliseconds(WEEK_AGO))
        made.append(record_of(shown))
        made += [
            click(shown.user_id, drink, shown.recommendation_id, WEEK_AGO)
            for drink in sorted(joined.opened)
        ]
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("replay") / "home"
    engine = EmbeddedEngine(folder / "graph", heap="384m")
    engine.start()
    asyncio.run(fill(folder))
    yield folder
    engine.stop()


async def fill(home: Path) -> None:
    settings = read_settings(environment(home))
    with EmbeddedLog(settings.events, lambda: WEEK_AGO) as log:
        await log.append(records())
    async with open_graph(settings) as (graph, _):
        names = [drink.id for drink in DRINKS]
        await ask(graph, "UNWIND $ids AS id MERGE (d:Drink {id: id}) SET d.name = id", ids=names)
        async with open_stream(settings, graph, ServiceMetrics()) as stream:
            while await stream.consumer.round():
                pass


def replayed(home: Path, *arguments: str) -> Any:
    result = in_process(home, "experiments", "replay", *arguments, "--places", "2", "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_what_was_not_drawn_is_told_from_what_was(home: Path) -> None:
    found = replayed(home, "none")
    assert (found["lists"], found["people"]) == (LISTS, LISTS // 2)
    assert found["joined"]["share"] == 1.0 and found["joined"]["by_id"] > 400
    truth = OPENED[0] + OPENED[1]
    for name in ("ips", "snips", "dr"):
        assert found[name]["low"] < truth < found[name]["high"], name
    told = in_process(home, "experiments", "replay", "none", "--places", "2").stderr
    assert "SNIPS" in told and "100.00% found it" in told
    refused = in_process(home, "experiments", "replay", "none", "--days", "1")
    assert refused.returncode == 1 and "no list that says" in refused.stderr


def test_drift_is_looked_for_in_the_same_log(home: Path) -> None:
    async def looked() -> list[str | None]:
        settings = read_settings(environment(home))
        async with (
            open_graph(settings) as (graph, _),
            open_stream(settings, graph, ServiceMetrics()) as stream,
        ):
            model = next(joined.shown.model for joined in logged(1, 3))
            first = await DriftWatch(stream).look(model, 0)
            await ask(graph, "MERGE (d:Drink {id: 'new'}) SET d.name = 'New' RETURN d.id AS id")
            later = [click(f"p-{n}", "new", f"x{n}", utc_now()) for n in range(400)]
            await stream.log.append(later)
            while await stream.consumer.round():
                pass
            watch = DriftWatch(stream)
            return [first, await watch.look(model, 0), await watch.look(model, 0)]

    assert asyncio.run(looked()) == [
        None,
        "people choose more of what was seldom chosen before",
        None,  # it does not look again within the hour
    ]


def test_policies_learn_from_the_same_lists_without_who_refused(home: Path) -> None:
    async def learned() -> tuple[Rewards, Rewards]:
        settings = read_settings(environment(home))
        async with (
            open_graph(settings) as (graph, _),
            open_stream(settings, graph, ServiceMetrics()) as stream,
        ):
            both: list[Rewards] = []
            for _ in range(2):
                policy = ExperimentPolicy(cast(Any, None), policy="thompson")
                rewards = Rewards()
                snapshots = SnapshotStore(graph)
                await snapshots.snapshot()
                follower = RewardFollower(graph, stream, snapshots, policy, rewards)
                await follower.catch_up()
                await follower.catch_up()  # nothing is counted twice
                both.append(rewards)
                await ask(graph, "MERGE (u:User {id: 'person-1'}) RETURN u.id AS id")
                await set_consents(graph, "person-1", personalisation=None, remembering=False)
            return both[0], both[1]

    everybody, others = asyncio.run(learned())
    assert everybody.shown(DRINKS).sum() == 2 * LISTS
    effects, _ = everybody.effects(DRINKS)
    assert effects[1] > effects[0] + 0.05  # a simulated third opens the second, a tenth the first
    assert others.shown(DRINKS).sum() == 2 * (LISTS - 2)
    assert datetime.now(UTC) > WEEK_AGO
