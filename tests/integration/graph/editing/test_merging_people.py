"""A merge of people loses no event and no restriction, and is undone exactly."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from events.recording import Interaction, record
from graph.connection import Graph
from graph.editing.declared_states import state_of
from graph.editing.merging_people import PeopleMerge, merge_people, undo_people_merge
from graph.errors import MergeRefused, PersonMerged, PersonUnknown
from graph.importing.duplicates import duplicate_people
from graph.people.data_export import personal_document
from graph.people.declarations import (
    declare_allergies,
    declare_avoids,
    declare_diets,
    declare_preferences,
)
from graph.people.privacy import erase, erasure_id, erasures, personal_record
from graph.people.profiles import load_profile
from graph.people.sealing_profiles import DECLARED_STATES
from graph.safety_rule import Allergy
from graph.verdicts.gate import SAFETY_GATE
from tests.integration.graph.editing.refusals import refused
from tests.integration.graph.importing.support import Importer, dump
from tests.support.consents import set_consents
from tests.support.emptying import ask
from tests.support.random_graphs import random_world, write

DRINKS = """id,name,kind,abv,recipe_complete
gimlet,Gimlet,cocktail,20.5,true
cola,Cola,soda,0,true
"""
EVENTS = """event_id,user_id,drink_id,type,value,at
e1,card,gimlet,purchase,2,2026-03-01T12:00:00Z
e2,card,cola,like,,
e3,card,cola,save,,
e4,card,cola,view,,
same,card,cola,purchase,1,2026-03-02T12:00:00Z
same,ann,cola,purchase,1,2026-03-02T12:00:00Z
other,card,cola,view,,
other,ann,gimlet,rating,4,
e5,ann,gimlet,purchase,1,2026-03-03T12:00:00Z
"""
USERS = """id,allergies,avoids,diets,likes,dislikes,regulation
card,milk:mild:traces|egg:severe|fish-oil?,gin,vegan,,,eu-14
ann,milk:moderate|almond:mild:traces,lemon juice,,,,eu-14
"""
DIETS = """id,name,description,avoids,max_abv,max_caffeine_mg_per_100ml,source
vegan,Vegan,,dairy,,,test
"""
MOMENT = 1772366400000
TILL = Interaction("e9", "gimlet", "purchase", 1.0, MOMENT)


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    importer = Importer(graph, tmp_path)
    await importer.knowledge(diets=DIETS)
    await importer(drinks=DRINKS, users=USERS, interactions=EVENTS)
    return importer


async def merged(graph: Graph, user: str = "card", into: str = "ann") -> PeopleMerge:
    return await merge_people(graph, user, into, by="anna", note="two cards", apply=True)


async def undone(graph: Graph, merge: PeopleMerge) -> None:
    assert merge.change
    await undo_people_merge(graph, merge.change)


async def events(graph: Graph) -> set[tuple[str, str, str, str]]:
    rows = await ask(
        graph,
        "MATCH (u:User)-[e:PURCHASED|RATED|VIEWED|SAVED]->(d:Drink) "
        "RETURN e.eventId AS id, u.id AS who, e.type AS type, d.id AS drink",
        "read",
    )
    event_rows = [(row["id"], row["who"], row["type"], row["drink"]) for row in rows]
    assert len(event_rows) == len(set(event_rows)), "an event counts twice"
    return set(event_rows)


async def everything_but_versions(graph: Graph) -> Any:
    return await dump(graph, counters=False)


async def test_seeing_writes_nothing(graph: Graph, load: Importer) -> None:
    before = await dump(graph)
    seen = await merge_people(graph, "card", "ann", by="anna", apply=False)
    assert seen.change is None
    assert await dump(graph) == before
    done = await merged(graph)
    assert (seen.events, seen.apart, seen.news) == (done.events, done.apart, done.news)


async def test_every_event_moves_once_and_ids_of_both_stay_apart(
    graph: Graph, load: Importer
) -> None:
    before = await events(graph)
    merge = await merged(graph)
    assert (merge.events, merge.apart) == (4, ("other", "same"))
    kept = {event for event in before if event[1] == "ann" or event[0] in merge.apart}
    assert await events(graph) == kept | {(event[0], "ann", *event[2:]) for event in before - kept}


async def test_the_other_becomes_as_strict_as_both(graph: Graph, load: Importer) -> None:
    await declare_avoids(graph, "card", ["gin"], 5.0, None)
    await declare_avoids(graph, "ann", ["lemon-juice"], 9.0, 40.0)
    await merged(graph)
    ann = await load_profile(graph, "ann")
    assert ann.allergies == (
        Allergy("almond", "MILD", True),
        Allergy("egg", "SEVERE"),
        Allergy("milk", "MODERATE"),
    )
    assert set(ann.avoids) == {"gin", "lemon-juice"}
    assert ann.diets == ("vegan",)
    assert (ann.max_abv, ann.max_caffeine) == (5.0, 40.0)
    assert ann.unresolved == ("allergies: fish-oil?",)
    assert ann.regulation == "eu-14"


async def test_traces_are_refused_if_either_refuses_and_severity_not_stated_is_the_worst(
    graph: Graph, load: Importer
) -> None:
    accepting, refusing = Allergy("milk", "MILD", True), Allergy("milk", "MILD", False)
    await declare_allergies(graph, "x", [accepting, Allergy("egg", None)], "2026-01-01", None)
    await declare_allergies(graph, "y", [refusing, Allergy("egg", "MILD")], "2026-01-02", None)
    await merged(graph, "x", "y")
    y = await load_profile(graph, "y")
    assert y.allergies == (Allergy("egg", None), Allergy("milk", "MILD", False))
    assert y.allergies_declared_at == "2026-01-01"


@pytest.mark.parametrize(("card", "ann"), [(False, True), (True, False)])
async def test_who_has_declared_none_counts_as_declared_only_if_both_have(
    graph: Graph, load: Importer, card: bool, ann: bool
) -> None:
    for user, says in (("x", card), ("y", ann)):
        if says:
            await declare_allergies(graph, user, [], "2026-01-01", None)
        await record(graph, user, [TILL])
    merge = await merged(graph, "x", "y")
    assert not (await load_profile(graph, "y")).declared
    assert any("declared again" in sentence for sentence in merge.news) == ann
    await undone(graph, merge)
    assert (await load_profile(graph, "y")).declared == ann


async def test_likes_are_joined_and_consents_narrowed(graph: Graph, load: Importer) -> None:
    await declare_preferences(graph, "card", {"ingredient": ["gin", "cream"]}, {})
    await declare_preferences(graph, "ann", {}, {"ingredient": ["gin"]})
    await set_consents(graph, "card", personalisation=None, remembering=False)
    await set_consents(graph, "ann", personalisation=True, remembering=True)
    await ask(
        graph,
        "MATCH (u:User {id: 'ann'}) MATCH (d:Drink {id: 'cola'}) "
        "CREATE (u)-[:RECOMMENDED {at: 1793526000000}]->(d)",
    )
    await merged(graph)
    ann = await load_profile(graph, "ann")
    assert ([like.id for like in ann.likes], [dislike.id for dislike in ann.dislikes]) == (
        ["cream"],
        ["gin"],
    )
    assert (ann.personalisation, ann.remembering) == (True, False)
    document = personal_document(await personal_record(graph, "ann"))
    assert document["recommended"] == []


async def test_an_old_token_is_offered_no_more_than_before(graph: Graph, load: Importer) -> None:
    """The merged person keeps what they declared: nobody becomes one who was never asked."""
    before = await load_profile(graph, "card")
    await merged(graph)
    after = await load_profile(graph, "card")
    assert after.declared
    assert after.limits == before.limits
    assert after.history != before.history


async def test_an_old_token_declares_nothing_any_more(graph: Graph, load: Importer) -> None:
    await merged(graph)
    before = await dump(graph)
    for declaring in (
        declare_allergies(graph, "card", [], "2026-01-01", None),
        declare_avoids(graph, "card", [], None, None),
        declare_diets(graph, "card", []),
        declare_preferences(graph, "card", {}, {}),
        set_consents(graph, "card", personalisation=True, remembering=None),
    ):
        with pytest.raises(PersonMerged, match="Sign in to the other one"):
            await declaring
    assert await dump(graph) == before


async def test_undone_everything_is_as_before(graph: Graph, load: Importer) -> None:
    before = await everything_but_versions(graph)
    merge = await merged(graph)
    assert await everything_but_versions(graph) != before
    await undone(graph, merge)
    assert await everything_but_versions(graph) == before


async def test_merges_are_undone_one_after_the_other(graph: Graph, load: Importer) -> None:
    await load(interactions="event_id,user_id,drink_id,type,value,at\nb1,bob,cola,view,,\n")
    before = await everything_but_versions(graph)
    first = await merged(graph, "card", "ann")
    second = await merged(graph, "ann", "bob")
    async with refused(graph, MergeRefused, "has itself been merged into 'bob'"):
        await undone(graph, first)
    assert (await record(graph, "card", [TILL])).recorded == 1
    assert ("e9", "bob", "purchase", "gimlet") in await events(graph)
    await undone(graph, second)
    assert ("e9", "ann", "purchase", "gimlet") in await events(graph)
    await undone(graph, first)
    assert ("e9", "card", "purchase", "gimlet") in await events(graph)
    await ask(graph, "MATCH ()-[e:PURCHASED {eventId: 'e9'}]->() DELETE e")
    assert await everything_but_versions(graph) == before


async def test_what_a_till_still_sends_counts_for_the_other_once(
    graph: Graph, load: Importer
) -> None:
    await merged(graph)
    again = Interaction("e1", "gimlet", "purchase", 2.0, MOMENT)
    clash = Interaction("e5", "cola", "view", None, MOMENT)
    done = await record(graph, "card", [TILL, again, clash])
    assert (done.recorded, done.repeated, list(done.rejected)) == (1, 1, [2])
    assert ("e9", "ann", "purchase", "gimlet") in await events(graph)
    both = "n1,card,cola,view,,\nn1,ann,cola,view,,\nn2,card,cola,view,,\nn2,ann,gimlet,view,,\n"
    summary = await load(interactions=f"{EVENTS}{both}")
    assert summary.tables["interactions"].written == 2
    assert {event for event in await events(graph) if event[0] in ("n1", "n2")} == {
        ("n1", "ann", "view", "cola"),
        ("n2", "ann", "view", "cola"),
    }


async def test_news_in_a_merged_persons_row_leave_the_other_with_nothing_until_they_declare(
    graph: Graph, load: Importer
) -> None:
    await merged(graph)
    await load(users=USERS)
    assert (await load_profile(graph, "ann")).unresolved == ("allergies: fish-oil?",)
    news = USERS.replace("egg:severe", "egg:severe|tree-nuts")
    assert set((await load(users=news)).unclear_users) == {"ann", "card"}
    assert (await load(users=news)).unclear_users == ["card"]
    [_, text] = (await load_profile(graph, "ann")).unresolved
    assert text == "row: the row of 'card', which was merged, says something new"
    assert (await load_profile(graph, "card")).allergies == (
        Allergy("egg", "SEVERE"),
        Allergy("milk", "MILD", True),
    )
    await declare_allergies(graph, "ann", [Allergy("tree-nuts", "SEVERE")], "2026-05-01", "eu-14")
    assert not any(
        problem.startswith(("row", "allergies: fish"))
        for problem in (await load_profile(graph, "ann")).unresolved
    )


async def test_no_import_takes_back_what_came_with_a_merge(graph: Graph, load: Importer) -> None:
    await merged(graph)
    await load(users=USERS.replace("milk:moderate|almond:mild:traces", "none"))
    ann = await load_profile(graph, "ann")
    assert {"egg", "milk"} <= {allergy.allergen for allergy in ann.allergies}
    assert ann.unresolved == ("allergies: fish-oil?",)


async def test_what_was_declared_since_forbids_undoing(graph: Graph, load: Importer) -> None:
    merge = await merged(graph)
    await declare_allergies(graph, "ann", [Allergy("tree-nuts", "SEVERE")], "2026-05-01", "eu-14")
    async with refused(graph, MergeRefused, "declared something else since"):
        await undone(graph, merge)


async def test_what_cannot_be_merged_is_refused(graph: Graph, load: Importer) -> None:
    await merged(graph)
    await declare_allergies(graph, "us", [], "2026-01-01", "us-9")
    cases: list[tuple[str, str, type[Exception], str]] = [
        ("ann", "ann", MergeRefused, "into itself"),
        ("card", "us", PersonMerged, "already been merged into 'ann'"),
        ("us", "card", PersonMerged, "Name 'ann'"),
        ("nobody", "ann", PersonUnknown, "no person 'nobody'"),
        ("ann", "nobody", PersonUnknown, "no person 'nobody'"),
        ("us", "ann", MergeRefused, "different laws: eu-14, us-9"),
    ]
    for user, into, error, words in cases:
        async with refused(graph, error, words):
            await merged(graph, user, into)
    async with refused(graph, MergeRefused, "no merge 'people-0'"):
        await undo_people_merge(graph, "people-0")


async def test_erasing_the_other_erases_who_was_merged_too(graph: Graph, load: Importer) -> None:
    await merged(graph)
    await record(graph, "card", [TILL])
    done = await erase(graph, "ann")
    assert done.people == ("ann", "card")
    assert await events(graph) == set()
    left = await ask(graph, "MATCH (u:User) RETURN u.id AS id ORDER BY id", "read")
    assert not {"ann", "card"} & {row["id"] for row in left}
    assert {erasure_id("ann"), erasure_id("card")} <= {
        erased for erased, _ in await erasures(graph, 0)
    }


async def test_erasing_who_was_merged_leaves_no_trace_of_them(graph: Graph, load: Importer) -> None:
    merge = await merged(graph)
    await record(graph, "card", [TILL])
    strict = (await load_profile(graph, "ann")).limits
    await erase(graph, "card")
    assert {event[0] for event in await events(graph)} == {"same", "other", "e5"}
    assert (await load_profile(graph, "ann")).limits == strict
    assert "card" not in str(await dump(graph))
    with pytest.raises(MergeRefused, match="no merge"):
        await undone(graph, merge)


async def test_the_merge_is_in_the_data_of_both_and_tells_an_old_token_nothing_more(
    graph: Graph, load: Importer
) -> None:
    merge = await merged(graph)
    ann = personal_document(await personal_record(graph, "ann"))
    [told] = ann["merges"]
    assert (told["direction"], told["to"]["id"]) == ("in", "card")
    assert (told["properties"]["id"], told["properties"]["by"]) == (merge.change, "anna")
    assert "almond" in told["properties"]["undo"]
    [other] = ann["merged"]
    assert {allergy["to"]["id"] for allergy in other["declarations"]["allergies"]} == {
        "egg",
        "milk",
    }
    card = personal_document(await personal_record(graph, "card"))
    assert "almond" not in str(card) and "undo" not in str(card)


async def test_merging_and_recording_at_once_lose_nothing(graph: Graph, load: Importer) -> None:
    sent = [Interaction(f"t{n}", "gimlet", "purchase", 1.0, MOMENT + n) for n in range(12)]
    await asyncio.gather(
        merged(graph), *(record(graph, "card", [event_sent]) for event_sent in sent)
    )
    owners = {(id_, who) for id_, who, *_ in await events(graph)}
    assert {(event_sent.event_id, "ann") for event_sent in sent} <= owners


async def test_merged_people_are_no_duplicates_any_more(graph: Graph, load: Importer) -> None:
    await record(graph, "Ann", [TILL])
    assert ("Ann", "ann") in {(pair.one, pair.other) for pair in await duplicate_people(graph)}
    await merged(graph, "Ann", "ann")
    assert ("Ann", "ann") not in {(pair.one, pair.other) for pair in await duplicate_people(graph)}


@pytest.mark.parametrize("seed", range(10))
async def test_nobody_is_offered_more_than_both_were(graph: Graph, seed: int) -> None:
    """On random worlds: the gate for the one who stays, against the gate for both before."""
    world = random_world(seed)
    await write(world, graph)
    if len(world.people) < 2:
        return
    user, into = random.Random(seed).sample(sorted(world.people), 2)
    drinks = world.ids("drink")

    async def safe(user_id: str) -> set[str]:
        rows = await graph.run(SAFETY_GATE, asks=[{"userId": user_id, "drinks": drinks}])
        return {row["drinkId"] for row in rows if row["safe"]}

    async def state(user_id: str) -> object:
        return state_of(graph.sealing, (await graph.run(DECLARED_STATES, ids=[user_id]))[0])

    before, own = await safe(user) & await safe(into), await safe(user)
    said = await state(user), await state(into)
    merge = await merged(graph, user, into)
    assert await safe(into) <= before
    assert await safe(user) == own
    await undone(graph, merge)
    assert (await state(user), await state(into)) == said
