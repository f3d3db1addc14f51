"""A quantity of traces is held and shown wherever evidence is, and relaxes nothing for anybody."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from graph.analytics.graph_export import Scope, read_graph
from graph.catalogue.entities import load_catalogue
from graph.catalogue.history import safety_history
from graph.connection import Graph, Row
from graph.importing import Silent, import_folder
from graph.importing.files.mapping import read_mapping
from graph.people.profiles import load_profile
from graph.query_files import load
from graph.safety_rule import SafetyRule
from recommend.safety.masks import Masks
from service.cli.output.exports import read_tables, write_tables
from tests.integration.graph.importing.support import KNOWLEDGE, OPERATOR, Importer, dump
from tests.support.api import PATHS, Answer, Api
from tests.support.emptying import ask, empty
from tests.support.pages import DOCS
from tests.support.random_graphs import EVIDENCE, World, random_world, write

SAFETY_GATE = load("recommend/safety_gate")

HEAD = (
    "subject_type,subject,allergen,status,source,observed_at,protein_mg_per_serving,dose_source\n"
)
LEAST = HEAD + "drink,gimlet,egg,may_contain,House bar,2026-02-01,0.001,laboratory report 7\n"
PEOPLE = """id,allergies
severe,egg:SEVERE:traces
unstated,egg
mild,egg:MILD
accepting,egg:MILD:traces
nobody,none
"""

TRACES = """MATCH (subject)-[said:MAY_CONTAIN]->(allergen:Allergen)
RETURN subject.id AS subject, allergen.id AS allergen, said.proteinMgPerServing AS dose,
       said.doseSource AS doseSource
ORDER BY subject, allergen"""
SAFETY = """query ($id: ID!) { answer: drink(id: $id) { __typename ... on Drink {
  safety(forAllergens: ["egg"]) { verdicts { verdict
    evidence { kind decides proteinMgPerServing doseSource } } } } } }"""
WHY_NOT = """query ($id: ID!) { answer: whyNot(drinkId: $id) { __typename ... on WhyNot {
  safety { status } obstacles { kind proteinMgPerServing doseSource } } } }"""
UPDATE = """mutation ($drink: DrinkInput!) { answer: updateDrink(drink: $drink) { __typename
  ... on SavedDrink { known } ... on InvalidInput { argument message } } }"""
GIMLET = {
    "id": "gimlet",
    "name": "Gimlet",
    "producer": "House bar",
    "recipe": [{"ingredient": "gin"}, {"ingredient": "lemon-juice"}, {"ingredient": "syrup"}],
    "recipeComplete": True,
}
LABEL = {"allergen": "egg", "status": "MAY_CONTAIN", "source": "a label"}


@pytest.fixture
async def load_world(graph: Graph, tmp_path: Path) -> Importer:
    """The small world, its gimlet with 0.001 mg of egg protein in a serving."""
    importer = Importer(graph, tmp_path)
    await importer.knowledge()
    await importer(**OPERATOR | {"users": PEOPLE, "allergen_evidence": LEAST})
    return importer


@pytest.fixture
async def api(load_world: Importer) -> Api:
    """A service over that world."""
    made = Api(load_world.graph)
    await made.start()
    return made


async def traces(graph: Graph) -> set[tuple[str, str, float | None, str | None]]:
    rows = await ask(graph, TRACES, "read")
    return {(row["subject"], row["allergen"], row["dose"], row["doseSource"]) for row in rows}


@pytest.mark.parametrize("block", range(3))
async def test_with_or_without_doses_everything_answers_alike(graph: Graph, block: int) -> None:
    dosed = 0
    for seed in range(block * 4, block * 4 + 4):
        world = random_world(31_000 + seed)
        dosed += sum(
            statement["protein_mg_per_serving"] is not None for statement in _statements(world)
        )
        answers = await _answers(graph, world)
        for statement in _statements(world):
            statement["protein_mg_per_serving"] = None
        assert await _answers(graph, world) == answers, seed
    assert dosed > 5


def _statements(world: World) -> list[dict[str, Any]]:
    edges = [data for _, _, data in world.graph.edges(data=True) if data["type"] in EVIDENCE]
    return sorted(edges, key=lambda edge: edge["step"])


async def _answers(graph: Graph, world: World) -> list[Any]:
    """Return what the gate, the masks and the rule's model say of all people and drinks."""
    await empty(graph)
    await write(world, graph)
    rule, catalogue = SafetyRule(world.graph), await load_catalogue(graph)
    masks, answers = Masks(catalogue), list[Any]()
    for name, person in world.people.items():
        asks = [{"userId": name, "drinks": world.ids("drink")}]
        gate = await graph.run(SAFETY_GATE, asks=asks)
        allowed = masks.allowed(await load_profile(graph, name))
        by_mask = {drink: bool(allowed[row]) for drink, row in catalogue.row_of.items()}
        by_rule = {drink: rule.is_safe(person, drink) for drink in world.ids("drink")}
        assert by_mask == by_rule == {row["drinkId"]: row["safe"] for row in gate}, name
        answers += [[row["drinkId"], row["safe"], _by_allergen(row)] for row in gate]
    return answers


