"""`tastegraph query` and `tastegraph export`, as analysts run them beside a server."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq

from tests.integration.service.commands import Served
from tests.integration.service.commands import in_process as tastegraph


def test_a_question_is_answered_in_each_form(own: Served, tmp_path: Path) -> None:
    said = tastegraph(own.home, "query", "popular_by_kind", "--param", "perKind=1")
    assert said.returncode == 0, said.stderr
    assert "soda" in said.stdout and "tea" in said.stdout and "2 rows, " in said.stderr
    said = tastegraph(own.home, "query", "popular_by_kind", "--format=csv", "--limit=4")
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert len(rows) == 4 and "4 rows, and there are more" in said.stderr
    out = tmp_path / "months.parquet"
    assert tastegraph(own.home, "query", "sales_by_month", f"--out={out}").returncode == 0
    months = pq.read_table(out).to_pylist()
    assert [month["purchases"] for month in months] == [120] * 8


def test_a_question_is_drawn(own: Served, tmp_path: Path) -> None:
    out = tmp_path / "months.html"
    said = tastegraph(
        own.home, "query", "sales_by_month", "--chart=line", "--y=people", f"--out={out}"
    )
    assert said.returncode == 0, said.stderr
    page = out.read_text(encoding="utf-8")
    assert "<svg" in page and "2026-08" in page


def test_a_slow_question_is_explained(own: Served) -> None:
    said = tastegraph(own.home, "query", "recall_exposure", "--profile")
    assert said.returncode == 0, said.stderr
    assert "Execution Plan" in said.stdout and "- This engine reports the times" in said.stdout


def test_what_cannot_be_asked_is_refused_with_the_reason(own: Served, tmp_path: Path) -> None:
    said = tastegraph(own.home, "query", "popular_by_kinds")
    assert said.returncode == 1 and "Perhaps popular_by_kind" in said.stderr
    said = tastegraph(own.home, "query", "popular_by_kind", "--param", "perKind=many")
    assert said.returncode == 1 and "'perKind' must be a whole number" in said.stderr
    path = tmp_path / "evil.cypher"
    path.write_text("// Evil: it.\n/*\nmode:    read\n*/\nMATCH (n) DETACH DELETE n\n")
    said = tastegraph(own.home, "query", str(path))
    assert said.returncode == 1 and "has the word DETACH" in said.stderr
    assert tastegraph(own.home, "query").returncode == 2
    assert tastegraph(own.home, "query", "sales_by_month", "--format=parquet").returncode == 2
    said = tastegraph(own.home, "query", "sales_by_month", "--chart=bar")
    assert said.returncode == 2 and ".png, .svg, .html" in said.stderr
    said = tastegraph(own.home, "query", str(tmp_path / "none.cypher"))
    assert said.returncode == 1 and "No such file" in said.stderr


def test_the_questions_are_listed_without_a_graph(tmp_path: Path) -> None:
    said = tastegraph(tmp_path / "home", "query", "--list", "--format=json")
    listed = json.loads(said.stdout)
    assert len(listed) >= 25 and not (tmp_path / "home").exists()
    assert all(question["title"] and question["columns"] for question in listed)


def test_the_graph_is_exported_beside_a_server(own: Served, tmp_path: Path) -> None:
    out = tmp_path / "graph"
    said = tastegraph(own.home, "export", "graphml", f"--out={out}", "--json")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["files"] == ["graph.graphml", "manifest.json"] and "Warning" not in said.stderr
    assert told["nodes"]["Drink"] == 40 and "User" not in told["nodes"]
    said = tastegraph(own.home, "export", "csv", f"--out={out}", "--with-people")
    assert said.returncode == 1 and "not empty" in said.stderr and "Warning" in said.stderr
    said = tastegraph(own.home, "export", "csv", f"--out={out}-2", "--with-allergies")
    assert said.returncode == 2 and "needs --with-people" in said.stderr
