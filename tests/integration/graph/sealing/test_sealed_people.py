"""People whose profiles are sealed: nothing in the clear, nothing unchecked, nothing lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.address import Address
from graph.connection import Graph, connect
from graph.editing.merging_people import merge_people, undo_people_merge
from graph.editing.recalls import Recall, recall
from graph.errors import GraphRefused, ProfileSealed
from graph.people.declarations import declare_allergies, declare_avoids, declare_diets
from graph.people.privacy import erase, personal_record
from graph.people.profiles import Profile, load_limits_of_allergic, load_profile
from graph.people.sealing_profiles import seal_merges, seal_some
from graph.safety_gate import SAFETY_GATE
from graph.safety_rule import Allergy
from graph.schema import apply_schema
from graph.sealing.sealing import Sealing
from graph.verdicts.confirmed_gate import ConfirmedGate
from graph.verdicts.gate import DECLARATIONS, RecipeChange, ask_changes, ask_gate
from graph.verdicts.gate_batches import GateBatches
from graph.verdicts.obstacles import find_obstacles
from graph.vocabulary import EvidenceStatus
from service.metrics import ServiceMetrics
from tests.integration.graph.importing.support import Importer
from tests.support.emptying import ask, empty

NOW = "2026-11-21T08:00:00+00:00"
DRINKS = """id,name,recipe_complete,abv
flat-white,Flat white,true,0
negroni,Negroni,true,24
water,Water,true,0
"""
RECIPES = """drink_id,ingredient
flat-white,heavy cream
negroni,gin
water,lemon juice
"""
USERS = """id,allergies,avoids,diets,regulation
ann,milk:severe,gin,,eu-14
ben,zorblatt-root?,,,
cara,none,,,
dora,,,,
"""
EVERYTHING = ["flat-white", "negroni", "water"]
DECLARED = "MATCH (user:User)-[link:ALLERGIC_TO|AVOIDS|FOLLOWS]->() RETURN count(link) AS links"
IN_THE_CLEAR = """
MATCH (user:User)
WHERE user.allergiesDeclaredAt IS NOT NULL OR user.regulation IS NOT NULL OR user.maxAbv IS NOT NULL
   OR user.maxCaffeineMgPer100ml IS NOT NULL
   OR any(text IN coalesce(user.unresolved, []) WHERE text <> 'sealed')
