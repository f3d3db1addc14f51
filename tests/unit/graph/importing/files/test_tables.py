from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import ImportRefused
from graph.importing.files.tables import open_table

ROWS: list[dict[str, Any]] = [
    {"id": "a", "name": "Tôm “yum”, hot", "price": 3.5, "served_hot": True, "flavors": ["x", "y"]},
    {"id": "b", "name": "牛奶", "price": None, "served_hot": False, "flavors": None},
]
EXPECTED = [
    {"id": "a", "name": "Tôm “yum”, hot", "price": "3.5", "served_hot": "true", "flavors": "x|y"},
    {"id": "b", "name": "牛奶", "price": "", "served_hot": "false", "flavors": ""},
]


def written(folder: Path, suffix: str) -> Path:
    path = folder / f"drinks{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS))
    else:
        lines = [
            "id,name,price,served_hot,flavors",
            'a,"Tôm “yum”, hot",3.5,true,x|y',
            "b,牛奶,,false,",
        ]
        path.write_text("\r\n".join(lines))
    return path


def values(path: Path) -> list[dict[str, str]]:
    return [record.values for record in open_table(path).records()]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_three_formats_read_alike(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix)
    assert values(path) == EXPECTED
    assert open_table(path).rows == 2
    assert set(open_table(path).columns) == set(ROWS[0])


def test_parquet_dates_and_numbers_become_text(tmp_path: Path) -> None:
    day = datetime.date(2026, 1, 31)
    moment = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
    row = {"day": day, "moment": moment, "whole": 7, "nothing": float("nan")}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "t.parquet")
    assert values(tmp_path / "t.parquet") == [
        {"day": "2026-01-31", "moment": "2026-01-31T12:00:00+00:00", "whole": "7", "nothing": ""}
    ]


def test_a_byte_order_mark_and_spaces_are_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf ID , Name \na, Latte \n")
    (tmp_path / "t.jsonl").write_bytes(b'\xef\xbb\xbf{"ID": "a", "Name ": " Latte "}\n')
    assert (
        values(tmp_path / "t.csv") == values(tmp_path / "t.jsonl") == [{"id": "a", "name": "Latte"}]
    )


def test_blank_lines_are_no_rows_and_numbers_are_lines(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,name\n\na,A\n,\nb,B\n")
    assert [record.number for record in open_table(tmp_path / "t.csv").records()] == [3, 5]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('a,"A"B', "cannot be read"),
        ("a", "has 1 value for 2 columns"),
        ("a,b,c", "has 3 values for 2 columns"),
        ("a," + "x" * 200_000, "cannot be read: field larger than field limit"),
    ],
)
def test_a_broken_line_is_handed_on_with_its_problem(
    tmp_path: Path, line: str, problem: str
) -> None:
    (tmp_path / "t.csv").write_text(f"id,name\nb,B\n{line}\nc,C\n")
    records = list(open_table(tmp_path / "t.csv").records())
    assert [record.values["id"] for record in records] == ["b", "a", "c"]
    assert [bool(record.problem) for record in records] == [False, True, False]
    assert records[1].problem.startswith(problem)


@pytest.mark.parametrize(
    "text",
    [
        'id,name\na,"A\nb,B\nc,C\n',  # never closed
        'id,name\na,"A\nb,"B"\nc,C\n',  # closed by the next quote
        'id,name\na,"A\nb,B",C\n',  # swallowed a line, and has too many values
        'id,name,kind\na,A,"x\nb,B,y\nc,C,"\n',  # each line would be a row without the quotes
        'id,"na',
    ],
)
def test_an_open_quote_that_may_have_swallowed_rows_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(ImportRefused, match=r"t\.csv"):
        open_table(tmp_path / "t.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["description", "name", "body (html)"])
def test_any_quoted_value_may_have_lines(tmp_path: Path, name: str, end: str) -> None:
    text = f'"id",{name},price{end}a,"one, two{end}{end}three, and four",4{end}b,"",5{end}'
    (tmp_path / "t.csv").write_bytes(text.encode())
    records = list(open_table(tmp_path / "t.csv").records())
    assert [record.values["id"] for record in records] == ["a", "b"]
    assert records[0].values[name].split() == ["one,", "two", "three,", "and", "four"]
    assert [record.number for record in records] == [2, 5]


def test_a_column_name_over_two_lines_is_one_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('id,"drink\nname"\na,A\n')
    assert values(tmp_path / "t.csv") == [{"id": "a", "drink name": "A"}]


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("x")
    with pytest.raises(ImportRefused, match=r"t\.xlsx is not one of \.csv"):
        open_table(tmp_path / "t.xlsx")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "id,name,,\na,Tôm,,\n".encode()),
        ("t.csv", "id,name\na,Tôm\n".encode("utf-16")),
        ("t.csv", "\ufeffsep=;\r\nid;name\r\na;Tôm\r\n".encode()),
        ("t.csv", b'"sep=\t"\nid\tname\na\tT\xc3\xb4m\n'),
        ("t.tsv", "id\tname\na\tTôm\n".encode()),
        ("t.json", '[{"id": "a", "name": "Tôm"}]'.encode()),
        ("t.json", '{"id": "a", "name": "Tôm"}'.encode()),
        ("t.json", '{"id": "a", "name": "Tôm"}\n\n'.encode("utf-16")),
        ("t.jsonl", '\n[\n{"id": "a",\n"name": "Tôm"}]\n'.encode()),
    ],
)
def test_what_a_file_says_of_itself_is_believed(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert values(tmp_path / name) == [{"id": "a", "name": "Tôm"}]


def test_a_value_in_a_column_without_a_name_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("sep=,\nid,,name,\na,,A,\nb,milk,B,\n")
    good, bad = open_table(tmp_path / "t.csv").records()
    assert (good.values, good.problem, good.number) == ({"id": "a", "name": "A"}, "", 3)
    assert bad.problem == "has a value in column 2, which has no name"


@pytest.mark.parametrize("line", ["{", "[]", '"a"', "{'id': 1}", '{"id": {"x": 1}}', '{"id": NaN}'])
def test_a_line_that_is_no_json_object_has_a_problem(tmp_path: Path, line: str) -> None:
    (tmp_path / "t.jsonl").write_text(f'{{"id": "a"}}\n{line}\n')
    assert [bool(record.problem) for record in open_table(tmp_path / "t.jsonl").records()] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("t.csv", b"", "is empty"),
        ("t.jsonl", b"", "is empty"),
        ("t.parquet", b"", "cannot be read as a parquet file"),
        ("t.parquet", b"PAR1 not really PAR1", "cannot be read as a parquet file"),
        ("t.csv", "id,name\na,Café\n".encode("latin-1"), "is not UTF-8"),
        ("t.csv", "id,name\na,b\n".encode("utf-16-le"), "null characters"),
        ("t.csv", b",,\na,b,c\n", "names no columns"),
        ("t.json", b"nothing", "is not JSON"),
        ("t.json", b"7", "has no list of records"),
        ("t.jsonl", '{"id": "Café"}\n'.encode("latin-1"), "is not UTF-8"),
        ("t.csv", b"id,name,id\na,b,c\n", "more than once"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportRefused, match=f"{name}.*{reason}"):
        open_table(tmp_path / name)


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ".parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ImportRefused, match="parquet"):
        open_table(path)
