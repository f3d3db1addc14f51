"""A merge of drinks loses no warning and no event, and is undone exactly."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from events.recording import Interaction, record
from graph.catalogue.entities import load_catalogue
from graph.catalogue.history import safety_history
from graph.connection import Address, Graph, connect
from graph.editing.drafts import Draft
from graph.editing.drinks import retire_drink, update_drink
from graph.editing.merging_drinks import DrinkMerge, merge_drinks
from graph.editing.recalls import Recall, recall
from graph.editing.unmerging_drinks import undo_drink_merge
from graph.errors import DrinkMerged, DrinkUnknown, MergeRefused
from graph.importing.duplicates import duplicate_drinks, duplicate_people
from graph.importing.files.rows import DrinkRow
from graph.people import interactions
from graph.people.late_events import move_late_events
from graph.safety_rule import SafetyRule, Verdict
from graph.verdicts.allergens import ALLERGEN_VERDICTS
from graph.verdicts.gate import SAFETY_GATE
from tests.integration.graph.editing.refusals import refused
from tests.integration.graph.importing.support import OPERATOR, Importer, dump, links
from tests.support.emptying import ask
from tests.support.random_graphs import random_world, write

TODAY = date(2026, 11, 29)
DRINKS = """id,name,kind,producer,abv,recipe_complete
gimlet,Gimlet,cocktail,House bar,20.5,true
gimlet-2,Gimlet,cocktail,House bar,21.5,true
milk-gimlet,GIMLET ,cocktail,,20.5,true
stub,Gimlet,cocktail,,20.5,
"""
RECIPES = """drink_id,ingredient,amount,unit,optional
gimlet,gin,50,ml,false
gimlet,Fresh Lemon Juice,20,ml,false
gimlet-2,gin,50,ml,false
gimlet-2,lemon juice,20,ml,false
milk-gimlet,gin,50,ml,false
milk-gimlet,cream,20,ml,false
"""
EVIDENCE = """subject_type,subject,allergen,status,source,observed_at
drink,gimlet,egg,absent,House bar,2026-02-01
drink,gimlet,milk,absent,House bar,2026-02-01
drink,gimlet-2,egg,absent,Maker,2026-02-01
drink,gimlet-2,almond,may_contain,Maker,2026-02-01
"""
EVENTS = """event_id,user_id,drink_id,type,value,at
e1,ann,gimlet-2,purchase,2,2026-03-01T12:00:00Z
e2,ann,gimlet,purchase,1,2026-03-02T12:00:00Z
e3,ann,gimlet-2,like,,
e4,ben,gimlet-2,save,,
e5,ben,gimlet-2,view,,
e6,ben,gimlet,rating,4,
"""
TILL = Interaction("e9", "gimlet-2", "purchase", 1.0, 1772366400000)


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    importer = Importer(graph, tmp_path)
    await importer.knowledge()
    await importer(
        drinks=DRINKS,
        recipes=RECIPES,
        allergen_evidence=EVIDENCE,
        users=OPERATOR["users"],
        interactions=EVENTS,
    )
    await ask(
        graph,
        "MATCH (u:User {id: 'ann'}) MATCH (d:Drink {id: 'gimlet-2'}) "
        "CREATE (u)-[:RECOMMENDED {at: 1793526000000}]->(d)",
    )
    return importer


async def merged(graph: Graph, drink: str = "gimlet-2", into: str = "gimlet") -> DrinkMerge:
    return await merge_drinks(graph, drink, into, TODAY, by="anna", note="twice", apply=True)


async def undone(graph: Graph, merge: DrinkMerge) -> None:
    assert merge.change
    await undo_drink_merge(graph, merge.change, by="anna")


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


async def verdicts(graph: Graph, drink: str) -> dict[str, str]:
    """What the graph says of every allergen in a drink."""
    seen = await graph.run_together(
        [(ALLERGEN_VERDICTS, {"drinkIds": [drink], "allergenIds": ALLERGENS})]
    )
    return {verdict["allergen"]: verdict["verdict"] for verdict in seen[0][0]["verdicts"]}


ALLERGENS = ["milk", "egg", "tree-nuts", "almond"]


async def test_seeing_writes_nothing(graph: Graph, load: Importer) -> None:
    before = await dump(graph)
    seen = await merge_drinks(graph, "gimlet-2", "gimlet", TODAY, by="anna", apply=False)
    assert (seen.change, seen.version) == (None, None)
    assert await dump(graph) == before
    done = await merged(graph)
    assert dataclasses.replace(done, change=None, version=None) == seen


async def test_every_event_moves_once_with_its_id(graph: Graph, load: Importer) -> None:
    before = await events(graph)
    merge = await merged(graph)
    assert merge.events == 4
    assert await events(graph) == {(*event[:3], "gimlet") for event in before}
    assert await links(graph, "RECOMMENDED") == {("ann", "gimlet")}


async def test_presence_and_traces_come_along_and_absence_does_not(
    graph: Graph, load: Importer
) -> None:
    assert (await verdicts(graph, "gimlet"))["almond"] == "ABSENT"
    merge = await merged(graph)
    said = await ask(
        graph,
        "MATCH (:Drink {id: 'gimlet'})-[e:MAY_CONTAIN|HAS_ALLERGEN|FREE_FROM]->(a:Allergen) "
        "RETURN type(e) AS type, a.id AS allergen, e.source AS source",
        "read",
    )
    assert {tuple(row.values()) for row in said} == {
        ("MAY_CONTAIN", "almond", "merged from gimlet-2"),
        ("FREE_FROM", "egg", "House bar"),
        ("FREE_FROM", "milk", "House bar"),
    }
    assert [(verdict.allergen, verdict.after) for verdict in merge.verdicts] == [
        ("almond", "MAY_CONTAIN"),
        ("tree-nuts", "MAY_CONTAIN"),
    ]
    catalogue = await load_catalogue(graph)
    kept = catalogue.drinks[catalogue.row_of["gimlet"]]
    assert kept.abv == 21.5
    assert catalogue.drinks[catalogue.row_of["gimlet-2"]].available_until == "2026-11-28"


async def test_parts_come_along_so_that_who_avoids_one_is_not_offered_it(
    graph: Graph, load: Importer
) -> None:
    merge = await merged(graph, "milk-gimlet")
    assert merge.parts == ("cream",)
    assert merge.void == ("egg", "milk")
    assert (await verdicts(graph, "gimlet"))["milk"] == "CONTAINS"
    # and stays if the recipe is written again
    await load(recipes=RECIPES.replace("gimlet,gin,50", "gimlet,gin,60"))
    assert ("gimlet", "cream") not in await links(graph, "CONTAINS")
    assert (await verdicts(graph, "gimlet"))["milk"] == "CONTAINS"


async def test_a_duplicate_of_which_nothing_is_known_makes_the_drink_unknown(
    graph: Graph, load: Importer
) -> None:
    merge = await merged(graph, "stub")
    assert not merge.known
    assert set((await verdicts(graph, "gimlet")).values()) == {"UNKNOWN"}


@pytest.mark.parametrize("drink", ["gimlet-2", "milk-gimlet", "stub"])
async def test_undone_everything_is_as_before(graph: Graph, load: Importer, drink: str) -> None:
    before = await dump(graph, counters=False)
    merge = await merged(graph, drink)
    assert await dump(graph, counters=False) != before
    await undone(graph, merge)
    assert await dump(graph, counters=False) == before


async def test_merges_are_undone_one_after_the_other(graph: Graph, load: Importer) -> None:
    before = await dump(graph, counters=False)
    first = await merged(graph, "gimlet-2", "milk-gimlet")
    between = await dump(graph, counters=False)
    second = await merged(graph, "milk-gimlet", "gimlet")
    assert {drink for *_, drink in await events(graph)} == {"gimlet"}
    async with refused(graph, MergeRefused, "has itself been merged into 'gimlet'"):
        await undone(graph, first)
    await record(graph, "ann", [TILL])
    assert ("e9", "ann", "purchase", "gimlet") in await events(graph)
    await undone(graph, second)
    assert ("e9", "ann", "purchase", "milk-gimlet") in await events(graph)
    await undone(graph, first)
    assert ("e9", "ann", "purchase", "gimlet-2") in await events(graph)
    await ask(graph, "MATCH ()-[e:PURCHASED {eventId: 'e9'}]->() DELETE e")
    assert await dump(graph, counters=False) == before
    assert between != before


async def test_what_a_till_still_sends_goes_to_the_drink_that_stays(
    graph: Graph, load: Importer
) -> None:
    merge = await merged(graph)
    again = Interaction("e1", "gimlet-2", "purchase", 2.0, 1772366400000)
    assert (await record(graph, "ann", [TILL, again])).recorded == 1
    assert ("e9", "ann", "purchase", "gimlet") in await events(graph)
    await load(interactions=f"{EVENTS}e10,ben,gimlet-2,view,,\n")
    assert ("e10", "ben", "view", "gimlet") in await events(graph)
    await undone(graph, merge)
    assert {("e9", "ann", "purchase", "gimlet-2"), ("e10", "ben", "view", "gimlet-2")} <= (
        await events(graph)
    )


async def test_it_is_recorded_with_who_and_why(graph: Graph, load: Importer) -> None:
    merge = await merged(graph)
    [change] = [
        change for change in await safety_history(graph, "gimlet-2") if change.kind == "MERGE"
    ]
    assert (change.id, change.by, change.note) == (merge.change, "anna", "twice")
    assert change.added == ("merged into gimlet",)
    [other] = [change for change in await safety_history(graph, "gimlet") if change.kind == "MERGE"]
    assert any("merged from gimlet-2" in fact for fact in other.added)
    await undone(graph, merge)
    assert (await safety_history(graph, "gimlet-2"))[0].removed == ("merged into gimlet",)


async def test_a_merged_drink_is_named_when_it_is_meant(graph: Graph, load: Importer) -> None:
    await merged(graph)
    notice = Recall("drink", "gimlet-2", "milk", "contains", "notice 12", "2026-11-20")
    with pytest.raises(DrinkMerged, match="'gimlet-2' was merged into 'gimlet'"):
        await recall(graph, notice, by="ben", apply=True)
    with pytest.raises(DrinkMerged):
        await retire_drink(graph, "gimlet-2", TODAY, by="ben", note=None)
    draft = Draft(DrinkRow(id="gimlet-2", name="Gimlet"))
    with pytest.raises(DrinkMerged):
        await update_drink(
            graph, draft, await load_catalogue(graph), by="ben", source="test", note=None
        )


async def test_an_import_does_not_bring_a_merged_drink_back_but_its_warnings_count(
    graph: Graph, load: Importer
) -> None:
    await merged(graph)
    news = EVIDENCE + "drink,gimlet-2,milk,contains,Maker,2026-11-01\n"
    summary = await load(
        drinks=DRINKS.replace("gimlet-2,Gimlet,", "gimlet-2,Gimlet No 2,"),
        recipes=RECIPES,
        allergen_evidence=news + "drink,gimlet-2,tree-nuts,absent,Maker,2026-11-01\n",
    )
    assert summary.merged_drinks == {"gimlet-2"}
    catalogue = await load_catalogue(graph)
    assert catalogue.drinks[catalogue.row_of["gimlet-2"]].available_until == "2026-11-28"
    assert (await verdicts(graph, "gimlet"))["milk"] == "CONTAINS"
    assert (await verdicts(graph, "gimlet"))["tree-nuts"] == "MAY_CONTAIN"


async def test_what_was_recorded_since_forbids_undoing(graph: Graph, load: Importer) -> None:
    merge = await merged(graph)
    notice = Recall("drink", "gimlet", "milk", "contains", "notice 12", "2026-11-20")
    await recall(graph, notice, by="ben", apply=True)
    async with refused(graph, MergeRefused, "recorded about 'gimlet' since"):
        await undone(graph, merge)
    await recall(graph, dataclasses.replace(notice, presence=None), by="ben", apply=True)
    await undone(graph, merge)


async def test_what_cannot_be_merged_is_refused(graph: Graph, load: Importer) -> None:
    await merged(graph)
    cases: list[tuple[str, str, type[Exception], str]] = [
        ("gimlet", "gimlet", MergeRefused, "into itself"),
        ("gimlet-2", "stub", MergeRefused, "already been merged into 'gimlet'"),
        ("stub", "gimlet-2", MergeRefused, "Name 'gimlet'"),
        ("nothing", "gimlet", DrinkUnknown, "nothing"),
        ("gimlet", "nothing", DrinkUnknown, "nothing"),
    ]
    for drink, into, error, words in cases:
        async with refused(graph, error, words):
            await merged(graph, drink, into)
    async with refused(graph, MergeRefused, "no merge 'merge-0'"):
        await undo_drink_merge(graph, "merge-0", by="anna")


async def test_merging_and_recording_at_once_lose_nothing(graph: Graph, load: Importer) -> None:
    sent = [Interaction(f"t{n}", "gimlet-2", "purchase", 1.0, 1772366400000 + n) for n in range(12)]
    await asyncio.gather(
        merged(graph),
        *(record(graph, f"guest-{event_sent.event_id}", [event_sent]) for event_sent in sent),
    )
    kept = await events(graph)
    assert {(event_sent.event_id, "gimlet") for event_sent in sent} <= {
        (id_, drink) for id_, *_, drink in kept
    }


@pytest.mark.parametrize(
    ("undoing", "moment"), [(False, "_new_rows"), (True, "_new_rows"), (False, "accept")]
)
async def test_what_is_recorded_while_a_merge_is_written_goes_where_it_belongs(
    graph: Graph,
    load: Importer,
    address: Address,
    monkeypatch: pytest.MonkeyPatch,
    undoing: bool,
    moment: str,
) -> None:
    """The merge, or its undoing, is begun and ended before recording writes, or before it commits.

    Unless it has to wait for it: then it ends afterwards.
    """
    merge = await merged(graph) if undoing else None

    async def elsewhere() -> None:
        async with connect(address, deadline=30.0) as other:
            await (undone(other, merge) if merge else merged(other))

    thread = Thread(target=asyncio.run, args=(elsewhere(),))
    work = getattr(interactions._Batch, moment)

    def late(*values: Any) -> Any:
        done = work(*values)
        if not thread.ident:
            thread.start()
            thread.join(5)
        return done

    monkeypatch.setattr(interactions._Batch, moment, late)
    done = await record(graph, "a-guest", [TILL])
    await asyncio.to_thread(thread.join)
    assert (done.recorded, done.rejected) == (1, {})
    where = "gimlet-2" if undoing else "gimlet"
    assert ("e9", "a-guest", "purchase", where) in await events(graph)


async def test_what_was_left_with_a_merged_drink_moves_later(graph: Graph, load: Importer) -> None:
    """Whoever wrote it ended before they looked whether drinks had been merged."""
    merge = await merged(graph)
    await ask(
        graph,
        "MATCH (u:User {id: 'ann'}) MATCH (d:Drink {id: 'gimlet-2'}) "
        "CREATE (u)-[:PURCHASED {eventId: 'e9', type: 'purchase', at: 1}]->(d)",
    )
    await move_late_events(graph)
    assert ("e9", "ann", "purchase", "gimlet") in await events(graph)
    await undone(graph, merge)
    assert ("e9", "ann", "purchase", "gimlet-2") in await events(graph)


async def test_two_merges_of_one_drink_at_once_make_one(graph: Graph, load: Importer) -> None:
    outcomes = await asyncio.gather(
        merged(graph, "gimlet-2", "gimlet"),
        merged(graph, "gimlet-2", "milk-gimlet"),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DrinkMerge", "MergeRefused"]
    assert len(await links(graph, "MERGED_INTO")) == 1


@pytest.mark.parametrize("seed", range(10))
async def test_nobody_is_offered_more_than_both_drinks_allowed(graph: Graph, seed: int) -> None:
    """On random worlds: the gate on the drink that stays, against the rule on both before."""
    world = random_world(seed)
    await write(world, graph)
    draw, rule = random.Random(seed), SafetyRule(world.graph)
    drinks = world.ids("drink")
    pairs = [draw.sample(drinks, 2) for _ in range(3)]
    before: dict[str, list[str]] = {drink: [drink] for drink in drinks}
    for drink, into in pairs:
        if len(before.get(drink, ())) == 0 or not before.get(into):
            continue
        await merged(graph, drink, into)
        before[into] += before.pop(drink)
        for user, person in world.people.items():
            rows = await graph.run(SAFETY_GATE, asks=[{"userId": user, "drinks": [into]}])
            if rows[0]["safe"]:
                assert all(rule.is_safe(person, part) for part in before[into])
        for allergen in world.ids("allergen"):
            after = await graph.run(ALLERGEN_VERDICTS, drinkIds=[into], allergenIds=[allergen])
            strictest = {rule.verdict(part, allergen) for part in before[into]}
            verdict = Verdict(after[0]["verdicts"][0]["verdict"])
            assert verdict is not Verdict.ABSENT or strictest == {Verdict.ABSENT}
            assert verdict is Verdict.CONTAINS or Verdict.CONTAINS not in strictest


@pytest.mark.parametrize("seed", range(10))
async def test_random_merges_are_undone_exactly(graph: Graph, seed: int) -> None:
    world = random_world(seed)
    await write(world, graph)
    drink, into = random.Random(seed).sample(world.ids("drink"), 2)
    # what is recorded first also notes what the drinks are made of
    await undone(graph, await merged(graph, drink, into))
    before = await dump(graph, counters=False)
    await undone(graph, await merged(graph, drink, into))
    assert await dump(graph, counters=False) == before


async def test_an_import_names_what_may_be_there_twice(graph: Graph, load: Importer) -> None:
    new = "id,name,kind,producer\nagain,Gimlets,cocktail,House bar\nother,Gimlet,soda,\n"
    summary = await load(drinks=new)
    assert [(pair.one, pair.other, pair.reason) for pair in summary.duplicates] == [
        ("again", "gimlet", "same name and producer"),
        ("again", "gimlet-2", "same name and producer"),
        ("again", "milk-gimlet", "same name; one has no known recipe"),
        ("again", "stub", "same name; one has no known recipe"),
    ]
    assert (await load(drinks=new)).duplicates == []
    await merged(graph)
    assert ("gimlet", "gimlet-2") not in {
        (pair.one, pair.other) for pair in await duplicate_drinks(graph)
    }


async def test_people_who_did_the_same_at_the_same_moments_may_be_one(
    graph: Graph, load: Importer
) -> None:
    rows = "".join(
        f"{who}{n},{who},gimlet,purchase,1,2026-04-0{n}T12:00:00Z\n"
        for who in ("ann-1", "ann-2", "Ann-1")
        for n in range(1, 4 if who != "Ann-1" else 2)
    )
    await load(interactions=f"event_id,user_id,drink_id,type,value,at\n{rows}")
    assert [(pair.one, pair.other, pair.reason) for pair in await duplicate_people(graph)] == [
        ("ann-1", "ann-2", "2 identical events at the same moments"),
        ("Ann-1", "ann-1", "the same id except for case and spaces"),
    ]
