"""What the gate said before is used only while it would say the same again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from graph.connection import Graph, Row
from graph.errors import GraphUnavailable
from graph.people.profiles import Profile
from graph.query import Query
from graph.safety_gate import SAFETY_GATE
from graph.safety_rule import Allergy, SafetyRule
from graph.verdicts.confirmed_gate import ConfirmedGate
from graph.verdicts.declarations import DECLARATIONS
from graph.verdicts.gate import GateAnswer, Person, ask_gates
from graph.verdicts.kept_answers import SETTLED, UNWATCHED
from graph.verdicts.served_checks import MOST_BEHIND
from tests.support.emptying import ask
from tests.support.random_graphs import World, random_world, write

ADVANCE = "MATCH (c:Catalogue) SET c.version = c.version + 1 RETURN 1 AS one"
CELERY = "(celery:Allergen {id: 'celery'})"
LIMONADE = "MATCH (drink:Drink {id: 'limonade'})"
CONTAINS = f"MATCH (part:Ingredient), {CELERY} CREATE (part)-[:HAS_ALLERGEN]->(celery)"
MAY_CONTAIN = f"MATCH (part:Ingredient), {CELERY} CREATE (part)-[:MAY_CONTAIN]->(celery)"
HARM = [
    CONTAINS,
    MAY_CONTAIN,
    "MATCH (part:Ingredient) SET part.reviewed = false",
    f"{LIMONADE} SET drink.recipeComplete = false",
    f"{LIMONADE} MATCH {CELERY} CREATE (drink)-[:HAS_ALLERGEN]->(celery)",
    f"{LIMONADE} CREATE (drink)-[:CONTAINS]->(:Ingredient {{id: 'gin', reviewed: false}})",
]


class Watched:
    """A graph that notes what it is asked, a clock, and what the gate tells its watcher."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.sealing = graph.sealing
        self.judged: list[str] = []
        self.away = False
        self.time = 1000.0
        self.contradicted = 0
        self.before_the_gate: str | None = None

    async def run(self, query: Query, **values: Any) -> list[Row]:
        if self.away:
            raise GraphUnavailable("away")
        if query is SAFETY_GATE:
            if self.before_the_gate:
                await ask(self._graph, self.before_the_gate)
            self.judged += [drink for asked in values["asks"] for drink in asked["drinks"]]
        return await self._graph.run(query, **values)

    async def in_time(self, name: str, work: Any) -> Any:
        return await self._graph.in_time(name, work)

    def now(self) -> float:
        return self.time

    def gate_answered(self, kept: int, asked: int) -> None:
        self.last = (kept, asked)

    def gate_contradicted(self, drinks: int) -> None:
        self.contradicted += drinks

    async def judged_while(self, work: Any) -> tuple[Any, list[str]]:
        """Return what the work returns, and the drinks that the gate was asked about for it."""
        self.judged = []
        return await work, self.judged


@pytest.fixture
def watched(graph: Graph) -> Watched:
    return Watched(graph)


@pytest.fixture
async def gate(watched: Watched) -> AsyncIterator[ConfirmedGate]:
    """A gate that checks only when a test waits for it, an hour later."""
    made = ConfirmedGate(watched, 10_000, watched, pause=3600, now=watched.now)  # type: ignore[arg-type]
    yield made
    await made.close()


async def settled(
    gate: ConfirmedGate, watched: Watched, people: Sequence[Person], drinks: Sequence[str]
) -> list[dict[str, GateAnswer]]:
    """Let the gate see the version, wait until that is settled, and ask it."""
    await gate.ask(people[:1], drinks[:1])
    watched.time += SETTLED
    return await gate.ask(people, drinks)


async def juice(graph: Graph) -> None:
    """A lemonade of lemon, for somebody who is allergic to lemon's celery and somebody who not."""
    await ask(
        graph,
        "CREATE (d:Drink {id: 'limonade', recipeComplete: true, abv: 4.0})"
        "-[:CONTAINS]->(lemon:Ingredient {id: 'lemon', reviewed: true, dietsReviewed: true}),"
        " (celery:Allergen {id: 'celery'}), (milk:Allergen {id: 'milk'}),"
        " (ada:User {id: 'ada', version: 3, allergiesDeclaredAt: '2026-01-01'})"
        "-[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(celery),"
        " (bob:User {id: 'bob', version: 5})"
        " RETURN 1 AS one",
    )