RETURN collect(user.id) AS ids
"""


@pytest.fixture
async def clear(address: Address) -> AsyncIterator[Graph]:
    """The same graph, for a process without keys, which seals nothing."""
    async with connect(address, deadline=30.0) as graph:
        yield graph


@pytest.fixture
async def graph(address: Address, sealing: Sealing) -> AsyncIterator[Graph]:
    """A graph whose people are sealed."""
    async with connect(address, deadline=30.0, sealing=sealing) as graph:
        await apply_schema(graph)
        await empty(graph)
        yield graph


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    importer = Importer(graph, tmp_path)
    await importer.knowledge()
    await importer(drinks=DRINKS, recipes=RECIPES, users=USERS)
    return importer


async def nothing_in_the_clear(graph: Graph) -> bool:
    [links], [people] = await ask(graph, DECLARED), await ask(graph, IN_THE_CLEAR)
    return links["links"] == 0 and not people["ids"]


async def offered(graph: Graph, user: str) -> set[str]:
    """The drinks that are safe for a person, the same by each way to the gate."""
    gate = ConfirmedGate(graph, 1_000, ServiceMetrics())
    try:
        ways = [
            await ask_gate(graph, user, EVERYTHING),
            (await GateBatches(graph).ask([user], EVERYTHING))[0],
            (await gate.ask([user], EVERYTHING))[0],
            (await gate.ask([user], EVERYTHING))[0],
        ]
    finally:
        await gate.close()
    said = [{id_ for id_, answer in answers.items() if answer.safe} for answers in ways]
    assert said == said[:1] * len(said)
    versions = {answer.profile_version for answers in ways for answer in answers.values()}
    assert versions == {(await load_profile(graph, user)).version}
    return said[0]


async def test_what_an_import_brings_is_sealed_and_checked(graph: Graph, load: Importer) -> None:
    assert await nothing_in_the_clear(graph)
    ann = await load_profile(graph, "ann")
    assert ann.allergies == (Allergy("milk", "SEVERE", False),)
    assert (ann.avoids, ann.regulation, ann.unresolved) == (("gin",), "eu-14", ())
    assert (await load_profile(graph, "ben")).unresolved == ("allergies: zorblatt-root?",)
    assert (await load_profile(graph, "cara")).declared
    assert not (await load_profile(graph, "dora")).declared
    assert await offered(graph, "ann") == {"water"}
    assert await offered(graph, "ben") == set()
    assert await offered(graph, "cara") == await offered(graph, "dora") == set(EVERYTHING)
    statuses = [(await ask_gate(graph, who, ["water"]))["water"].status for who in ("cara", "dora")]
    assert statuses == ["SAFE", "NOT_CHECKED"]


async def test_the_same_rows_again_change_nothing_and_new_ones_leave_what_is_ones_own(
    graph: Graph, load: Importer
) -> None:
    before = await load_profile(graph, "ann")
    await load(users=USERS)
    assert await same(graph, before)
    await declare_allergies(graph, "ann", [Allergy("almond", "MILD", True)], NOW, None)
    await load(users=USERS.replace("milk:severe", "milk:mild|almond"))
    ann = await load_profile(graph, "ann")
    assert ann.allergies == (Allergy("almond", "MILD", True), Allergy("milk", "MILD", False))
    assert await nothing_in_the_clear(graph)


async def same(graph: Graph, before: Profile) -> bool:
    now = await load_profile(graph, before.user_id)
    return (now.version, now.limits, now.declared) == (
        before.version,
        before.limits,
        before.declared,
    )


async def test_what_people_declare_is_sealed_and_acts_at_once(graph: Graph, load: Importer) -> None:
    assert await declare_allergies(graph, "dora", [Allergy("milk", "SEVERE", False)], NOW, "eu-14")
    assert await offered(graph, "dora") == {"negroni", "water"}
    assert await declare_avoids(graph, "dora", ["gin"], 5.0, None) == 1
    assert await offered(graph, "dora") == {"water"}
    assert await declare_diets(graph, "dora", []) == 0
    assert await declare_allergies(graph, "dora", [], NOW, None) == 0
    assert await offered(graph, "dora") == {"flat-white", "water"}
    with pytest.raises(GraphRefused, match="1 of the 2 ingredients"):
        await declare_avoids(graph, "dora", ["gin", "gone"], None, None)
    dora = await load_profile(graph, "dora")
    assert (dora.avoids, dora.max_abv, dora.declared) == (("gin",), 5.0, True)
    assert await declare_allergies(graph, "ben", [], NOW, None) == 0
    assert (await load_profile(graph, "ben")).unresolved == ()
    assert await nothing_in_the_clear(graph)


async def test_a_process_without_keys_offers_nothing_and_changes_nothing(
    clear: Graph, load: Importer
) -> None:
    gate = ConfirmedGate(clear, 1_000, ServiceMetrics())
    for asked in (
        ask_gate(clear, "ann", EVERYTHING),
        ask_changes(clear, "ann", "flat-white", [RecipeChange((), ("gin",))]),
        GateBatches(clear).ask(["ann"], EVERYTHING),
        gate.ask(["ann"], EVERYTHING),
        load_profile(clear, "ann"),
        load_limits_of_allergic(clear, 1, 10),
        personal_record(clear, "ann"),
        declare_allergies(clear, "ann", [], NOW, None),
        declare_diets(clear, "ann", []),
        merge_people(clear, "dora", "ann", by="anna", apply=True),
    ):
        with pytest.raises(ProfileSealed):
            await asked
    await gate.close()


async def test_a_recall_waits_for_no_key_and_counts_whoever_it_cannot_open(
    graph: Graph, clear: Graph, load: Importer
) -> None:
    what = Recall("ingredient", "gin", "milk", EvidenceStatus.CONTAINS, "notice 12", "2026-11-20")
    counted = [(await recall(each, what, by="anna", apply=False)).people for each in (graph, clear)]
    assert [people.allergic for people in counted] == [1, 3]  # ann; and ben and cara beside her


SABOTAGE = {
    "changed": "SET user.sealed = [text IN user.sealed | 'AAAA' + substring(text, 4)]",
    "cut": "SET user.sealed = user.sealed[1..]",
    "gone": "SET user.sealed = null",
    "of another": "WITH user MATCH (other:User {id: 'cara'}) SET user.sealed = other.sealed",
    "turned": "SET user.sealed = [user.sealed[1], user.sealed[0]] + user.sealed[2..]",
    "understood": "SET user.unresolved = [], user.sealed = user.sealed[1..]",
}


@pytest.mark.parametrize("how", SABOTAGE)
async def test_what_somebody_did_to_it_is_found_and_nothing_is_offered(
    graph: Graph, load: Importer, how: str
) -> None:
    await ask(graph, f"MATCH (user:User {{id: 'ann'}}) {SABOTAGE[how]} RETURN 1 AS one")
    gate = ConfirmedGate(graph, 1_000, ServiceMetrics())
    for asked in (
        ask_gate(graph, "ann", EVERYTHING),
        gate.ask(["cara", "ann"], EVERYTHING),
        load_profile(graph, "ann"),
        declare_diets(graph, "ann", []),
    ):
        with pytest.raises(ProfileSealed):
            await asked
    assert (await gate.ask(["cara"], EVERYTHING))[0]["water"].safe
    await gate.close()


@pytest.mark.parametrize(
    "guard", ["user.unresolved = []", "user.sealed = null", "user.version = 9"]
)
async def test_by_id_the_graph_itself_says_that_nothing_is_safe(
    graph: Graph, load: Importer, guard: str
) -> None:
    """Whoever forgets to open a profile, or is older than sealing, offers nothing: twice over."""
    await ask(graph, f"MATCH (user:User {{id: 'cara'}}) SET {guard} RETURN 1 AS one")
    asks = [{"userId": "cara", "drinks": EVERYTHING}]
    rows = await graph.run(SAFETY_GATE, asks=asks)
    assert len(rows) == 3 and not any(row["safe"] for row in rows)
    [row] = await graph.run(DECLARATIONS, userIds=["cara"])
    assert row["understood"] is False


async def test_what_is_in_the_clear_beside_it_counts_too(graph: Graph, load: Importer) -> None:
    """A process of an older version wrote, or somebody by hand."""
    await ask(
        graph,
        "MATCH (user:User {id: 'cara'}) MATCH (milk:Allergen {id: 'milk'}) "
        "CREATE (user)-[:ALLERGIC_TO {severity: 'SEVERE'}]->(milk) SET user.maxAbv = 5.0 "
        "RETURN 1 AS one",
    )
    assert await offered(graph, "cara") == {"water"}
    await declare_diets(graph, "cara", [])
    assert await nothing_in_the_clear(graph)
    assert await offered(graph, "cara") == {"water"}


async def test_why_not_says_what_is_sealed(graph: Graph, load: Importer) -> None:
    answers = await ask_gate(graph, "ann", EVERYTHING)
    milk = await find_obstacles(graph, "ann", answers["flat-white"])
    assert ("CONTAINS", "milk") in {(each.kind, each.stated) for each in milk.obstacles}
    gin = await find_obstacles(graph, "ann", answers["negroni"])
    assert ("AVOIDED", "gin") in {(each.kind, each.stated) for each in gin.obstacles}
    water = (await ask_gate(graph, "ben", ["water"]))["water"]
    [ben] = (await find_obstacles(graph, "ben", water)).obstacles
    assert (ben.kind, ben.detail) == ("UNRESOLVED", "allergies: zorblatt-root?; ")


async def test_a_merge_and_its_undoing_stay_sealed(graph: Graph, load: Importer) -> None:
    before = {who: await load_profile(graph, who) for who in ("ann", "cara")}
    merge = await merge_people(graph, "ann", "cara", by="anna", apply=True)
    assert "allergic to: milk (SEVERE)" in merge.news
    assert await offered(graph, "cara") == {"water"}
    [undo] = await ask(graph, "MATCH ()-[merge:MERGED_INTO]->() RETURN merge.undo AS undo")
    assert undo["undo"].startswith("sealed:")
    assert await nothing_in_the_clear(graph)
    links = (await personal_record(graph, "cara")).links
    [link] = [each for each in links if each.type == "MERGED_INTO"]
    assert "allergies" in link.properties["undo"]
    await undo_people_merge(graph, merge.change or "")
    for who, profile in before.items():
        now = await load_profile(graph, who)
        assert replace(now, version=0).limits == profile.limits and now.declared
    assert await nothing_in_the_clear(graph)


async def test_what_was_in_the_clear_is_sealed_in_parts_and_counts_as_before(
    clear: Graph, graph: Graph, sealing: Sealing, tmp_path: Path
) -> None:
    importer = Importer(clear, tmp_path)
    await importer.knowledge()
    await importer(drinks=DRINKS, recipes=RECIPES, users=USERS)
    before = {who: await load_profile(clear, who) for who in ("ann", "ben", "cara", "dora")}
    assert await offered(clear, "ann") == {"water"}
    merge = await merge_people(clear, "ben", "dora", by="anna", apply=True)
    sealed, last = await seal_some(graph, sealing, "")
    assert (sealed, last) == (4, "dora")
    assert (await seal_merges(graph, sealing), await seal_merges(graph, sealing)) == (1, 0)
    await undo_people_merge(graph, merge.change or "")
    assert await seal_some(graph, sealing, last or "") == (0, None)
    assert await seal_some(graph, sealing, "") == (0, None)
    assert await nothing_in_the_clear(graph)
    for who, profile in before.items():
        now = await load_profile(graph, who)
        assert (now.limits, now.declared, now.unresolved) == (
            profile.limits,
            profile.declared,
            profile.unresolved,
        )
    marks = await ask(graph, "MATCH (user:User) RETURN user.id AS id, user.fingerprint AS mark")
    sealed_marks = {row["id"] for row in marks if row["mark"].startswith("sealed:")}
    assert sealed_marks >= {"ann", "ben", "cara"}
    again = Importer(graph, tmp_path)
    assert (await again(users=USERS)).table("users").written == 0


async def test_erasing_somebody_makes_copies_of_the_graph_unreadable(
    graph: Graph, load: Importer, sealing: Sealing
) -> None:
    copy: dict[str, Any] = {}
    for row in await ask(graph, "MATCH (user:User) RETURN user.id AS id, user.sealed AS sealed"):
        copy[row["id"]] = row["sealed"]
    assert sealing.open("ann", copy["ann"])["limits"] == [None, None]
    await erase(graph, "ann")
    with pytest.raises(ProfileSealed, match="not in the store of keys"):
        sealing.open("ann", copy["ann"])
    await ask(
        graph,
        "CREATE (:User {id: 'ann', version: 1, sealed: $sealed, unresolved: ['sealed']}) "
        "RETURN 1 AS one",
        sealed=copy["ann"],
    )
    with pytest.raises(ProfileSealed):
        await load_profile(graph, "ann")
    await erase(graph, "ann")
    await declare_allergies(graph, "ann", [Allergy("milk", "SEVERE", False)], NOW, None)
    assert await offered(graph, "ann") == {"negroni", "water"}
    assert await offered(graph, "cara") == set(EVERYTHING)


async def test_what_somebody_is_handed_out_is_open(graph: Graph, load: Importer) -> None:
    record = await personal_record(graph, "ann")
    said = {(link.type, link.other_id) for link in record.links}
    assert {("ALLERGIC_TO", "milk"), ("AVOIDS", "gin")} <= said
    assert record.properties and record.properties["regulation"] == "eu-14"
    assert "sealed" not in record.properties
    assert not record.properties["fingerprint"].startswith("sealed:")
