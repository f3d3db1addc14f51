"""A person's data: all of it is handed out, all of it goes, and nothing brings it back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.connection import Graph
from graph.people.data_export import TIMES, personal_document
from graph.people.declarations import declare_allergies
from graph.people.privacy import (
    erase,
    erasure_id,
    forget_erasures,
    not_remembered,
    personal_record,
)
from graph.safety_rule import Allergy
from recommend.state.snapshot_store import SnapshotStore
from recommend.tracking.erasure import Eraser
from recommend.tracking.impressions import ImpressionLog
from service.metrics import ServiceMetrics
from tests.support.consents import set_consents
from tests.support.emptying import ask
from tests.support.everything import WRITE_EVERYTHING
from tests.support.impressions import offer

ANN = "user-1"
NEW_KINDS = (
    "MATCH (user:User {id: 'user-1'}) MATCH (drink:Drink {id: 'negroni'}) "
    "MATCH (other:User {id: 'guest-1'}) SET user.favouriteGlass = 'coupe' "
    "CREATE (user)-[:DREAMT_OF {often: true}]->(drink) "
    "CREATE (other)-[:FRIEND_OF {since: 2026}]->(user) RETURN 1 AS one"
)

Triple = tuple[str, str, str, str]


@pytest.fixture
async def everything(graph: Graph) -> Graph:
    """A graph with everything there is, and kinds of links and properties that nobody foresaw."""
    await graph.run(WRITE_EVERYTHING)
    await ask(graph, NEW_KINDS)
    return graph


async def touching(graph: Graph, user_id: str) -> set[Triple]:
    """Every relationship that touches a person, as the graph itself lists them, with properties."""
    rows = await ask(
        graph,
        "MATCH (one)-[link]->(other) WHERE one.id = $id OR other.id = $id "
        "RETURN one.id AS one, type(link) AS type, other.id AS other, properties(link) AS said",
        "read",
        id=user_id,
    )
    return {
        (row["one"], row["type"], row["other"], values(row["type"], row["said"])) for row in rows
    }


def values(relationship: str, said: dict[str, Any]) -> str:
    """Names and values, but for the times, which the document writes as texts."""
    times = {"at", *TIMES.get(relationship, ())}
    kept = {name: value for name, value in said.items() if name not in times}
    return json.dumps(kept, sort_keys=True)


def exported(document: dict[str, Any]) -> set[Triple]:
    """The same out of a document, wherever in it they stand."""
    triples: set[Triple] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict) and "relationship" in part:
            ends = (document["userId"], part["to"]["id"])
            user, other = ends if part["direction"] == "out" else ends[::-1]
            triples.add(
                (
                    user,
                    part["relationship"],
                    other,
                    values(part["relationship"], part["properties"]),
                )
            )
        elif isinstance(part, dict | list):
            for inner in part.values() if isinstance(part, dict) else part:
                walk(inner)

    walk({name: part for name, part in document.items() if name != "merged"})
    return triples


async def mentions(graph: Graph, words: str) -> list[str]:
    """Whatever in the whole graph has these words in a property."""
    nodes = await ask(graph, "MATCH (n) RETURN labels(n) AS what, properties(n) AS said", "read")
    links = await ask(
        graph, "MATCH ()-[r]->() RETURN type(r) AS what, properties(r) AS said", "read"
    )
    return [str(row) for row in [*nodes, *links] if words in json.dumps(row["said"], default=str)]


async def test_every_relationship_and_property_of_a_person_is_handed_out(everything: Graph) -> None:
    document = personal_document(await personal_record(everything, ANN), {"house-tea": 1000})
    links = await touching(everything, ANN)
    assert len(links) >= 16
    waiting = (ANN, "RECOMMENDED", "house-tea", "{}")
    assert exported(document) == links | {waiting}
    [kept] = await ask(
        everything, "MATCH (u:User {id: 'user-1'}) RETURN properties(u) AS said", "read"
    )
    assert {**document["profile"], **document["consents"]} == kept["said"]
    [bought] = [
        interaction
        for interaction in document["interactions"]
        if interaction["relationship"] == "PURCHASED"
    ]
    assert bought["to"] == {"kind": "Drink", "id": "flat-white", "name": "Flat white"}
    assert bought["properties"]["at"] == "2026-01-01T00:00:00.000+00:00"
    assert {link["relationship"] for link in document["other"]} == {"DREAMT_OF", "FRIEND_OF"}
    assert len(document["recommended"]) == 2
    json.dumps(document)


async def test_what_an_operator_changed_is_handed_out_too_and_stays(everything: Graph) -> None:
    document = personal_document(await personal_record(everything, "anna"))
    assert document["known"] and document["profile"] == {}
    assert [change["version"] for change in document["catalogueChanges"]] == [1, 3]
    gone = await erase(everything, "anna")
    assert (gone.known, gone.relationships, gone.changes_kept) == (False, 0, 2)


async def test_nothing_is_known_of_somebody_who_was_never_there(everything: Graph) -> None:
    document = personal_document(await personal_record(everything, "nobody"))
    assert not document["known"] and exported(document) == set()
    assert not (await erase(everything, "nobody")).known


async def test_an_erased_person_is_nowhere_and_everybody_else_as_before(everything: Graph) -> None:
    others = {user: await touching(everything, user) for user in ("guest-1", "simulated-0001")}
    people = (ANN, "card-1", "card-2")
    expected = len(set[Triple]().union(*[await touching(everything, person) for person in people]))
    gone = await erase(everything, ANN)
    assert (gone.known, gone.relationships, gone.changes_kept) == (True, expected, 0)
    assert await touching(everything, ANN) == set()
    assert await mentions(everything, ANN) == []
    for user, links in others.items():
        kept = {link for link in links if ANN not in link}
        assert await touching(everything, user) == kept
    assert not personal_document(await personal_record(everything, ANN))["known"]


async def test_what_waits_in_any_server_does_not_bring_somebody_back(everything: Graph) -> None:
    clock = Clock()
    here, there = (ImpressionLog(everything, ServiceMetrics(), 30, clock) for _ in range(2))
    stores = [SnapshotStore(everything) for _ in range(2)]
    mine = Eraser(everything, [stores[0], here], clock)
    theirs = Eraser(everything, [stores[1], there], clock)
    for impressions, snapshots in ((here, stores[0]), (there, stores[1])):
        impressions.note(offer(ANN, ["negroni"]))
        impressions.note(offer("guest-1", ["negroni"]))
        assert (await snapshots.profile(ANN)).history
    assert (await mine.erase(ANN)).known
    assert here.waiting(ANN) == {} and here.waiting("guest-1")
    assert not (await stores[0].profile(ANN)).exists
    # another server that has not heard of it yet: the graph does not take what it writes
    assert there.waiting(ANN) and (await stores[1].profile(ANN)).history
    await there.flush()
    assert await mentions(everything, ANN) == []
    assert {link[2] for link in await touching(everything, "guest-1")} >= {"negroni"}
    # and within a second it hears
    there.note(offer(ANN, ["negroni"]))
    await theirs.catch_up()
    assert there.waiting(ANN) == {} and not (await stores[1].profile(ANN)).exists
    await theirs.catch_up()
    assert await mentions(everything, ANN) == []


async def test_who_comes_back_begins_anew(everything: Graph) -> None:
    clock = Clock()
    impressions, snapshots = (
        ImpressionLog(everything, ServiceMetrics(), 30, clock),
        SnapshotStore(everything),
    )
    eraser = Eraser(everything, [snapshots, impressions], clock)
    await eraser.erase(ANN)
    await declare_allergies(everything, ANN, [Allergy("almond", None, False)], "2026-11-21", None)
    clock.now += 3
    impressions.note(offer(ANN, ["negroni"]))
    await eraser.catch_up()  # again the same erasure: what came after it stays
    await impressions.flush()
    profile = await snapshots.profile(ANN)
    assert [allergy.allergen for allergy in profile.allergies] == ["almond"]
    assert (profile.history, profile.diets, profile.max_abv) == ((), (), None)
    assert {link[1] for link in await touching(everything, ANN)} == {"ALLERGIC_TO", "RECOMMENDED"}
    await forget_erasures(everything, int((clock.now + 60) * 1000))
    rows = await ask(everything, "MATCH (e:Erasure) RETURN e.id AS id", "read")
    assert {"id": erasure_id(ANN)} not in rows


async def test_an_erasure_is_recorded_without_the_name(everything: Graph) -> None:
    await erase(everything, ANN)
    rows = await ask(everything, "MATCH (e:Erasure) RETURN e.id AS id ORDER BY id", "read")
    assert {"id": erasure_id(ANN)} in rows and ANN not in str(rows)


async def test_a_long_history_goes_at_once(graph: Graph) -> None:
    await ask(
        graph,
        "CREATE (u:User {id: 'regular', version: 1}) WITH u "
        "UNWIND range(1, 3000) AS n CREATE (d:Drink {id: 'd' + toString(n)}) "
        "CREATE (u)-[:VIEWED {eventId: 'e' + toString(n), type: 'view', at: n}]->(d) "
        "RETURN count(*) AS n",
    )
    document = personal_document(await personal_record(graph, "regular"))
    assert len(document["interactions"]) == 3000
    assert (await erase(graph, "regular")).relationships == 3000
    assert await mentions(graph, "regular") == []


async def test_whoever_refuses_to_be_remembered_is_not(everything: Graph) -> None:
    await set_consents(everything, ANN, personalisation=None, remembering=False)
    assert "RECOMMENDED" not in {link[1] for link in await touching(everything, ANN)}
    impressions = ImpressionLog(everything, ServiceMetrics(), 30)
    impressions.note(offer(ANN, ["negroni"]))
    await impressions.flush()
    assert "RECOMMENDED" not in {link[1] for link in await touching(everything, ANN)}
    profile = await SnapshotStore(everything).profile(ANN)
    assert (profile.personalisation, profile.remembering) == (True, False)
    await set_consents(everything, ANN, personalisation=False, remembering=True)
    profile = await SnapshotStore(everything).profile(ANN)
    assert (profile.personalisation, profile.remembering) == (False, True)


async def test_who_is_not_to_be_remembered_is_found(everything: Graph) -> None:
    clock = Clock()
    assert await not_remembered(everything, [ANN, "guest-1", "nobody"]) == {}
    await set_consents(everything, "guest-1", personalisation=None, remembering=False)
    until = (await erase(everything, ANN, clock)).until
    found = await not_remembered(everything, ["nobody", ANN, "guest-1", "simulated-0001"])
    assert found == {ANN: until, "guest-1": None}
    await set_consents(everything, "guest-1", personalisation=None, remembering=True)
    assert await not_remembered(everything, ["guest-1"]) == {}
    assert await not_remembered(everything, []) == {}


class Clock:
    def __init__(self) -> None:
        self.now = 1_793_000_000.0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)