@pytest.mark.parametrize("seed", range(4))
async def test_answers_are_those_of_the_gate_and_asked_for_once(
    graph: Graph, gate: ConfirmedGate, watched: Watched, seed: int
) -> None:
    world = random_world(21_000 + seed)
    await write(world, graph)
    drinks = [*world.ids("drink"), "no-such-drink"]
    people = [*sorted(world.people), None, "a stranger", *guests_of(world)]
    alone = await ask_gates(graph, people, drinks)
    assert any(answer.safe for answers in alone for answer in answers.values())
    assert await settled(gate, watched, people, drinks) == alone
    again, judged = await watched.judged_while(gate.ask(people, drinks))
    assert again == alone
    unclear = sum(1 for person in world.people.values() if person.unresolved)
    assert sorted(set(judged)) == sorted({"no-such-drink", *(drinks if unclear else ())})
    assert watched.last[0] == (len(people) - unclear) * (len(drinks) - 1)
    for drink in world.ids("drink"):  # the model says the same
        for name, person in world.people.items():
            mine = again[people.index(name)][drink]
            assert mine.safe == SafetyRule(world.graph).is_safe(person, drink)


def guests_of(world: World) -> list[Profile]:
    guests = [
        Profile(
            "",
            allergies_declared_at="now",
            allergies=person.allergies,
            avoids=person.avoids,
            diets=person.diets,
            max_abv=person.max_abv,
            max_caffeine=person.max_caffeine,
        )
        for person in world.people.values()
    ]
    return [*guests, Profile("", avoids=("no-such-thing",)), Profile("", diets=("gold",))]


@pytest.mark.parametrize("change", [*HARM, "MATCH (drink:Drink) SET drink.price = 3.0"])
async def test_a_change_of_the_catalogue_acts_on_the_next_request(
    graph: Graph, gate: ConfirmedGate, watched: Watched, change: str
) -> None:
    await juice(graph)
    [before] = await settled(gate, watched, ["ada"], ["limonade"])
    assert before["limonade"].safe
    assert (await watched.judged_while(gate.ask(["ada"], ["limonade"])))[1] == []
    await ask(graph, f"{change} WITH 1 AS one {ADVANCE}")
    [after], judged = await watched.judged_while(gate.ask(["ada"], ["limonade"]))
    assert (after["limonade"].safe, judged) == (change not in HARM, ["limonade"])
    assert after["limonade"].catalogue_version == before["limonade"].catalogue_version + 1


@pytest.mark.parametrize(
    "change",
    [
        "MATCH (a:Allergen {id: 'celery'}) CREATE (u)-[:ALLERGIC_TO {severity: 'MILD'}]->(a)",
        "MATCH (i:Ingredient) CREATE (u)-[:AVOIDS]->(i)",
        "CREATE (u)-[:FOLLOWS]->(:Diet {id: 'dry', maxAbv: 0.0})",
        "SET u.maxAbv = 0.5",
        "SET u.maxCaffeineMgPer100ml = 1.0",
        "SET u.unresolved = ['selery']",
    ],
)
async def test_what_somebody_declares_acts_on_their_next_request(
    graph: Graph, gate: ConfirmedGate, watched: Watched, change: str
) -> None:
    """Even if it is written past the profile's version: the declaration itself is read."""
    await juice(graph)
    await ask(graph, f"{MAY_CONTAIN} RETURN 1 AS one")
    [before] = await settled(gate, watched, ["bob"], ["limonade"])
    assert before["limonade"].safe and before["limonade"].status == "NOT_CHECKED"
    await ask(graph, f"MATCH (u:User {{id: 'bob'}}) WITH u {change} WITH u RETURN 1 AS one")
    [after] = await gate.ask(["bob"], ["limonade"])
    assert not after["limonade"].safe


async def test_traces_are_accepted_from_the_next_request_on(
    graph: Graph, gate: ConfirmedGate, watched: Watched
) -> None:
    await juice(graph)
    await ask(graph, f"{MAY_CONTAIN} RETURN 1 AS one")
    await settled(gate, watched, ["ada"], ["limonade"])
    for severity, accepts, safe in (
        ("MILD", True, True),
        ("SEVERE", True, False),
        ("MILD", False, False),
    ):
        await ask(
            graph,
            "MATCH (:User {id: 'ada'})-[a:ALLERGIC_TO]->() SET a.severity = $severity, "
            "a.acceptsTraces = $accepts RETURN 1 AS one",
            severity=severity,
            accepts=accepts,
        )
        [answers] = await gate.ask(["ada"], ["limonade"])
        assert answers["limonade"].safe is safe


