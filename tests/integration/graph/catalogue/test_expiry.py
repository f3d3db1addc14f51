"""What was declared or reviewed too long ago counts no longer: with time, and from the start."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.catalogue.expiry import Expired, expire, expiring, note_shelf_life
from graph.catalogue.history import safety_history
from graph.clock import Clock
from graph.connection import Graph
from graph.editing.reviews import Acceptance, accept
from service.assembly import run_service
from service.settings import read_settings
from tests.integration.graph.importing.support import INGREDIENTS, OPERATOR, Importer, dump
from tests.integration.graph.verdicts.test_gate import check as gate_agrees
from tests.integration.recommend.safety.test_masks import check as masks_agree
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.random_graphs import random_world, write

SAID = datetime(2024, 1, 15, 12, tzinfo=UTC)
LAST_DAY = SAID + timedelta(days=365)
NEXT_DAY = LAST_DAY + timedelta(days=1)
TODAY = NEXT_DAY.date().isoformat()

EVIDENCE = "subject_type,subject,allergen,status,source,observed_at\n"
DECLARED = EVIDENCE + "drink,mystery,milk,absent,Maker,{day}\n"
SAFETY = """query ($id: ID!) { answer: drink(id: $id) { ... on Drink {
  safety(forAllergens: ["milk"]) { verdicts { verdict evidence {
    kind decides source observedAt voidedAt because } } } } } }"""
WHY_NOT = """query ($drinkId: ID!) { answer: whyNot(drinkId: $drinkId) { ... on WhyNot {
  obstacles { kind allergenId source observedAt voidedAt because path { id } } } } }"""
OFFERED = """query { answer: recommendations(first: 50) { ... on Recommendations {
  items { drink { id } } } } }"""
DATED = INGREDIENTS.replace(",source\n", ",reviewed_on,source\n", 1).replace(
    ",true,test", ",true,2024-01-15,test"
)


def at(moment: datetime) -> Clock:
    return lambda: moment


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    """The small world, reviewed on the day when a maker declared a drink free of milk."""
    importer = Importer(graph, tmp_path, by="anna")
    await importer.knowledge(ingredients=DATED)
    users = {"users": "id,allergies\nann,milk:severe\n"}
    await importer(**{**OPERATOR, **users, "allergen_evidence": DECLARED.format(day="2024-01-15")})
    return importer


async def verdicts(graph: Graph) -> dict[str, str]:
    """The gate's verdicts on milk for ann; masks that say otherwise fail the test."""
    api = Api(graph)
    await api.start()
    verdict_of: dict[str, str] = {}
    for drink in ("gimlet", "mystery"):
        answer = await api.ask(SAFETY, "ann", id=drink)
        verdict_of[drink] = answer["safety"]["verdicts"][0]["verdict"]
    offered = {item["drink"]["id"] for item in (await api.ask(OFFERED, "ann"))["items"]}
    await api.settle()
    assert api.disagreements == 0
    assert offered == {drink for drink, verdict in verdict_of.items() if verdict == "ABSENT"}
    return verdict_of


async def statements(graph: Graph) -> set[tuple[str, str | None, str | None]]:
    rows = await ask(
        graph,
        "MATCH (:Drink {id: 'mystery'})-[r:FREE_FROM|WAS_FREE_FROM]->() "
        "RETURN type(r) AS type, r.observedAt AS day, r.because AS because",
        "read",
    )
    return {(row["type"], row["day"], row["because"]) for row in rows}


BOTH_ABSENT = {"gimlet": "ABSENT", "mystery": "ABSENT"}
BOTH_UNKNOWN = {"gimlet": "UNKNOWN", "mystery": "UNKNOWN"}
VOID = ("WAS_FREE_FROM", "2024-01-15", "EXPIRED")


async def test_declarations_and_reviews_count_to_the_last_day_of_their_shelf_life(
    graph: Graph, load: Importer
) -> None:
    assert await expire(graph, 365, at(LAST_DAY), by="a server") == Expired()
    assert await verdicts(graph) == BOTH_ABSENT
    assert await expiring(graph, 365, NEXT_DAY) == Expired(statements=1, reviews=7)
    assert await expire(graph, 365, at(NEXT_DAY), by="a server") == Expired(1, 7)
    assert await verdicts(graph) == BOTH_UNKNOWN
    assert await statements(graph) == {VOID}
    before = await dump(graph)
    assert await expire(graph, 365, at(NEXT_DAY), by="a server") == Expired()
    assert await dump(graph) == before