def _by_allergen(row: Row) -> list[Any]:
    return sorted((verdict["allergen"], verdict["verdict"]) for verdict in row["verdicts"])


async def test_a_thousandth_of_a_milligram_is_refused_as_any_trace(api: Api) -> None:
    offers: dict[str, set[str]] = {}
    for person in ("severe", "unstated", "mild", "accepting", "nobody"):
        for path in ("recommendations", "popularDrinks", "drinks"):
            answer = await api.ask(PATHS[path], person, first=50)
            listed = {item["drink"]["id"] for item in answer["items"]}
            assert offers.setdefault(person, listed) == listed, (person, path)
    assert {person for person, drinks in offers.items() if "gimlet" in drinks} == {
        "accepting",
        "nobody",
    }
    assert api.disagreements == 0


async def test_the_dose_is_shown_with_the_evidence_and_decides_nothing(api: Api) -> None:
    answer = await api.ask(SAFETY, "severe", id="gimlet")
    [verdict] = answer["safety"]["verdicts"]
    dose = {"proteinMgPerServing": 0.001, "doseSource": "laboratory report 7"}
    assert verdict["verdict"] == "MAY_CONTAIN"
    assert {"kind": "MAY_CONTAIN", "decides": True, **dose} in verdict["evidence"]
    answer = await api.ask(WHY_NOT, "severe", id="gimlet")
    assert answer["safety"]["status"] == "UNSAFE"
    assert answer["obstacles"] == [{"kind": "MAY_CONTAIN", **dose}]


async def test_a_change_of_the_dose_alone_is_a_change_that_is_recorded(
    graph: Graph, load_world: Importer
) -> None:
    before = await dump(graph)
    await load_world(allergen_evidence=LEAST)
    assert await dump(graph) == before
    await load_world(allergen_evidence=LEAST.replace("0.001", "2.5"))
    newest = (await safety_history(graph, "gimlet"))[0]
    said = "MAY_CONTAIN egg | House bar | 2026-02-01 | {} mg protein per serving"
    by = " | measured by laboratory report 7"
    assert newest.removed == (said.format("0.001") + by,)
    assert newest.added == (said.format("2.5") + by,)
    await load_world(allergen_evidence=LEAST.replace("0.001,laboratory report 7", ","))
    newest = (await safety_history(graph, "gimlet"))[0]
    assert newest.added == ("MAY_CONTAIN egg | House bar | 2026-02-01",)
    assert await traces(graph) == {("gimlet", "egg", None, None)}


@pytest.mark.parametrize(
    ("status", "dose", "by", "field"),
    [
        ("may_contain", "-0.1", "", "protein_mg_per_serving"),
        ("may_contain", "0", "", "protein_mg_per_serving"),
        ("may_contain", "nan", "", "protein_mg_per_serving"),
        ("may_contain", "inf", "", "protein_mg_per_serving"),
        ("may_contain", "1e400", "", "protein_mg_per_serving"),
        ("may_contain", "10000.1", "", "protein_mg_per_serving"),
        ("may_contain", "traces", "", "protein_mg_per_serving"),
        ("may_contain", "", "report", "protein_mg_per_serving"),
        ("contains", "1", "", "protein_mg_per_serving"),
        ("absent", "1", "", "protein_mg_per_serving"),
        ("absent", "", "report", "dose_source"),
    ],
)
async def test_an_odd_dose_rejects_its_row_and_leaves_the_drink_in_doubt(
    graph: Graph, load_world: Importer, status: str, dose: str, by: str, field: str
) -> None:
    row = f"drink,gimlet,milk,{status},House bar,2026-02-01,{dose},{by}\n"
    summary = await load_world(allergen_evidence=HEAD + row)
    assert summary.tables["allergen_evidence"].rejected == 1
    assert ("allergen_evidence.csv", 2, field) in {reject[:3] for reject in load_world.rejects()}
    [drink] = await ask(graph, "MATCH (d:Drink {id: 'gimlet'}) RETURN d.recipeComplete AS c")
    assert drink["c"] is False
    assert await traces(graph) == {("gimlet", "egg", 0.001, "laboratory report 7")}