async def test_people_who_declare_the_same_share_answers_and_keep_their_versions(
    graph: Graph, gate: ConfirmedGate, watched: Watched
) -> None:
    await juice(graph)
    await settled(gate, watched, ["bob"], ["limonade"])
    guest = Profile("", allergies_declared_at="now", allergies=(Allergy("celery", "SEVERE"),))
    both, judged = await watched.judged_while(gate.ask([None, "stranger", "bob"], ["limonade"]))
    assert judged == []
    assert [answers["limonade"].profile_version for answers in both] == [0, 0, 5]
    await gate.ask([guest], ["limonade"])
    [mine], judged = await watched.judged_while(gate.ask(["ada"], ["limonade"]))
    assert (judged, mine["limonade"].profile_version, mine["limonade"].status) == ([], 3, "SAFE")
    assert gate.kept == 2


async def test_nothing_is_kept_of_a_version_that_is_new_or_changes_meanwhile(
    graph: Graph, gate: ConfirmedGate, watched: Watched
) -> None:
    await juice(graph)
    await gate.ask(["ada"], ["limonade"])
    watched.time += SETTLED * 0.9
    await gate.ask(["ada"], ["limonade"])
    assert gate.kept == 0
    watched.time += SETTLED
    watched.before_the_gate = ADVANCE
    [answers] = await gate.ask(["ada"], ["limonade"])
    watched.before_the_gate = None
    assert gate.kept == 0
    [now], judged = await watched.judged_while(gate.ask(["ada"], ["limonade"]))
    assert judged == ["limonade"]
    assert now["limonade"].catalogue_version == answers["limonade"].catalogue_version


async def test_a_version_that_comes_again_is_another(
    graph: Graph, gate: ConfirmedGate, watched: Watched
) -> None:
    await juice(graph)
    await settled(gate, watched, ["ada"], ["limonade"])
    await ask(graph, ADVANCE)
    await gate.ask(["ada"], ["limonade"])
    await ask(graph, "MATCH (c:Catalogue) SET c.version = c.version - 1 RETURN 1 AS one")
    _, judged = await watched.judged_while(gate.ask(["ada"], ["limonade"]))
    assert judged == ["limonade"] and gate.kept == 0


async def test_nothing_is_kept_beyond_an_absence_or_a_long_rest(
    graph: Graph, gate: ConfirmedGate, watched: Watched
) -> None:
    await juice(graph)
    await settled(gate, watched, ["ada"], ["limonade"])
    assert gate.kept == 1
    watched.away = True
    with pytest.raises(GraphUnavailable):
        await gate.ask(["ada"], ["limonade"])
    watched.away = False
    assert gate.kept == 0
    await settled(gate, watched, ["ada"], ["limonade"])
    assert gate.kept == 1
    watched.time += UNWATCHED + 1
    _, judged = await watched.judged_while(gate.ask(["ada"], ["limonade"]))
    assert judged == ["limonade"]


async def test_as_many_are_kept_as_there_is_room_for(graph: Graph, watched: Watched) -> None:
    await juice(graph)
    gate = ConfirmedGate(watched, 1, watched, settled=0, pause=3600, now=watched.now)  # type: ignore[arg-type]
    for person in ("ada", "bob", "ada"):
        _, judged = await watched.judged_while(gate.ask([person], ["limonade"]))
        assert (judged, gate.kept) == (["limonade"], 1)
    await gate.close()


