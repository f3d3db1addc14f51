"""Orders and customers of a shop: once each, under opaque names, by the rules for all events."""

from __future__ import annotations

from typing import Any

from tests.integration.graph.capture.support import END, Shop, applier, message
from tests.support.emptying import ask
from tests.support.shop_database import MAPPING

ORDER = {"id": 1, "customer": "Ann@Example.org", "drink_id": 1, "quantity": 2, "ordered": None}
BOUGHT = """MATCH (user:User)-[order:PURCHASED]->(drink:Drink)
RETURN user.id AS user, drink.id AS drink, order.value AS value ORDER BY user, value"""
KEPT = "MATCH (row:SourceRow) WHERE row.table ENDS WITH $table RETURN row.values AS values"
CUSTOMERS = """
[[tables]]
table = "customers"
from = "public.customers"
key = ["id"]
[tables.columns]
id = { column = "email", hash = true, prefix = "customer-" }
allergies = { column = "allergies" }
"""


async def bought(shop: Shop) -> list[tuple[str, float]]:
    rows = await ask(shop.graph, BOUGHT)
    assert all("@" not in row["user"] for row in rows)
    return [(row["drink"], row["value"]) for row in rows]


async def test_an_order_counts_once_and_as_it_is_now(shop: Shop) -> None:
    for _ in range(2):
        await shop(message(20, "c", "orders", ORDER), END)
    assert await bought(shop) == [("shop-d1", 2)]
    await shop(message(21, "u", "orders", ORDER | {"quantity": 3}), END)
    assert await bought(shop) == [("shop-d1", 3)]
    await shop(message(22, "c", "orders", ORDER | {"id": 2, "drink_id": 9}), END)
    assert await shop.problems() == ["drink_id 'shop-d9' is not a known drink"]
    await shop(message(23, "d", "orders", ORDER), END)
    await shop(message(19, "u", "orders", ORDER), END)
    assert await bought(shop) == []
    [row, _] = await ask(shop.graph, KEPT, table="orders")
    assert "customer" not in row["values"]


async def test_a_customer_is_known_and_nothing_is_kept_beside(shop: Shop) -> None:
    shop.applier = applier(shop.graph, MAPPING + CUSTOMERS)
    ann: dict[str, Any] = {"id": 5, "email": "ann@example.org", "allergies": "milk|a mystery"}
    await shop(message(20, "c", "customers", ann), END)
    text = """MATCH (user:User)-[:ALLERGIC_TO]->(allergen:Allergen)
    RETURN allergen.id AS allergen, user.unresolved AS unresolved"""
    assert await ask(shop.graph, text) == [
        {"allergen": "milk", "unresolved": ["allergies: a mystery"]}
    ]
    assert await ask(shop.graph, KEPT, table="customers") == [{"values": ""}]
    assert "mystery" not in str(await shop.problems())
    await shop(message(21, "c", "orders", ORDER), END)
    assert len(await ask(shop.graph, "MATCH (user:User) RETURN user.id AS id")) == 1
