"""Answers as tables, csv, json, parquet and charts."""

from __future__ import annotations

import csv
import io
import json
import re

import pyarrow.parquet as pq
import pytest

from graph.analytics.run import QueryResult
from graph.errors import QuestionRefused
from graph.query import Query
from service.cli.output.answers import as_bytes, as_table, cell
from service.cli.output.query_charts import MOST_BARS, chart

RETURNS = (
    ("drink", "STRING"),
    ("people", "INTEGER"),
    ("share", "FLOAT"),
    ("known", "BOOLEAN"),
    ("path", "LIST<STRING>"),
    ("facts", "LIST<MAP>"),
)
QUERY = Query("some", "Some <drinks>", "What & why.", "read", RETURNS, {}, "")
ROWS = [
    {"drink": 'a,"b"', "people": 2, "share": 1, "known": True, "path": ["x"], "facts": [{}]},
    {"drink": None, "people": None, "share": 0.5, "known": None, "path": None, "facts": None},
]
COLUMNS = tuple(name for name, _ in RETURNS)


def answer(rows: list[dict[str, object]]) -> QueryResult:
    return QueryResult(QUERY, COLUMNS, rows, False, 0.1)


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(as_bytes(answer(ROWS), "csv").decode())))
    assert rows[0]["drink"] == 'a,"b"' and rows[0]["known"] == "true"
    assert json.loads(rows[0]["path"]) == ["x"] and rows[1]["people"] == ""


def test_json_reads_back() -> None:
    assert json.loads(as_bytes(answer(ROWS), "json")) == ROWS


@pytest.mark.parametrize("rows", [ROWS, []], ids=["rows", "no rows"])
def test_parquet_has_the_declared_types(rows: list[dict[str, object]]) -> None:
    table = pq.read_table(io.BytesIO(as_bytes(answer(rows), "parquet")))
    types = {field.name: str(field.type) for field in table.schema}
    assert types["people"] == "int64" and types["share"] == "double"
    assert types["drink"] == "string" and types["known"] == "bool"
    assert types["path"].startswith("list<") and types["facts"] == "string"
    assert [row["people"] for row in table.to_pylist()] == [row["people"] for row in rows]


def test_a_column_that_is_not_what_it_declares_becomes_text() -> None:
    odd = QueryResult(QUERY, ("people",), [{"people": "many"}, {"people": 3}], False, 0.1)
    assert pq.read_table(io.BytesIO(as_bytes(odd, "parquet")))["people"].to_pylist() == [
        "many",
        "3",
    ]


def test_a_table_has_every_row_and_column() -> None:
    table = as_table(answer(ROWS))
    assert table.row_count == 2 and [column.header for column in table.columns] == list(COLUMNS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (True, "yes"),
        (1234, "1,234"),
        (0.123456, "0.1235"),
        (12345.678, "12,345.7"),
        (["a", 1], "a, 1"),
        ("x", "x"),
    ],
)
def test_a_value_as_people_read_it(value: object, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize("kind", ["bar", "line", "scatter"])
def test_a_chart_is_a_picture_and_the_same_each_time(kind: str) -> None:
    rows: list[dict[str, object]] = [{**ROWS[0], "people": n} for n in (3, 1, 2)]
    first, again = (chart(answer(rows), kind, "drink", "people", ".png") for _ in range(2))
    assert first.startswith(b"\x89PNG") and first == again
    svg = chart(answer(rows), kind, "drink", "people", ".svg")
    assert b"<svg" in svg and svg == chart(answer(rows), kind, "drink", "people", ".svg")


def test_a_page_has_the_chart_and_its_numbers_and_no_address_to_load() -> None:
    page = chart(answer(ROWS), "bar", "drink", "people", ".html").decode()
    assert "<svg" in page and "Some &lt;drinks&gt;" in page and "a,&quot;b&quot;" in page
    assert page.count("<tr>") == len(ROWS) + 1
    assert not re.findall(r"(?:src|href)=\"https?:|<script", page)


def test_bars_with_the_same_name_are_two_bars() -> None:
    rows: list[dict[str, object]] = [{**ROWS[0], "people": n} for n in (3, 1)]
    svg = chart(answer(rows), "bar", "drink", "people", ".svg").decode()
    other = chart(answer(rows[:1]), "bar", "drink", "people", ".svg").decode()
    assert svg.count("clip-path") > other.count("clip-path")


@pytest.mark.parametrize(
    ("rows", "kind", "x", "y", "reason"),
    [
        (ROWS, "bar", "drinks", "people", "no column 'drinks'. It has drink, people"),
        (ROWS, "bar", "drink", "path", "'path' has no numbers"),
        (ROWS, "line", "drink", "known", "'known' has no numbers"),
        ([], "bar", "drink", "people", "nothing to draw"),
        ([ROWS[0]] * (MOST_BARS + 1), "bar", "drink", "people", "--limit 60"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    rows: list[dict[str, object]], kind: str, x: str, y: str, reason: str
) -> None:
    with pytest.raises(QuestionRefused, match=reason):
        chart(answer(rows), kind, x, y, ".png")
