"""What is exported is what the graph holds, less what it must not hold, on both engines."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pytest

from graph.analytics.graph_export import Scope, read_graph
from graph.connection import Graph
from graph.errors import ExportRefused
from service.cli.output.exports import FORMATS, Tables, read_tables, write_tables
from tests.support.emptying import ask
from tests.support.shop import Shop, random_shop, write_shop

Counts = dict[str, dict[str, int]]
PEOPLE_ONLY = {"ALLERGIC_TO", "FOLLOWS", "LIKES", "PURCHASED", "RATED", "RECOMMENDED"}


@pytest.fixture
async def shop(graph: Graph) -> Shop:
    made = random_shop(5)
    await write_shop(made, graph)
    await ask(
        graph,
        "MATCH (d:Drink {id: 'drink-0'}) SET d.embedding = [0.5, 1.0], d.name = 'Käse & <Tee>'",
    )
    await ask(graph, "CREATE (:Change {id: 'c', by: 'ann', note: 'new', before: ['x', 'y']})")
    await ask(graph, "MATCH (u:User {id: 'user-1'}) SET u.personalisation = false")
    return made


async def tables_of(graph: Graph, scope: Scope) -> Tables:
    async with read_graph(graph, scope) as reader:
        return await read_tables(reader, lambda what, count: None)


async def counted(graph: Graph, people: bool) -> Counts:
    """How many there are of each, as the graph itself counts."""
    nodes = await ask(
        graph, "MATCH (n) RETURN labels(n)[0] AS name, count(*) AS n ORDER BY name", "read"
    )
    edges = await ask(
        graph,
        "MATCH (a)-[r]->(b) RETURN type(r) AS name, labels(a)[0] AS label, count(*) AS n "
        "ORDER BY name, label",
        "read",
    )
    counts: Counts = {"nodes": {}, "relationships": {}}
    for row in nodes:
        if row["name"] not in ("SchemaVersion", "ConsentRules") and (
            people or row["name"] != "User"
        ):
            counts["nodes"][row["name"]] = row["n"]
    for row in edges:
        if people or row["label"] != "User":
            so_far = counts["relationships"].get(row["name"], 0)
            counts["relationships"][row["name"]] = so_far + row["n"]
    return counts


def read_networkx(folder: Path) -> Counts:
    document = json.loads((folder / "graph.json").read_text(encoding="utf-8"))
    return _of_graph(nx.node_link_graph(document, edges="edges"))


def read_graphml(folder: Path) -> Counts:
    graph = nx.read_graphml(folder / "graph.graphml", force_multigraph=True)
    assert all(data["label"] for _, data in graph.nodes(data=True))
    assert graph.nodes["Drink:drink-0"]["name"] == "Käse & <Tee>"
    return _of_graph(graph)


def _of_graph(graph: Any) -> Counts:
    counts: Counts = {"nodes": {}, "relationships": {}}
    for _, data in graph.nodes(data=True):
        counts["nodes"][data["entity"]] = counts["nodes"].get(data["entity"], 0) + 1
    for _, _, data in graph.edges(data=True):
        type_ = data["relationship"]
        counts["relationships"][type_] = counts["relationships"].get(type_, 0) + 1
    return counts


def read_parquet(folder: Path) -> Counts:
    drinks = pq.read_table(folder / "nodes" / "Drink.parquet")
    first = next(row for row in drinks.to_pylist() if row["id"] == "drink-0")
    assert first["embedding"] == [0.5, 1.0]
    return {
        part: {
            path.stem: pq.read_table(path).num_rows for path in (folder / part).glob("*.parquet")
        }
        for part in ("nodes", "relationships")
    }


def read_csv(folder: Path) -> Counts:
    counts: Counts = {}
    for part in ("nodes", "relationships"):
        counts[part] = {}
        for path in (folder / part).glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                counts[part][path.stem] = len(list(csv.DictReader(file)))
    return counts


READERS: dict[str, Callable[[Path], Counts]] = {
    "networkx": read_networkx,
    "graphml": read_graphml,
    "parquet": read_parquet,
    "csv": read_csv,
}


@pytest.mark.usefixtures("shop")
async def test_each_form_reads_back_as_the_graph_counts(graph: Graph, tmp_path: Path) -> None:
    assert set(READERS) == set(FORMATS)
    tables = await tables_of(graph, Scope())
    expected = await counted(graph, people=False)
    assert tables.counts == expected
    assert "User" not in expected["nodes"] and expected["relationships"]["CONTAINS"]
    for form, read in READERS.items():
        folder = tmp_path / form
        write_tables(tables, form, folder, {"withPeople": False})
        assert read(folder) == expected, form
        told = json.loads((folder / "manifest.json").read_text())
        assert told["nodes"] == expected["nodes"] and told["format"] == form


async def test_without_people_nothing_of_anybody_leaves(
    graph: Graph, shop: Shop, tmp_path: Path
) -> None:
    tables = await tables_of(graph, Scope())
    assert not PEOPLE_ONLY & set(tables.relationships)
    for form in ("networkx", "csv"):
        text = text_of(tables, form, tmp_path)
        assert not [
            person for person in shop.world.people if f'{person}"' in text or f"{person}," in text
        ]
        assert "ann" not in text.replace("annotation", "")


async def test_people_have_other_names_and_no_health(
    graph: Graph, shop: Shop, tmp_path: Path
) -> None:
    tables = await tables_of(graph, Scope(people=True))
    expected = await counted(graph, people=True)
    assert tables.counts["nodes"] == expected["nodes"]
    for type_ in ("PURCHASED", "RATED", "LIKES", "RECOMMENDED"):
        assert len(tables.relationships[type_]) == expected["relationships"][type_]
    assert not {"ALLERGIC_TO", "FOLLOWS"} & set(tables.relationships)
    assert all(row["fromLabel"] != "User" for row in tables.relationships.get("AVOIDS", []))
    assert {name for row in tables.nodes["User"] for name in row} <= {"id", "simulated"}
    bought = tables.relationships["PURCHASED"]
    assert all("eventId" not in row for row in bought)
    assert sorted(row["to"] for row in bought) == sorted(
        purchase.drink for purchase in shop.purchases
    )
    text = text_of(tables, "csv", tmp_path)
    assert not [person for person in shop.world.people if person in text]


async def test_health_leaves_only_when_it_is_wanted_too(graph: Graph, shop: Shop) -> None:
    tables = await tables_of(graph, Scope(people=True, allergies=True))
    assert tables.counts == await counted(graph, people=True)
    assert len(tables.relationships["ALLERGIC_TO"]) == sum(
        len(person.allergies) for person in shop.world.people.values()
    )
    names = {name for row in tables.nodes["User"] for name in row}
    assert "allergiesDeclaredAt" in names and not {"personalisation", "unresolved"} & names


@pytest.mark.usefixtures("shop")
async def test_two_exports_cannot_be_joined_by_people(graph: Graph) -> None:
    first, other = Scope(people=True), Scope(people=True)
    pseudonyms = [
        {row["id"] for row in (await tables_of(graph, it)).nodes["User"]} for it in (first, other)
    ]
    assert len(pseudonyms[0]) == len(pseudonyms[1]) > 0 and not pseudonyms[0] & pseudonyms[1]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(ExportRefused, match="not empty"):
        write_tables(Tables(), "csv", tmp_path, {})
    with pytest.raises(ExportRefused, match="no folder"):
        write_tables(Tables(), "csv", tmp_path / "a" / "b", {})
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    broken = Tables(nodes={"no/such/folder": [{"id": "x"}]})
    with pytest.raises(OSError, match="no"):
        write_tables(broken, "csv", tmp_path / "out", {})
    assert list(tmp_path.iterdir()) == []


def text_of(tables: Tables, form: str, folder: Path) -> str:
    files = write_tables(tables, form, folder / f"text-{form}", {})
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