async def test_an_odd_dose_is_explained(load_world: Importer) -> None:
    rows = "drink,gimlet,milk,absent,House bar,2026-02-01,1,\ndrink,gimlet,milk,may_contain,,,1,\n"
    await load_world(allergen_evidence=HEAD + rows)
    with (load_world.folder / "rejects.csv").open(encoding="utf-8", newline="") as file:
        reasons = [row["reason"] for row in csv.DictReader(file)]
    assert reasons == [
        "goes with 'may_contain' only, not with 'absent'",
        "needs a source, or a dose_source",
    ]


async def test_what_an_export_says_of_traces_can_be_imported_again(
    graph: Graph, load_world: Importer, tmp_path: Path
) -> None:
    await load_world(
        allergen_evidence=HEAD + "ingredient,gin,milk,may_contain,Maker,2026-02-01,0.25,\n"
    )
    said = await traces(graph)
    assert said == {
        ("gimlet", "egg", 0.001, "laboratory report 7"),
        ("gin", "milk", 0.25, None),
    }
    async with read_graph(graph, Scope()) as reader:
        tables = await read_tables(reader, lambda what, count: None)
    for form in ("csv", "parquet", "graphml", "networkx"):
        write_tables(tables, form, tmp_path / form, {})
    await empty(graph)
    again = Importer(graph, tmp_path / "again")
    await again.knowledge(allergen_evidence=KNOWLEDGE["allergen_evidence"])
    await again(drinks=OPERATOR["drinks"], recipes=OPERATOR["recipes"])
    assert await traces(graph) == set()
    await import_folder(
        graph,
        tmp_path / "csv",
        mapping=read_mapping(_mapping_of_the_page(), "docs/import.md"),
        rejects=tmp_path / "rejects.csv",
        progress=Silent(),
    )
    assert await traces(graph) == said


def _mapping_of_the_page() -> str:
    """Return the mapping that the page on imports gives for the traces of an export."""
    page = (DOCS / "import.md").read_text(encoding="utf-8")
    [block] = [block for block in page.split("```toml\n")[1:] if "The traces of an export" in block]
    return block.partition("```")[0]


async def test_an_operator_states_a_dose_by_hand(graph: Graph, api: Api) -> None:
    dosed = LABEL | {"proteinMgPerServing": 0.5, "doseSource": "report 8"}
    answer = await update(api, dosed)
    assert answer["__typename"] == "SavedDrink"
    assert ("gimlet", "egg", 0.5, "report 8") in await traces(graph)
    await update(api, LABEL)  # the same source says no quantity now: the old one is not kept
    assert ("gimlet", "egg", None, None) in await traces(graph)


@pytest.mark.parametrize(
    "odd",
    [
        {"proteinMgPerServing": -1.0},
        {"proteinMgPerServing": 0.0},
        {"proteinMgPerServing": 1e9},
        {"doseSource": "report 8"},
        {"status": "CONTAINS", "proteinMgPerServing": 1.0},
        {"status": "ABSENT", "observedAt": "2026-02-01", "proteinMgPerServing": 1.0},
    ],
    ids=str,
)
async def test_an_odd_dose_by_hand_changes_nothing(
    graph: Graph, api: Api, odd: dict[str, Any]
) -> None:
    before = await dump(graph)
    answer = await update(api, LABEL | odd)
    assert answer["__typename"] == "InvalidInput"
    assert answer["argument"] == "drink.evidence.protein_mg_per_serving"
    assert await dump(graph) == before


async def update(api: Api, statement: dict[str, Any]) -> Answer:
    drink = GIMLET | {"evidence": [statement]}
    return await api.ask(UPDATE, "anna", operator=True, drink=drink)
