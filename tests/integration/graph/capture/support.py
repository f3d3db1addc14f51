"""Messages about a few rows, and a graph that follows them."""

from __future__ import annotations

from typing import Any

import orjson

from connectors.debezium.envelope import decoded
from events.captured_people import CapturedPeople
from graph.capture.applying import Applied, Applier
from graph.capture.changes import Message, TransactionEnd
from graph.capture.mapping import read_capture
from graph.connection import Graph, Row
from tests.support.emptying import ask
from tests.support.shop_database import MAPPING

END = TransactionEnd("1")
INGREDIENT = {"id": 1, "name": "House syrup", "reviewed": True}
DRINK = {"id": 1, "name": "Sour", "abv": 12, "complete": True}
LINE = {"id": 1, "drink_id": 1, "ingredient_id": 1, "amount": 20}
ALMOND = {"id": 1, "ingredient_id": 1, "allergen": "almond", "status": "contains", "seen": None}
STATE = """MATCH (drink:Drink {id: 'shop-d1'}) OPTIONAL MATCH (drink)-[:CONTAINS]->(part:Ingredient)
RETURN drink.recipeComplete AS complete, drink.availableUntil AS until, drink.price AS price,
  collect(part.id) AS parts"""


def applier(graph: Graph, mapping: str = MAPPING) -> Applier:
    captured = read_capture(mapping, "shop.toml")
    people = CapturedPeople(graph, captured, by="capture", key="key")
    return Applier(graph, captured, people, by="capture", key="key")


def message(
    lsn: int, op: str, table: str, row: dict[str, Any], *, old: Any = None, snapshot: str = "false"
) -> Message:
    """A change of a row in transaction 1, or a row of a snapshot."""
    source = {"connector": "postgresql", "name": "shop", "schema": "public", "table": table}
    body = {
        "op": op,
        "source": source | {"lsn": lsn, "snapshot": snapshot},
        "before": row if op == "d" else old,
        "after": None if op == "d" else row,
        "transaction": None if op == "r" else {"id": f"1:{lsn}", "total_order": 1},
    }
    found = decoded(orjson.dumps(body))
    assert found
    return found


class Shop:
    """A graph that follows the messages it is given."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.applier = applier(graph)

    async def __call__(self, *messages: Message) -> Applied:
        return await self.applier.apply(messages)

    async def sour(self) -> Row:
        """What the graph has of the one drink."""
        [row] = await ask(self.graph, STATE)
        return row

    async def reviewed(self, id_: str = "shop-i1") -> bool:
        text = "MATCH (part:Ingredient {id: $id}) RETURN part.reviewed AS reviewed"
        [row] = await ask(self.graph, text, id=id_)
        return bool(row["reviewed"])

    async def problems(self) -> list[str]:
        text = "MATCH (row:SourceRow) WHERE row.problem IS NOT NULL RETURN row.problem AS problem"
        return [row["problem"] for row in await ask(self.graph, text)]
