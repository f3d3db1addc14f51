"""The bundled mappings for exports of other programs, on small files of our own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing import load_mapping
from graph.importing.files.mapped_column import opaque
from graph.importing.files.parsing import parse_leniently
from graph.importing.files.rows import InteractionRow
from graph.importing.files.sources import open_sources
from tests.unit.knowledge.bundle import rows

UNTAPPD = "beer_name,brewery_name,beer_type,beer_abv,rating_score,created_at,checkin_id,bid\n"
OFF = "code\tproduct_name\tbrands\tingredients_text\tallergens\ttraces_tags\talcohol_100g\n"
FILES = {
    "untappd": UNTAPPD + "Our Pils,Ours,Pilsner,4.9,4,2026-01-01 20:12:00,1,7\n",
    "woocommerce_products": "ID,Type,SKU,Name,Published,Short description,Regular price\n"
    '7,simple,S,Our Pils,1,"<p>One,\n\ntwo</p>",4.9\n',
    "shopify_products": "Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Value,Variant Price\n"
    "7,Our Pils,<p>,Ours,beer,,Small,4.9\n7,,,,,,Large,6\n",
    "square_items": "Token,Item Name,Variation Name,SKU,Description,Category,Price\n"
    "7,Our Pils,Regular,,,beer,4.9\n",
    "open_food_facts": OFF + "7\tOur Pils\tOurs\tx\ten:gluten,en:kiwi\ten:nuts\t4.9\n",
}


def read(path: Path, mapping: str) -> dict[str, list[dict[str, str]]]:
    tables: dict[str, list[dict[str, str]]] = {}
    for source in open_sources(path, load_mapping(mapping), knowledge=False).all:
        tables.setdefault(source.table, []).extend(record.values for record in source.records())
    return tables


@pytest.mark.parametrize("mapping", FILES)
def test_an_export_without_recipes_gives_drinks_that_are_not_complete(
    tmp_path: Path, mapping: str
) -> None:
    (tmp_path / "export.csv").write_text(FILES[mapping])
    [drink] = read(tmp_path / "export.csv", mapping)["drinks"]
    assert (drink["name"], drink["id"].rpartition("-")[2]) == ("Our Pils", "7")
    assert "4.9" in (drink.get("price"), drink.get("abv"))
    assert drink["recipe_complete"] == "false"


def test_allergens_of_open_food_facts_are_presence_and_others_stay_unknown(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(FILES["open_food_facts"])
    said = read(tmp_path / "export.csv", "open_food_facts")["allergen_evidence"]
    assert [
        (statement["subject"], statement["allergen"], statement["status"]) for statement in said
    ] == [
        ("off-7", "gluten", "contains"),
        ("off-7", "code en:kiwi", "contains"),
        ("off-7", "tree-nuts", "may_contain"),
    ]
    known = {row["id"] for row in rows("law/allergens")}
    for table in load_mapping("open_food_facts").tables[1:]:
        assert set((table.columns["allergen"].codes or {}).values()) <= known


def test_recipes_of_bar_assistant_are_read_with_garnish_and_substitutes(tmp_path: Path) -> None:
    cream = {"name": "Cream", "amount": 1, "units": "oz", "optional": False, "substitutes": []}
    gin = {"name": "Gin", "amount": 4.5, "units": "cl", "substitutes": [{"name": "Genever"}]}
    drinks = [
        {"_id": "a", "name": "A", "abv": 20, "garnish": "Nutmeg", "ingredients": [cream, gin]},
        {"_id": "b", "name": "B", "abv": None, "garnish": None, "ingredients": []},
    ]
    for drink in drinks:
        file = tmp_path / "cocktails" / str(drink["_id"]) / "data.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(drink))
    tables = read(tmp_path, "bar_assistant")
    assert [(drink["id"], drink["recipe_complete"]) for drink in tables["drinks"]] == [
        ("bar-assistant-a", "true"),
        ("bar-assistant-b", "false"),
    ]
    assert [(part["ingredient"], part.get("amount")) for part in tables["recipes"]] == [
        ("Cream", "29.6"),
        ("Gin", "45.0"),
        ("Genever", None),
        ("Nutmeg", None),
    ]


SHOPIFY = "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem sku\n"
SQUARE = "Date,Time,Time Zone,Item,Qty,SKU,Transaction ID,Customer ID,Customer Name\n"
ORDERS = {
    "shopify_orders": {
        "orders_export.csv": SHOPIFY
        + "#1001,Ann@example.org,paid,2026-01-31 12:00:00 -0400,2,Pils - Small,PILS\n"
        + "#1001,ann@example.org,,2026-01-31 12:00:00 -0400,1,A mug,MUG\n",
        "products_export.csv": "Handle,Title,Variant SKU\npils,Our Pils,PILS\n",
    },
    "woocommerce_orders": {
        "orders.json": json.dumps(
            [
                {
                    "id": 7,
                    "date_created_gmt": "2026-01-31T16:00:00",
                    "billing": {"first_name": "Ann", "email": "ann@example.org"},
                    "line_items": [{"name": "Our Pils", "product_id": 9, "quantity": 2}],
                }
            ]
        )
    },
    "square_orders": {
        "items.csv": SQUARE
        + "2026-01-31,16:00:00,Eastern Time (US & Canada),Our Pils,2.0,PILS,T1,ABC,Ann\n",
        "catalog.csv": "Token,Item Name,SKU\nTOK,Our Pils,PILS\n",
    },
}
DRINKS = {"shopify": "shopify-pils", "woocommerce": "woocommerce-9", "square": "square-TOK"}


@pytest.mark.parametrize("mapping", ORDERS)
def test_orders_become_purchases_of_people_without_a_name(tmp_path: Path, mapping: str) -> None:
    for name, text in ORDERS[mapping].items():
        (tmp_path / name).write_text(text)
    [source] = open_sources(tmp_path, load_mapping(mapping), knowledge=False, key="k").all
    [record] = source.records()
    row, problems = parse_leniently(InteractionRow, record)
    assert isinstance(row, InteractionRow) and not problems
    assert row.drink_id == DRINKS[mapping.removesuffix("_orders")]
    assert (row.type, row.value, row.at) == ("purchase", 2, 1769875200000)
    said = json.dumps(record.values).lower()
    assert not [word for word in ("ann", "example", "abc", "1001") if word in said]
    assert re.fullmatch("customer-[0-9a-f]{32}", row.user_id)


def test_one_address_is_one_person_in_every_shop_under_one_key_only(tmp_path: Path) -> None:
    assert opaque(" Ann@Example.org ", "k") == opaque("ann@example.org", "k")
    assert opaque("ann@example.org", "k") != opaque("ann@example.org", "other")
    assert opaque("ann@example.org", "k") != opaque("ben@example.org", "k")
    assert opaque("  ", "k") == ""
    with pytest.raises(ImportRefused, match="no key"):
        opaque("ann@example.org", None)