async def test_evidence_reasons_and_history_say_that_it_expired(
    graph: Graph, load: Importer
) -> None:
    await expire(graph, 365, at(NEXT_DAY), by="a server")
    api = Api(graph)
    await api.start()
    why = await api.ask(WHY_NOT, "ann", drinkId="mystery")
    void = {"voidedAt": TODAY, "because": "EXPIRED"}
    said = {"source": "Maker", "observedAt": "2024-01-15", **void}
    declaration = {"kind": "DECLARATION_VOID", "allergenId": "milk", "path": [{"id": "mystery"}]}
    assert declaration | said in why["obstacles"]
    unreviewed = {"kind": "UNREVIEWED", "allergenId": None, "source": None, "observedAt": None}
    reviewed = unreviewed | {"path": [{"id": "mystery"}, {"id": "gin"}], **void}
    assert reviewed in why["obstacles"]
    nobodys = [
        obstacle
        for obstacle in why["obstacles"]
        if obstacle["path"][-1]["id"] == "unheard-of-bitters"
    ]
    assert [obstacle["because"] for obstacle in nobodys] == [None]
    answer = await api.ask(SAFETY, "ann", id="mystery")
    evidence = answer["safety"]["verdicts"][0]["evidence"]
    assert {"kind": "WAS_FREE_FROM", "decides": False, **said} in evidence
    history = await safety_history(graph, "mystery")
    kinds = {(change.kind, change.by, change.note) for change in history[:2]}
    assert kinds == {("EXPIRY", "a server", "older than 365 days")}
    added = {fact for change in history[:2] for fact in change.added}
    assert f"WAS_FREE_FROM milk | Maker | 2024-01-15 | expired {TODAY}" in added
    assert f"not reviewed | expired {TODAY}" in added
    assert all(change.at == "2025-01-15T12:00:00Z" for change in history[:2])


async def test_what_is_imported_too_old_comes_in_void(graph: Graph, load: Importer) -> None:
    await note_shelf_life(graph, 365, at(NEXT_DAY))
    assert await verdicts(graph) == BOTH_ABSENT  # nothing has touched it yet
    await load(
        ingredients=DATED.replace("London gin", "Gin"),
        allergen_evidence=DECLARED.format(day="2023-01-01"),
    )
    summary = await load(
        drinks="id,name\ncola,Cola\n",
        allergen_evidence=EVIDENCE + "drink,cola,milk,absent,Maker,2024-01-15\n",
        ingredients="id,name,reviewed,reviewed_on\nold,Old,true,2024-01-15\nnew,New,true,2024-01-16\n"
        "undated,Undated,true,\n",
    )
    assert summary.void == 1
    rows = await ask(
        graph,
        "MATCH (:Drink {id: 'cola'})-[r]->() RETURN type(r) AS type, r.because AS because",
        "read",
    )
    assert rows == [{"type": "WAS_FREE_FROM", "because": "EXPIRED"}]
    rows = await ask(
        graph,
        "MATCH (n:Ingredient) WHERE n.id IN ['old', 'new', 'undated'] "
        "RETURN n.id AS id, n.reviewed AS reviewed, n.dietsReviewed AS diets",
        "read",
    )
    assert {row["id"] for row in rows if row["reviewed"]} == {"new"}


async def test_without_a_date_it_is_too_old(graph: Graph, load: Importer) -> None:
    await ask(graph, "MATCH (:Drink)-[r:FREE_FROM]->() REMOVE r.observedAt")
    await ask(graph, "MATCH (n:Ingredient) REMOVE n.reviewedOn")
    assert await expire(graph, None, at(SAID), by="a server") == Expired()
    assert (await verdicts(graph))["gimlet"] == "ABSENT"
    assert await expire(graph, 36_500, at(SAID), by="a server") == Expired(1, 7)
    assert await verdicts(graph) == BOTH_UNKNOWN