@pytest.mark.parametrize("change", [*HARM, f"{LIMONADE} DETACH DELETE drink"])
async def test_a_write_past_the_versions_is_found(
    graph: Graph, watched: Watched, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    await juice(graph)
    await ask(graph, "CREATE (d:Drink {id: 'water', recipeComplete: false}) RETURN 1 AS one")
    gate = ConfirmedGate(watched, 100, watched, settled=0, pause=3600, now=watched.now)  # type: ignore[arg-type]
    drinks = ["limonade", "water"]
    await gate.ask(["ada", "bob"], drinks)
    await gate.ask(["ada", "bob"], drinks)
    await gate.check()
    assert (watched.contradicted, gate.kept) == (0, 4)
    await ask(graph, f"{change} WITH 1 AS one RETURN one")
    await gate.ask(["ada", "bob"], drinks)
    with caplog.at_level(logging.ERROR, "tastegraph.gate"):
        await gate.check()
    assert (watched.contradicted, gate.kept) == (1, 0)
    assert "limonade" in caplog.text and "ada" not in caplog.text
    [answers], judged = await watched.judged_while(gate.ask(["ada"], ["limonade"]))
    assert judged == ["limonade"]
    assert not (answers and answers["limonade"].safe)
    await gate.close()


async def test_a_limit_is_checked_with_the_drinks_strength(graph: Graph, watched: Watched) -> None:
    await juice(graph)
    await ask(graph, "MATCH (u:User {id: 'bob'}) SET u.maxAbv = 4.5 RETURN 1 AS one")
    gate = ConfirmedGate(watched, 100, watched, settled=0, pause=3600, now=watched.now)  # type: ignore[arg-type]
    for _ in range(2):
        [answers] = await gate.ask(["bob"], ["limonade"])
        assert answers["limonade"].safe
    await gate.check()
    await ask(graph, "MATCH (d:Drink) SET d.abv = 12.0 RETURN 1 AS one")
    await gate.ask(["bob"], ["limonade"])
    await gate.check()
    assert (watched.contradicted, gate.kept) == (1, 0)
    await gate.close()


async def test_it_is_found_within_a_second(graph: Graph, watched: Watched) -> None:
    """With the pause and the clock of the product; the version is taken as settled."""
    await juice(graph)
    gate = ConfirmedGate(watched, 100, watched, settled=0)  # type: ignore[arg-type]
    await gate.ask(["ada"], ["limonade"])
    await ask(graph, f"{CONTAINS} RETURN 1 AS one")
    [served] = await gate.ask(["ada"], ["limonade"])
    assert served["limonade"].safe  # the one that decision 21 allows
    async with asyncio.timeout(1.0):
        while not watched.contradicted:  # noqa: ASYNC110 - found by a round of its own
            await asyncio.sleep(0.02)
    [answers] = await gate.ask(["ada"], ["limonade"])
    assert not answers["limonade"].safe
    await gate.close()


async def test_a_change_that_advances_the_version_is_no_contradiction(
    graph: Graph, watched: Watched
) -> None:
    await juice(graph)
    gate = ConfirmedGate(watched, 100, watched, settled=0, pause=3600, now=watched.now)  # type: ignore[arg-type]
    await gate.ask(["ada"], ["limonade"])
    await gate.ask(["ada"], ["limonade"])
    await ask(graph, f"{CONTAINS} WITH 1 AS one {ADVANCE}")
    await gate.check()
    assert watched.contradicted == 0
    await gate.close()


async def test_while_checks_are_behind_the_gate_is_asked(
    graph: Graph, gate: ConfirmedGate, watched: Watched
) -> None:
    await juice(graph)
    await settled(gate, watched, ["ada"], ["limonade"])
    assert (await watched.judged_while(gate.ask(["ada"], ["limonade"])))[1] == []
    watched.time += MOST_BEHIND
    assert (await watched.judged_while(gate.ask(["ada"], ["limonade"])))[1] == []
    watched.time += 0.01
    assert (await watched.judged_while(gate.ask(["ada"], ["limonade"])))[1] == ["limonade"]


async def test_what_cannot_be_checked_is_not_kept(graph: Graph, watched: Watched) -> None:
    await juice(graph)
    gate = ConfirmedGate(watched, 100, watched, settled=0, pause=3600, now=watched.now)  # type: ignore[arg-type]
    await gate.ask(["ada"], ["limonade"])
    await gate.ask(["ada"], ["limonade"])
    watched.away = True
    await gate.check()
    assert (gate.kept, watched.contradicted) == (0, 0)
    watched.away = False
    await gate.ask(["ada"], ["limonade"])
    assert (await watched.judged_while(gate.ask(["ada"], ["limonade"])))[1] == []
    await gate.check()
    assert gate.kept == 1
    await gate.close()


async def test_no_drinks_are_no_query(gate: ConfirmedGate, watched: Watched) -> None:
    watched.away = True
    assert await gate.ask(["ada", None], []) == [{}, {}]


async def test_declarations_are_read_once_for_all(graph: Graph) -> None:
    await juice(graph)
    rows = await graph.run(DECLARATIONS, userIds=["ada", "bob", ""])
    assert [(row["userId"], row["declared"], len(row["allergies"])) for row in rows] == [
        ("", False, 0),
        ("ada", True, 1),
        ("bob", False, 0),
    ]
