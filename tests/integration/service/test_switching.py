"""Models promoted, refused, shadowed and rolled back on two servers while people ask."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from embeddings.evaluation.promotion import PromotionDecision
from embeddings.registry.store import ModelStore
from learning.operations import Experiments
from learning.results.canary import CONTROL, NEWER, canary_of
from service.opening import local_key, open_graph
from service.settings import read_settings
from service.training.learning import Learner, LearningPlan
from tests.integration.service.commands import Served, environment, in_process
from tests.support.experiments import write_outcomes
from tests.support.load import Answer, Load
from tests.support.models import ACCEPTED, REFUSED, put_model

PEOPLE = [f"person-{number}" for number in range(6)]


class Installation:
    """Two servers on one graph, and commands beside them."""

    def __init__(self, home: Path, settings: dict[str, str]) -> None:
        self.home, self.settings = home, settings
        self.servers: list[Served] = []

    def run(self, *arguments: str, status: int = 0) -> str:
        done = in_process(self.home, *arguments, **self.settings)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    def put(self, seed: int, decision: PromotionDecision = ACCEPTED) -> str:
        """Train a model in this process; return its version."""

        async def work() -> str:
            chosen = read_settings(environment(self.home, **self.settings))
            async with open_graph(chosen) as (graph, _):
                store = ModelStore(chosen.models)
                return (await put_model(graph, store, seed, decision)).version

        return _run(work())

    def load(self) -> Load:
        key = local_key(self.home)
        tokens = {person: key.issue(person) for person in PEOPLE}
        return Load([server.base for server in self.servers], tokens)

    def metric(self, name: str) -> float:
        return sum(server.metric(name) for server in self.servers)

    def record(self, version: str) -> dict[str, Any]:
        model: dict[str, Any] = json.loads(self.run("models", "show", version))
        return model

    def try_on_all(self, version: str) -> str:
        """Start a canary of a model on everybody; return its id."""

        async def work() -> str:
            chosen = read_settings(environment(self.home, **self.settings))
            async with open_graph(chosen) as (graph, _):
                trials = Experiments(graph, ModelStore(chosen.models).load)
                canary = await trials.draft(canary_of(version), "anna")
                await trials.start(canary.id, 1.0, "anna")
                return canary.id

        return _run(work())

    def learn(self) -> list[str]:
        """Do what is due, as `tastegraph learn --once` does, if nothing is to be trained."""
        done: list[str] = []

        async def work() -> str:
            chosen = read_settings(environment(self.home, **self.settings))
            async with open_graph(chosen) as (graph, _):
                store = ModelStore(chosen.models)
                trials = Experiments(graph, store.load)

                async def train(activate: bool) -> Any:
                    raise AssertionError("nothing is to be trained")

                plan = LearningPlan()
                done.extend(await Learner(graph, store, trials, train, plan, "anna").round())
            return ""

        _run(work())
        return done

    def write_harm(self, canary: str) -> None:
        """Write simulated people of both arms who are over; those of the newer one do less."""

        async def work() -> str:
            chosen = read_settings(environment(self.home, **self.settings))
            async with open_graph(chosen) as (graph, _):
                chances = {CONTROL: {"VIEWED": 0.5}, NEWER: {"VIEWED": 0.1}}
                await write_outcomes(graph, canary, chances, 400, 2)
            return ""

        _run(work())


def _run(work: Coroutine[Any, Any, str]) -> str:
    return asyncio.run(work)


@pytest.fixture(params=["embedded", "neo4j"])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, world: Path
) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("switching") / "home"
    settings = {"TASTEGRAPH_DEADLINE": "30"}
    with ExitStack() as stack:
        if request.param == "neo4j":
            address = request.getfixturevalue("neo4j_address")
            asyncio.run(_empty(address))
            settings |= {
                "NEO4J_URI": address.uri,
                "NEO4J_USER": address.user,
                "NEO4J_PASSWORD": address.password,
                "NEO4J_DATABASE": address.database,
            }
        installed = Installation(home, settings)
        for number in range(2):
            # each process writes a log of its own
            installed.servers.append(stack.enter_context(_serve(home, number, settings)).ready(120))
        installed.run("import", str(world), f"--rejects={home.parent / 'rejects.csv'}")
        yield installed


def _serve(home: Path, number: int, settings: dict[str, str]) -> Served:
    link = home.with_name(f"home-{number}")
    home.mkdir(exist_ok=True)
    link.symlink_to(home)
    return Served(link, "--empty", **settings)


async def _empty(address: Any) -> None:
    from graph.connection import connect
    from graph.schema import apply_schema
    from tests.support.emptying import empty

    async with connect(address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)


@pytest.mark.timeout(900)
def test_models_change_under_load_without_a_failed_or_a_mixed_answer(
    installation: Installation,
) -> None:
    one = installation
    first, second, poor = one.put(1), one.put(2), one.put(3, REFUSED)
    with one.load() as load:
        load.wait_for_version("popularity")
        one.run("models", "promote", first)
        load.wait_for_version(first)

        said = one.run("models", "promote", poor, status=1)
        assert "The gate refused" in said and "does not beat popularity" in said
        assert one.record(poor)["status"] == "candidate"

        one.run("models", "shadow", poor, "--share", "1")
        until = time.monotonic() + 120
        while one.metric("tastegraph_shadow_comparisons_total") < 10:
            assert time.monotonic() < until
            time.sleep(0.2)
        assert f"No longer compared: {poor}." in one.run("models", "shadow", "--stop")
        shadow = one.record(poor)["shadow"]
        assert shadow["compared"] > 0 and shadow["share"] == 0.0

        one.run("models", "promote", second)
        load.wait_for_version(second)
        one.run("models", "rollback")
        load.wait_for_version(first)

    assert load.failures == []
    assert {answer.version for answer in load.answers} == {"popularity", first, second}
    # an answer that two models had made would differ from the others of the same person and model
    lists: dict[tuple[str, str], set[Any]] = {}
    for answer in load.answers:
        lists.setdefault((answer.user, answer.version), set()).add(answer.items)
    assert {
        whose: lists_shown for whose, lists_shown in lists.items() if len(lists_shown) > 1
    } == {}
    for server in one.servers:
        theirs = [answer for answer in load.answers if answer.server == server.base]
        assert _last_phase(theirs, ["popularity", first, second, first]) == 3
        assert "Traceback" not in server.said()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("installation", ["embedded"], indirect=True)
def test_a_canary_that_does_harm_is_rolled_back_under_load(installation: Installation) -> None:
    one = installation
    first, newer = one.put(1), one.put(2)
    one.run("models", "promote", first)
    with one.load() as load:
        load.wait_for_version(first)
        canary = one.try_on_all(newer)
        load.wait_for_version(newer)
        one.write_harm(canary)
        harmed = time.monotonic()
        while any(answer.version == newer for answer in load.since(time.monotonic() - 3)):
            assert time.monotonic() < harmed + 60, "no server stopped it within a minute"
            time.sleep(0.5)
        [step] = one.learn()
        stopped = time.monotonic()
        load.wait_for_version(first)

    assert load.failures == []
    assert {answer.version for answer in load.since(stopped)} == {first}
    assert step.startswith(f"Model {newer} ranks for nobody any more: newer has less click-through")
    [record] = json.loads(one.run("experiments", "list", "--json"))
    assert (record["id"], record["state"]) == (canary, "decided")
    assert one.record(first)["status"] == "active"
    assert one.record(newer)["status"] == "candidate"


def _last_phase(answers: list[Answer], phases: list[str]) -> int:
    """The last phase; no request that began after an answer fell behind that answer's."""
    ended: list[tuple[float, int]] = []
    reached = 0
    for answer in sorted(answers, key=lambda answer: answer.at - answer.seconds):
        began = answer.at - answer.seconds
        reached = max([reached, *(phase for at, phase in ended if at <= began)])
        ended = [(at, phase) for at, phase in ended if at > began]
        phase = phases.index(answer.version, reached)  # a ValueError: it went back
        ended.append((answer.at, phase))
    return max([reached, *(phase for _, phase in ended)])
