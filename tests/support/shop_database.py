"""A shop's database that changes at random, and what Debezium would send of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from connectors.debezium.envelope import decoded
from graph.capture.changes import Message
from graph.connection import Graph
from tests.support.emptying import ask

MAPPING = """
title = "Harbour bar"
source = "Harbour bar"
stream = "shop"

[[tables]]
table = "drinks"
from = "public.drinks"
key = ["id"]
[tables.columns]
id = { column = "id", prefix = "shop-d" }
name = { column = "name" }
abv = { column = "abv" }
recipe_complete = { column = "complete" }

[[tables]]
table = "recipes"
from = "public.recipe_lines"
key = ["id"]
[tables.columns]
drink_id = { column = "drink_id", prefix = "shop-d" }
ingredient = { column = "ingredient_id", prefix = "shop-i" }
amount = { column = "amount" }

[[tables]]
table = "ingredients"
from = "public.ingredients"
key = ["id"]
[tables.columns]
id = { column = "id", prefix = "shop-i" }
name = { column = "name" }
reviewed = { column = "reviewed" }

[[tables]]
table = "allergen_evidence"
from = "public.ingredient_allergens"
key = ["id"]
[tables.columns]
subject_type = { constant = "ingredient" }
subject = { column = "ingredient_id", prefix = "shop-i" }
allergen = { column = "allergen" }
status = { column = "status" }
source = { constant = "Harbour bar" }
observed_at = { column = "seen" }

[[tables]]
table = "prices"
from = "public.prices"
key = ["drink_id"]
[tables.columns]
drink_id = { column = "drink_id", prefix = "shop-d" }
price = { column = "price" }

[[tables]]
table = "stock"
from = "public.stock"
key = ["drink_id"]
[tables.columns]
drink_id = { column = "drink_id", prefix = "shop-d" }
quantity = { column = "quantity" }

