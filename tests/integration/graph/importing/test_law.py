"""Laws as data: listings and exemptions are read as a whole for each law, and only as bundled."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.catalogue.regulations import Listing, load_regulations
from graph.connection import Graph
from tests.integration.graph.importing.support import (
    EXEMPTIONS,
    LISTINGS,
    REGULATIONS,
    Importer,
    dump,
    links,
)


@pytest.fixture
async def importer(graph: Graph, tmp_path: Path) -> Importer:
    made = Importer(graph, tmp_path)
    await made.knowledge()
    return made


async def test_listings_and_exemptions_are_in_the_graph(importer: Importer) -> None:
    law = (await load_regulations(importer.graph))["eu-14"]
    assert list(law.listings) == ["egg", "milk", "almond", "tree-nuts"], "by the law's numbers"
    assert law.listings["milk"] == Listing("milk", "Milk", "7", "milk and lactose", "Annex II (7)")
    exemptions = {
        (exemption.allergen, exemption.text, exemption.ingredient) for exemption in law.exemptions
    }
    assert exemptions == {("milk", "lactitol", None), ("milk", "whey for distillates", "gin")}
    assert await links(importer.graph, "EXEMPTS") == {("eu-14", "gin"), ("eu-14", "milk")}


async def test_the_same_law_again_changes_nothing(importer: Importer) -> None:
    before = await dump(importer.graph)
    summary = await importer.knowledge()
    assert await dump(importer.graph) == before
    assert {table.written for table in summary.tables.values()} == {0}


async def test_a_changed_law_replaces_what_it_said_and_no_other_law(importer: Importer) -> None:
    us = "id,name,source\nus-9,US list,FALCPA\n"
    ours = LISTINGS.splitlines()[0] + "\nus-9,milk,Milk,1,,FALCPA\n"
    await importer.knowledge(regulations=REGULATIONS + us.splitlines()[1] + "\n")
    await importer(source="bundled", regulations=us, listings=ours)
    shorter = "".join(line + "\n" for line in LISTINGS.splitlines() if "almond" not in line)
    summary = await importer(
        source="bundled",
        listings=shorter.replace("milk and lactose", "milk"),
        exemptions=EXEMPTIONS.replace("lactitol", "lactitol only"),
    )
    assert summary.tables["listings"].written == 3
    assert summary.tables["exemptions"].written == 1
    laws = await load_regulations(importer.graph)
    assert set(laws["eu-14"].listings) == {"egg", "milk", "tree-nuts"}
    assert laws["eu-14"].listings["milk"].text == "milk"
    assert {exemption.text for exemption in laws["eu-14"].exemptions} == {
        "lactitol only",
        "whey for distillates",
    }
    assert set(laws["us-9"].listings) == {"milk"}


async def test_a_changed_allergen_stays_listed(importer: Importer) -> None:
    await importer(source="bundled", allergens="id,name,part_of,source\nmilk,Cow milk,,Annex II\n")
    assert ("eu-14", "milk") in await links(importer.graph, "LISTS")


async def test_a_row_that_names_nothing_known_is_rejected(importer: Importer) -> None:
    wrong = {
        ("listings", "eu-14,mlik,Milk,7,,Annex II"): ("allergen", "mlik"),
        ("listings", "eu-15,milk,Milk,7,,Annex II"): ("regulation", "eu-15"),
        ("listings", "eu-14,milk,Milk,7,,"): ("source", ""),
        ("exemptions", "eu-14,milk,nosuch,whey,Annex II"): ("ingredient", "nosuch"),
        ("exemptions", "eu-14,milk,,,Annex II"): ("text", ""),
    }
    tables, expected = {"listings": LISTINGS, "exemptions": EXEMPTIONS}, list[object]()
    for (table, row), at_fault in wrong.items():
        tables[table] += row + "\n"
        expected.append((f"{table}.csv", len(tables[table].splitlines()), *at_fault))
    before = await dump(importer.graph)
    await importer(".csv", "bundled", None, **tables)
    assert importer.rejects() == expected
    assert await dump(importer.graph) == before


async def test_an_operator_cannot_bring_a_law(importer: Importer) -> None:
    before = await dump(importer.graph, counters=False)
    drinks = "id,name\n"
    summary = await importer(listings=LISTINGS, exemptions=EXEMPTIONS, drinks=drinks)
    assert sorted(summary.ignored_files) == ["exemptions.csv", "listings.csv"]
    assert await dump(importer.graph, counters=False) == before
