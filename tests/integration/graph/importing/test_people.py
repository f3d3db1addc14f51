"""What people said about themselves: nothing about an allergy is ever dropped."""

from __future__ import annotations

from typing import Any

import pytest

from graph.connection import Graph
from tests.integration.graph.importing.support import Importer, dump, links, values
from tests.support.emptying import ask

HEAD = "id,allergies,avoids,likes,dislikes,regulation\n"


async def user(graph: Graph, name: str = "ann") -> dict[str, Any]:
    rows = await ask(
        graph, "MATCH (user:User {id: $id}) RETURN properties(user) AS user", "read", id=name
    )
    return dict(rows[0]["user"])


async def allergies(graph: Graph) -> set[tuple[str, str, bool]]:
    rows = await ask(
        graph,
        "MATCH (:User)-[allergy:ALLERGIC_TO]->(allergen:Allergen) RETURN allergen.id AS id, "
        "allergy.severity AS severity, allergy.acceptsTraces AS traces",
        "read",
    )
    return {(row["id"], row["severity"], row["traces"]) for row in rows}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("milk", {("milk", "SEVERE", False)}),
        ("MILK", {("milk", "SEVERE", False)}),
        ("Eggs:moderate", {("egg", "MODERATE", False)}),
        ("milk:MILD:traces", {("milk", "MILD", True)}),
        ("milk::traces", {("milk", "SEVERE", False)}),
        ("milk:SEVERE:traces", {("milk", "SEVERE", False)}),
        ("milk:MILD:traces|milk:MODERATE", {("milk", "MODERATE", False)}),
        ("dairy|Ei:MILD", {("milk", "SEVERE", False), ("egg", "MILD", False)}),
        ("Schalenfrüchte:MODERATE", {("tree-nuts", "MODERATE", False)}),
    ],
)
async def test_an_allergy_is_read(
    graph: Graph, load: Importer, text: str, expected: set[tuple[str, str, bool]]
) -> None:
    await load.knowledge()
    await load(users=f"{HEAD}ann,{text},,,,\n")
    assert await allergies(graph) == expected
    stored = await user(graph)
    assert stored["unresolved"] == [] and stored["allergiesDeclaredAt"]


async def test_whose_declarations_were_not_understood_is_said(load: Importer) -> None:
    await load.knowledge()
    summary = await load(users=f"{HEAD}ann,moon dust|star dust,,,,\nbob,lactose,,,,\n")
    assert summary.unclear_users == ["ann"]


@pytest.mark.parametrize(
    "text", ["moon dust", "milk:HIGH", "milk:MILD:some", "milk:MILD:traces:x", "none|moon dust"]
)
async def test_an_allergy_that_is_not_understood_is_kept_and_reported(
    graph: Graph, load: Importer, text: str
) -> None:
    await load.knowledge()
    summary = await load(users=f"{HEAD}ann,{text}|egg,,,,\n")
    parts = [part for part in text.split("|") if part != "egg"]
    assert (await user(graph))["unresolved"] == [f"allergies: {part}" for part in parts]
    assert await links(graph, "ALLERGIC_TO") == {("ann", "egg")}
    assert load.rejects() == [("users.csv", 2, "allergies", part) for part in parts]
    counts = summary.tables["users"]
    assert (counts.written, counts.rejected, counts.reported) == (1, 0, len(parts))


async def test_an_unknown_avoided_ingredient_is_kept_and_an_unknown_like_only_reported(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(users=f"{HEAD}ann,,dairy|moon cheese,moon dust,,nowhere\n")
    assert (await user(graph))["unresolved"] == ["avoids: moon cheese"]
    assert await links(graph, "AVOIDS") == {("ann", "dairy")}
    assert {field for _, _, field, _ in load.rejects()} == {"avoids", "likes", "regulation"}


async def test_none_declares_and_an_empty_value_does_not(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(users=f"{HEAD}ann,none,,,,\nben,,,,,\n")
    declared = await values(graph, "User", "allergiesDeclaredAt")
    assert declared["ann"] and declared["ben"] is None
    assert await links(graph, "ALLERGIC_TO") == set()


async def test_an_empty_value_takes_nothing_back_and_none_does(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(users=f"{HEAD}ann,milk|moon dust,,,,\n")
    await load(users=f"{HEAD}ann,,,citrus,,\n")
    assert await links(graph, "ALLERGIC_TO") == {("ann", "milk")}
    assert (await user(graph))["unresolved"] == ["allergies: moon dust"]
    await load(users=f"{HEAD}ann,none,,,,\n")
    assert await links(graph, "ALLERGIC_TO") == set()
    assert (await user(graph))["unresolved"] == []


async def test_what_a_person_declared_outlives_every_import(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(users=f"{HEAD}ann,egg:MILD,,,,\n")
    await ask(
        graph,
        "MATCH (user:User {id: 'ann'}) MATCH (milk:Allergen {id: 'milk'}) "
        "CREATE (user)-[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(milk)",
    )
    await load(users=f"{HEAD}ann,milk:MILD:traces|almond,,,,\n")
    assert await allergies(graph) == {("milk", "SEVERE", False), ("almond", "SEVERE", False)}
    await load(users=f"{HEAD}ann,none,,,,\n")
    assert await links(graph, "ALLERGIC_TO") == {("ann", "milk")}


@pytest.mark.parametrize("row", ["ann,egg,,,,", "ann,milk", 'ann,"milk"x,,,,'])
async def test_a_rejected_row_leaves_the_person_unresolved(
    graph: Graph, load: Importer, row: str
) -> None:
    await load.knowledge()
    await load(users=f"{HEAD}ann,milk,,,,\n{row}\n")
    assert (await user(graph))["unresolved"] == ["row: a row of users.csv was rejected"]
    assert await links(graph, "ALLERGIC_TO") == {("ann", "milk")}
    await load(users=f"{HEAD}ann,milk,,,,\n")
    assert (await user(graph))["unresolved"] == []


async def test_interactions_make_people_who_declared_nothing(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(
        drinks="id,name\na,A\n",
        interactions="user_id,drink_id,type\nzoe,a,view\nzoe,nothing,view\nzoe,a,stare\n",
    )
    zoe = {"id": "zoe", "simulated": False, "version": 1, "ground": "contract"}
    assert (await user(graph, "zoe")) == zoe
    assert [(row, field) for _, row, field, _ in load.rejects()] == [(3, "drink_id"), (4, "type")]


async def test_event_ids_keep_events_apart_and_together(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    head = "event_id,user_id,drink_id,type\n"
    await load(drinks="id,name\na,A\nb,B\n")
    twice = "e1,zoe,a,view\ne1,zoe,a,view\n"
    await load(interactions=f"{head}{twice}e1,zoe,b,view\ne2,zoe,a,view\n")
    rows = await ask(
        graph,
        "MATCH (:User)-[event:VIEWED]->(d:Drink) RETURN event.eventId AS e, d.id AS d",
        "read",
    )
    assert sorted((row["e"], row["d"]) for row in rows) == [("e1", "a"), ("e2", "a")]
    assert [(row, field) for _, row, field, _ in load.rejects()] == [(4, "event_id")]
    once = await dump(graph)
    await load(interactions=f"{head}e1,zoe,a,view\ne2,zoe,a,view\n")
    assert await dump(graph) == once
