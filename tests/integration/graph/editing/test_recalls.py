"""A recall is seen before it is applied, counts what it is about, and can be withdrawn."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import networkx as nx
import pytest

from graph.catalogue.history import safety_history
from graph.connection import Graph
from graph.editing.recalls import AffectedPeople, Effect, Recall, recall
from graph.errors import ChangeRefused
from graph.safety_rule import SafetyRule
from graph.vocabulary import EvidenceStatus
from tests.integration.graph.importing.support import OPERATOR, Importer, dump
from tests.support.api import PATHS, Api
from tests.support.emptying import ask
from tests.support.random_graphs import random_world, write

EVENTS = """event_id,user_id,drink_id,type,value,at
e1,ann,gimlet,purchase,1,2026-03-01T12:00:00Z
e2,ann,cream-gin,save,,2026-03-01T12:00:00Z
e3,ben,gimlet,view,,
e4,cat,mystery,purchase,1,2026-03-01T12:00:00Z
e5,dan,gimlet,save,,
"""
PEOPLE = """id,allergies
ann,tree-nuts:SEVERE
ben,almond:MILD:traces
cat,almond:MILD:traces
dan,milk
eve,almond
"""


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    importer = Importer(graph, tmp_path)
    await importer.knowledge()
    await importer(**OPERATOR | {"users": PEOPLE, "interactions": EVENTS})
    return importer


def about(
    subject: str = "gin",
    allergen: str = "almond",
    presence: EvidenceStatus | None = EvidenceStatus.CONTAINS,
    source: str = "notice 12",
) -> Recall:
    return Recall("ingredient", subject, allergen, presence, source, "2026-11-20")


async def applied(graph: Graph, what: Recall, note: str | None = None) -> Effect:
    return await recall(graph, what, by="ben", note=note, apply=True)


async def seen(graph: Graph, what: Recall) -> Effect:
    return await recall(graph, what, by="ben", apply=False)


async def test_seeing_writes_nothing(graph: Graph, load: Importer) -> None:
    before = await dump(graph)
    effect = await seen(graph, about())
    assert effect.version is None
    assert await dump(graph) == before


async def test_the_effect_is_counted_in_drinks_and_people(graph: Graph, load: Importer) -> None:
    effect = await seen(graph, about())
    assert [(drink.id, drink.before, drink.after) for drink in effect.drinks] == [
        ("cream-gin", "ABSENT", "CONTAINS"),
        ("gimlet", "ABSENT", "CONTAINS"),
        ("mystery", "UNKNOWN", "CONTAINS"),
    ]
    assert effect.changes == {("ABSENT", "CONTAINS"): 2, ("UNKNOWN", "CONTAINS"): 1}
    # all but dan are allergic to almond or its group; ann and cat had one, cat accepts traces
    assert effect.people == AffectedPeople(allergic=4, had=2, accept_traces=1, simulated=0)
    assert (effect.subject, effect.allergen) == ("Gin", "Almond")


async def test_who_was_recommended_a_drink_had_it(graph: Graph, load: Importer) -> None:
    await ask(
        graph,
        "MATCH (u:User {id: 'eve'}) MATCH (d:Drink {id: 'gimlet'}) "
        "CREATE (u)-[:RECOMMENDED {at: 1793526000000}]->(d)",
    )
    assert (await seen(graph, about())).people.had == 3


async def test_what_is_made_of_it_is_affected_too(graph: Graph, load: Importer) -> None:
    effect = await seen(graph, about("dairy"))
    assert [drink.id for drink in effect.drinks] == ["cream-gin"]


async def test_a_drink_itself_can_be_recalled(graph: Graph, load: Importer) -> None:
    what = Recall("drink", "gimlet", "almond", "may_contain", "notice 12", "2026-11-20")
    effect = await applied(graph, what)
    assert [(drink.id, drink.after) for drink in effect.drinks] == [("gimlet", "MAY_CONTAIN")]
    assert effect.people.had == 1
    change = (await safety_history(graph, "gimlet"))[0]
    assert (change.subject_type, change.subject_id) == ("drink", "gimlet")


async def test_applying_does_what_was_seen_and_is_recorded(graph: Graph, load: Importer) -> None:
    before = await seen(graph, about())
    effect = await applied(graph, about(), "two lots")
    assert (effect.drinks, effect.people) == (before.drinks, before.people)
    change, *older = await safety_history(graph, "gimlet")
    assert (change.kind, change.by, change.source) == ("RECALL", "ben", "notice 12")
    assert (change.note, change.version) == ("two lots", effect.version)
    assert change.added == ("HAS_ALLERGEN almond | notice 12 | 2026-11-20",)
    assert change.removed == ()
    assert all(change.kind == "IMPORT" for change in older)


async def test_a_withdrawal_takes_back_only_what_the_recall_said(
    graph: Graph, load: Importer
) -> None:
    statement = "subject_type,subject,allergen,status,source,observed_at\n"
    await load(
        allergen_evidence=f"{statement}ingredient,gin,almond,may_contain,a label,2026-01-01\n"
    )
    await applied(graph, about())
    effect = await applied(graph, about(presence=None), "wrong lot")
    assert effect.changes == {("CONTAINS", "MAY_CONTAIN"): 3}
    change = (await safety_history(graph, "gimlet"))[0]
    assert (change.kind, change.note) == ("WITHDRAWAL", "wrong lot")
    assert change.removed == ("HAS_ALLERGEN almond | notice 12 | 2026-11-20",)
    with pytest.raises(ChangeRefused, match="No recall by the source 'notice 12'"):
        await applied(graph, about(presence=None))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (about("nothing"), "no ingredient 'nothing'"),
        (about(allergen="dust"), "no allergen 'dust'"),
        (Recall("drink", "gin", "milk", "contains", "x", "2026-01-01"), "no drink 'gin'"),
        (about("dairy", "milk", "contains", "Annex II"), "already says at least"),
        (about("dairy", "milk", "may_contain", "Annex II"), "already says at least"),
        (
            about("dairy", "egg", "contains", "bar"),
            "already has a statement about 'egg' in 'dairy'",
        ),
        (about("dairy", "milk", None, "Annex II"), "No recall by the source 'Annex II'"),
        (about("gin", "milk", None, "nobody"), "No recall by the source 'nobody'"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    graph: Graph, load: Importer, what: Recall, message: str
) -> None:
    statement = "subject_type,subject,allergen,status,source,observed_at\n"
    await load(allergen_evidence=f"{statement}ingredient,dairy,egg,may_contain,bar,2026-01-01\n")
    before = await dump(graph)
    for apply in (False, True):
        with pytest.raises(ChangeRefused, match=message):
            await recall(graph, what, by="ben", apply=apply)
    assert await dump(graph) == before


async def test_a_recall_may_become_stronger_and_not_weaker(graph: Graph, load: Importer) -> None:
    await applied(graph, about(presence=EvidenceStatus.MAY_CONTAIN))
    await applied(graph, about())
    with pytest.raises(ChangeRefused, match="already says at least"):
        await applied(graph, about(presence=EvidenceStatus.MAY_CONTAIN))
    assert (await seen(graph, about(presence=None))).changes[("CONTAINS", "ABSENT")] == 2


async def test_two_recalls_at_once_are_both_there(graph: Graph, load: Importer) -> None:
    sources = [f"notice {number}" for number in range(6)]
    effects = await asyncio.gather(*(applied(graph, about(source=source)) for source in sources))
    assert len({effect.version for effect in effects}) == 6
    changes = [
        change for change in await safety_history(graph, "gimlet") if change.kind == "RECALL"
    ]
    assert sorted(change.source or "" for change in changes) == sources
    assert all(len(change.added) == 1 and not change.removed for change in changes)
    assert changes[0].after[:6] == tuple(
        f"HAS_ALLERGEN almond | {source} | 2026-11-20" for source in sources
    )


async def test_a_running_server_refuses_the_drinks_at_the_very_next_request(
    graph: Graph, load: Importer
) -> None:
    api = Api(graph)
    await api.start()
    path = PATHS["recommendations"]
    before = await api.ask(path, "eve", first=10)
    assert {item["drink"]["id"] for item in before["items"]} == {"gimlet", "cream-gin"}
    await applied(graph, about("cream"))
    after = await api.ask(path, "eve", first=10)
    assert {item["drink"]["id"] for item in after["items"]} == {"gimlet"}
    await applied(graph, about())
    assert (await api.ask(path, "eve", first=10))["items"] == []
    await api.settle()


@pytest.mark.parametrize("seed", range(8))
async def test_verdicts_are_those_of_the_rule(graph: Graph, seed: int) -> None:
    """On random worlds, with cycles: before and after, for the drinks below the ingredient."""
    world = random_world(seed)
    await write(world, graph)
    draw = random.Random(seed)
    for _ in range(6):
        subject = draw.choice(world.ids("ingredient"))
        allergen = draw.choice(world.ids("allergen"))
        presence = draw.choice((EvidenceStatus.CONTAINS, EvidenceStatus.MAY_CONTAIN))
        effect = await seen(graph, about(subject, allergen, presence))
        rule = SafetyRule(world.graph)
        node = ("ingredient", subject)
        below = [drink for drink in world.ids("drink") if node in rule.parts(drink)]
        after = nx.MultiDiGraph(world.graph)
        kind = "HAS_ALLERGEN" if presence is EvidenceStatus.CONTAINS else "MAY_CONTAIN"
        after.add_edge(node, ("allergen", allergen), type=kind, source="x", observed_at="y")
        changed = SafetyRule(after)
        assert [(drink.id, drink.before, drink.after) for drink in effect.drinks] == [
            (drink, rule.verdict(drink, allergen).value, changed.verdict(drink, allergen).value)
            for drink in below
        ]
