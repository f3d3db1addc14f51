"""A row is what the driver's own export of a record is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from neo4j import Record
from neo4j.graph import Graph, Node
from neo4j.time import Date

from graph.rows import row_of

NODE = Node(Graph(), "4:x:1", 1, ["Drink"], {"id": "ale"})
ODD: list[Any] = [NODE, [NODE], {"of": [NODE]}, Date(2026, 11, 30), (1, 2), {"a": (NODE,)}]
PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text() | some.floats(allow_nan=False),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=20,
)


@given(some.dictionaries(some.text(), PLAIN))
def test_plain_values_are_as_the_driver_exports_them(values: dict[str, Any]) -> None:
    assert row_of(Record(values)) == Record(values).data()


@pytest.mark.parametrize("value", ODD)
def test_graph_objects_are_exported_by_the_driver(value: Any) -> None:
    record = Record({"plain": 1, "value": value})
    assert row_of(record) == record.data()
