"""Foreign text acts neither on a terminal nor in a spreadsheet, and comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.questions import question
from graph.analytics.run import QueryResult
from graph.importing.files.record import Record
from graph.importing.files.rejects import Rejects
from graph.importing.files.tables import open_table
from graph.legible import for_spreadsheet, from_spreadsheet, legible
from service.cli.output.answers import as_bytes
from service.cli.output.exports import Tables, write_tables
from service.cli.output.terminal import Terminal, plain_json

FORMULAS = (
    '=HYPERLINK("http://x.example","milk free")',
    "@SUM(A1:A9)",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "'=1+1",
    "\uff1d1+1",
)
HARMLESS = ("-1", "+1.5", "-1e-3", "gin", "gin - dry", "2 = 2", "'tis", "")
ATTACK = "gin\x1b]0;owned\x07\x1b[2J\x9b31m\u202enig\x7f\x00"
ACTING = set("\x1b\x07\x9b\u202e\x7f\x00\x08\r")
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", " ", "\uff1d")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_quoted_and_comes_back(text: str) -> None:
    cell = for_spreadsheet(text)
    assert not cell.startswith(RUNS)
    assert from_spreadsheet(cell) == legible(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert for_spreadsheet(text) == text
    assert from_spreadsheet(text) == text


@pytest.mark.parametrize("value", [-1, 2.5, None, True])
def test_what_is_no_text_stays(value: object) -> None:
    assert for_spreadsheet(value) is value


@given(st.text())
def test_every_legible_text_comes_back(text: str) -> None:
    assert from_spreadsheet(for_spreadsheet(text)) == legible(text)


@given(st.text())
def test_nothing_acts_in_what_is_legible(text: str) -> None:
    assert not ACTING & set(legible(text))
    assert legible(legible(text)) == legible(text)


def answer(*values: str) -> QueryResult:
    rows = [{"name": value, "=cmd": -1} for value in values]
    return QueryResult(question("sales_by_style"), ("name", "=cmd"), rows, False, 0.0)


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def test_an_answer_as_csv_runs_nothing_unless_raw_is_wanted() -> None:
    asked = answer(*FORMULAS, ATTACK)
    written = cells(as_bytes(asked, "csv").decode())
    assert not [cell for cell in written if cell.startswith(RUNS) and cell != "-1"]
    assert not ACTING & set("".join(written))
    raw = as_bytes(asked, "csv", raw=True).decode()
    assert FORMULAS[0] in cells(raw) and "\x1b" in raw


def test_an_export_runs_nothing_unless_raw_is_wanted(tmp_path: Path) -> None:
    rows = [{"id": str(number), "name": text} for number, text in enumerate((*FORMULAS, ATTACK))]
    tables = Tables({"Drink": rows}, {})
    write_tables(tables, "csv", tmp_path / "safe", {})
    written = cells((tmp_path / "safe/nodes/Drink.csv").read_text(encoding="utf-8"))
    assert not [cell for cell in written if cell.startswith(RUNS)]
    assert not ACTING & set("".join(written))
    write_tables(tables, "csv", tmp_path / "raw", {}, raw=True)
    assert FORMULAS[0] in cells((tmp_path / "raw/nodes/Drink.csv").read_text(encoding="utf-8"))


def test_an_import_reads_what_an_export_wrote(tmp_path: Path) -> None:
    names = [text for text in FORMULAS if text == text.strip()]
    rows = [{"id": str(number), "name": text} for number, text in enumerate(names)]
    write_tables(Tables({"Drink": rows}, {}), "csv", tmp_path / "out", {})
    records = list(open_table(tmp_path / "out/nodes/Drink.csv").records())
    assert [record.values["name"] for record in records] == names


def test_the_rejects_file_neither_runs_nor_acts(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.csv") as rejects:
        rejects.add(Record("drinks.csv", 2, {"name": ATTACK}, ""), "name", FORMULAS[0], ATTACK)
        rejects.add(Record(f"{ATTACK}.csv", 3, {"=a": "b"}, ""), "=a", ATTACK, "why")
    text = (tmp_path / "rejects.csv").read_bytes().decode()
    assert not ACTING & set(text.replace("\r\n", ""))
    assert not [cell for cell in cells(text) if cell.startswith(RUNS)]


def test_a_terminal_shows_foreign_text_and_obeys_none() -> None:
    from rich.table import Table
    from rich.text import Text

    to = Terminal(width=120, markup=False, force_terminal=False)
    table = Table(ATTACK)
    table.add_row(ATTACK)
    with to.capture() as captured:
        to.print(ATTACK, Text(ATTACK, style="red"))
        to.print(table)
    assert not ACTING & set(captured.get())
    assert "\u241b]0;owned" in captured.get()


def test_json_on_a_terminal_is_the_same_document() -> None:
    import json

    text = plain_json({"name": ATTACK})
    assert not ACTING & set(text)
    assert json.loads(text) == {"name": ATTACK}