[[tables]]
table = "orders"
from = "public.orders"
key = ["id"]
[tables.columns]
user_id = { column = "customer", hash = true, prefix = "customer-" }
drink_id = { column = "drink_id", prefix = "shop-d" }
type = { constant = "purchase" }
value = { column = "quantity" }
at = { column = "ordered" }
"""
KEYS = {"prices": "drink_id", "stock": "drink_id"}
PRESENCE = {"contains": 2, "may_contain": 1}
ALLERGENS = ("milk", "egg", "almond")
STEADY = 5
"""So many drinks are never deleted: orders are about them."""
Row = dict[str, Any]
Key = tuple[str, int]


@dataclass
class ShopDatabase:
    """Tables of a shop, and the messages about all that was done to them."""

    seed: int = 0
    drinks: int = 40
    ingredients: int = 25
    rows: dict[Key, Row] = field(default_factory=dict[Key, Row])
    written: dict[Key, int] = field(default_factory=dict[Key, int])
    lost: dict[int, int] = field(default_factory=dict[int, int])
    position: int = 1_000
    transaction: int = 1

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def snapshot(self) -> list[bytes]:
        """What a connector sends first: all rows as they are now."""
        names = sorted(self.rows)
        marks = {names[0]: "first", names[-1]: "last"} if names else {}
        self.position += 8
        sent: list[bytes] = []
        for name in names:
            self.written[name] = self.position
            place = marks.get(name, "true")
            sent.append(self._message("r", name, None, self.rows[name], snapshot=place))
        return sent

    def fill(self) -> None:
        """Put a few rows in, before anybody looks."""
        for id_ in range(self.ingredients):
            self.rows["ingredients", id_] = self._row("ingredients", id_)
        for id_ in range(self.drinks):
            self.rows["drinks", id_] = self._row("drinks", id_)
        for id_ in range(self.drinks * 2):
            self.rows["recipe_lines", id_] = self._row("recipe_lines", id_)

    def change(self, count: int) -> Iterator[bytes]:
        """Make so many changes at random, in transactions, and yield the messages about them."""
        while count > 0:
            self.transaction += 1
            size = min(count, self.random.randint(1, 4))
            count -= size
            for order in range(1, size + 1):
                yield self._change(order)
            yield orjson.dumps(
                {"status": "END", "id": f"{self.transaction}:{self.position}", "event_count": size}
            )

    def _change(self, order: int) -> bytes:
        self.position += 8
        table = self.random.choice(TABLES)
        id_ = self.random.randrange(self._many(table))
        name, before = (table, id_), self.rows.get((table, id_))
        steady = table == "drinks" and id_ < STEADY
        if before is not None and not steady and self.random.random() < 0.35:
            del self.rows[name]
            self._note(name, before, None)
            return self._message("d", name, before, None, order=order)
        after = self._row(table, id_)
        self.rows[name] = after
        self._note(name, before, after)
        return self._message("u" if before else "c", name, before, after, order=order)

    def _many(self, table: str) -> int:
        few = {"drinks": self.drinks, "prices": self.drinks, "stock": self.drinks}
        return few.get(table, self.ingredients if table == "ingredients" else self.drinks * 3)

    def _row(self, table: str, id_: int) -> Row:
        chance = self.random
        drink, ingredient = chance.randrange(self.drinks), chance.randrange(self.ingredients + 2)
        made: dict[str, Row] = {
            "drinks": {
                "name": f"Drink {id_}",
                "abv": chance.choice((0, 5, 12.5)),
                "complete": chance.random() < 0.7,
            },
            "recipe_lines": {
                "drink_id": drink,
                "ingredient_id": ingredient,
                "amount": chance.choice((10, 20, None)),
            },
            "ingredients": {"name": f"Part {id_}", "reviewed": chance.random() < 0.8},
            "ingredient_allergens": {
                "ingredient_id": ingredient,
                "allergen": chance.choice(ALLERGENS),
                "status": chance.choice(("contains", "contains", "may_contain", "absent")),
                "seen": "2026-01-31",
            },
            "prices": {"price": chance.choice(("2.50", "3.90", "12"))},
            "stock": {"quantity": chance.choice((0, 1, 7))},
            "orders": {
                "customer": f"guest-{chance.randrange(20)}@example.org",
                "drink_id": chance.randrange(STEADY),
                "quantity": chance.randint(1, 3),
                "ordered": "2026-02-01T10:00:00Z",
            },
        }
        return {KEYS.get(table, "id"): id_, **made[table]}

    def _note(self, name: Key, before: Row | None, after: Row | None) -> None:
        self.written[name] = self.position
        if name[0] != "ingredient_allergens" or not before:
            return
        was, now = PRESENCE.get(before["status"], 0), 0
        same = after and all(after[key] == before[key] for key in ("ingredient_id", "allergen"))
        if same and after:
            now = PRESENCE.get(after["status"], 0)
        if now < was:
            self.lost[before["ingredient_id"]] = self.position

    def _message(
        self,
        op: str,
        name: Key,
        before: Row | None,
        after: Row | None,
        *,
        order: int = 0,
        snapshot: str = "false",
    ) -> bytes:
        transaction = f"{self.transaction}:{self.position}"
        return orjson.dumps(
            {
                "before": before,
                "after": after,
                "source": {
                    "connector": "postgresql",
                    "name": "shop",
                    "snapshot": snapshot,
                    "schema": "public",
                    "table": name[0],
                    "lsn": self.position,
                },
                "op": op,
                "transaction": {"id": transaction, "total_order": order} if order else None,
            }
        )

    def state(self) -> dict[str, Any]:
        """What the graph has to say, worked out from the rows alone."""
        drinks = {id_: row for (table, id_), row in self.rows.items() if table == "drinks"}
        ingredients = {
            id_: row for (table, id_), row in self.rows.items() if table == "ingredients"
        }
        return {
            "drinks": {
                f"shop-d{id_}": {
                    "name": row["name"],
                    "complete": row["complete"],
                    "abv": row["abv"],
                    "price": self._price(id_),
                    "on offer": self._quantity(id_) != 0,
                    "parts": sorted(
                        {
                            f"shop-i{line['ingredient_id']}"
                            for (table, _), line in self.rows.items()
                            if table == "recipe_lines" and line["drink_id"] == id_
                        }
                    ),
                }
                for id_, row in drinks.items()
            },
            "ingredients": {
                f"shop-i{id_}": {
                    "reviewed": row["reviewed"]
                    and self.lost.get(id_, 0) <= self.written["ingredients", id_],
                    "in it": self._presences(id_),
                }
                for id_, row in ingredients.items()
            },
            "orders": sorted(
                (f"shop-d{row['drink_id']}", row["quantity"])
                for (table, _), row in self.rows.items()
                if table == "orders"
            ),
        }

    def _price(self, id_: int) -> float | None:
        row = self.rows.get(("prices", id_))
        return float(row["price"]) if row else None

    def _quantity(self, id_: int) -> int:
        return self.rows.get(("stock", id_), {"quantity": 1})["quantity"]

    def _presences(self, id_: int) -> list[str]:
        said: dict[str, int] = {}
        for (table, _), row in self.rows.items():
            if table == "ingredient_allergens" and row["ingredient_id"] == id_:
                strength = PRESENCE.get(row["status"], 0)
                said[row["allergen"]] = max(said.get(row["allergen"], 0), strength)
        words = {2: "HAS_ALLERGEN", 1: "MAY_CONTAIN"}
        return sorted(f"{words[number]} {name}" for name, number in said.items() if number)


TABLES = (
    "drinks",
    "recipe_lines",
    "recipe_lines",
    "ingredients",
    "ingredient_allergens",
    "prices",
    "stock",
    "orders",
)

DRINKS = """MATCH (drink:Drink) WHERE drink.id STARTS WITH 'shop-'
OPTIONAL MATCH (drink)-[:CONTAINS]->(part:Ingredient)
RETURN drink.id AS id, drink.name AS name, drink.recipeComplete AS complete, drink.abv AS abv,
  drink.price AS price, drink.availableUntil AS until, collect(part.id) AS parts"""
INGREDIENTS = """MATCH (part:Ingredient) WHERE part.id STARTS WITH 'shop-'
OPTIONAL MATCH (part)-[said:HAS_ALLERGEN|MAY_CONTAIN]->(allergen:Allergen)
RETURN part.id AS id, part.reviewed AS reviewed, collect(type(said) + ' ' + allergen.id) AS said"""
ORDERS = """MATCH (:User)-[order:PURCHASED]->(drink:Drink)
RETURN drink.id AS drink, order.value AS value"""


async def graph_state(graph: Graph, there: dict[str, Any]) -> dict[str, Any]:
    """The same as the graph has it, and that what is not there any more is not offered."""
    drinks = {row["id"]: row for row in await ask(graph, DRINKS)}
    for id_ in drinks.keys() - there["drinks"].keys():
        assert drinks[id_]["until"], id_
        assert not drinks[id_]["complete"], id_
    ingredients = {row["id"]: row for row in await ask(graph, INGREDIENTS)}
    for id_ in ingredients.keys() - there["ingredients"].keys():
        assert not ingredients[id_]["reviewed"], id_
    orders = await ask(graph, ORDERS)
    return {
        "drinks": {
            id_: {
                "name": row["name"],
                "complete": row["complete"],
                "abv": row["abv"],
                "price": row["price"],
                "on offer": row["until"] is None,
                "parts": sorted(row["parts"]),
            }
            for id_, row in drinks.items()
            if id_ in there["drinks"]
        },
        "ingredients": {
            id_: {"reviewed": row["reviewed"], "in it": sorted(row["said"])}
            for id_, row in ingredients.items()
            if id_ in there["ingredients"]
        },
        "orders": sorted((row["drink"], int(row["value"])) for row in orders),
    }


def delivered(
    messages: Sequence[bytes], chance: random.Random, *, late: int = 200
) -> list[Message]:
    """The messages as a bad network brings them: late, out of order, and some of them twice."""
    places = [(place + chance.random() * late, body) for place, body in enumerate(messages)]
    again = chance.sample(places, len(places) // 5)
    places += [(place + chance.random() * late * 5, body) for place, body in again]
    found = (decoded(body) for _, body in sorted(places, key=lambda each: each[0]))
    return [message for message in found if message is not None]


def batches(
    messages: Sequence[Message], chance: random.Random, most: int
) -> Iterator[list[Message]]:
    """The messages, up to so many at a time."""
    start = 0
    while start < len(messages):
        end = start + chance.randint(1, most)
        yield list(messages[start:end])
        start = end