async def test_presence_never_expires(graph: Graph, load: Importer) -> None:
    said = "drink,gimlet,egg,contains,Maker,2000-01-01\ndrink,gimlet,almond,may_contain,Maker,\n"
    await load(allergen_evidence=EVIDENCE + said)
    await expire(graph, 1, at(NEXT_DAY), by="a server")
    rows = await ask(
        graph, "MATCH (:Drink {id: 'gimlet'})-[r]->(a:Allergen) RETURN a.id AS id", "read"
    )
    assert {row["id"] for row in rows} == {"egg", "almond"}


async def test_a_longer_shelf_life_or_none_brings_nothing_back(
    graph: Graph, load: Importer
) -> None:
    await expire(graph, 365, at(NEXT_DAY), by="a server")
    for days in (1_000, None):
        await expire(graph, days, at(NEXT_DAY), by="a server")
        await load.knowledge(ingredients=DATED)
        await load(allergen_evidence=DECLARED.format(day="2024-01-15"))
        assert await verdicts(graph) == BOTH_UNKNOWN
    await load(allergen_evidence=DECLARED.format(day="2024-02-01"))
    assert await statements(graph) == {("FREE_FROM", "2024-02-01", None)}
    await load.knowledge(ingredients=DATED.replace("2024-01-15", "2024-02-01"))
    assert await verdicts(graph) == BOTH_ABSENT


async def test_a_review_said_again_counts(graph: Graph, load: Importer) -> None:
    await expire(graph, 365, at(NEXT_DAY), by="a server")
    for ingredient in ("gin", "lemon-juice", "syrup"):
        await accept(graph, Acceptance(ingredient, "label", TODAY), by="anna")
    assert (await verdicts(graph))["gimlet"] == "ABSENT"
    facts = (await safety_history(graph, "gimlet"))[0]
    assert (facts.added, facts.removed) == (
        ("reviewed | label",),
        (f"not reviewed | expired {TODAY}",),
    )


async def test_another_reason_is_told_before_age(graph: Graph, load: Importer) -> None:
    await note_shelf_life(graph, 365, at(NEXT_DAY))
    await load(recipes="drink_id,ingredient\nmystery,gin\n")
    assert await statements(graph) == {("WAS_FREE_FROM", "2024-01-15", "RECIPE_CHANGED")}


@pytest.mark.parametrize("seed", range(6))
async def test_gate_masks_and_model_agree_on_what_has_expired(graph: Graph, seed: int) -> None:
    world, draw = random_world(seed), random.Random(seed)
    for start, _, data in world.graph.edges(data=True):
        if data["type"] == "FREE_FROM" and start[0] == "drink":
            data["observed_at"] = draw.choice(("2023-12-31", "2024-01-15", None, ""))
    await write(world, graph)
    days = {
        ingredient: draw.choice(("2024-01-14", "2024-01-15", None))
        for ingredient in world.ids("ingredient")
    }
    await ask(
        graph,
        "UNWIND keys($days) AS id MATCH (n:Ingredient {id: id}) "
        "SET n.reviewedOn = $days[id], n.dietsReviewedOn = $days[id]",
        days=days,
    )
    await expire(graph, 365, at(LAST_DAY), by="a server")
    for name, day in days.items():
        if (day or "") < "2024-01-15":
            world.graph.nodes["ingredient", name].update(reviewed=False, diets_reviewed=False)
    for start, end, key, data in list(world.graph.edges(keys=True, data=True)):
        if data["type"] == "FREE_FROM" and (data["observed_at"] or "") < "2024-01-15":
            world.graph.remove_edge(start, end, key)
    await gate_agrees(world, graph, seed)
    await masks_agree(world, graph, seed)


async def test_a_server_voids_before_it_answers(
    graph: Graph, load: Importer, tmp_path: Path
) -> None:
    told = {"TASTEGRAPH_HOME": str(tmp_path), "TASTEGRAPH_DECLARATION_SHELF_LIFE": "365"}
    settings = read_settings(told)
    async with run_service(settings, graph, None, at(LAST_DAY)):
        assert {statement[0] for statement in await statements(graph)} == {"FREE_FROM"}
    async with run_service(settings, graph, None, at(NEXT_DAY)):
        assert await statements(graph) == {VOID}
        assert await verdicts(graph) == BOTH_UNKNOWN
    async with run_service(replace(settings, shelf_life=None), graph, None, at(NEXT_DAY)):
        day = await ask(graph, "MATCH (c:Catalogue) RETURN c.expiredBefore AS day", "read")
        assert day == [{"day": None}]
