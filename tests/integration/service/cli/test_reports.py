"""`tastegraph map`, `report` and `neighbours` on the bundled data, in this process."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from service.cli.main import main
from tests.integration.service.commands import Served, environment


class Said:
    """What one command said, and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, " ".join(err.split())


class Commands:
    """Commands with a home, without a process of their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, home: Path, *arguments: str) -> Said:
        for name, value in environment(home).items():
            self._monkeypatch.setenv(name, value)
        self._monkeypatch.setattr(sys, "argv", ["tastegraph", *arguments])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(monkeypatch, capsys)


def test_a_map_is_drawn(served: Served, run: Commands, tmp_path: Path) -> None:
    page, picture = tmp_path / "map.html", tmp_path / "map.png"
    said = run(
        served.home,
        *("map", "--out", str(page), "--png", str(picture), "--color", "allergen:milk", "--json"),
    )
    assert said.status == 0, said.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    text = page.read_text(encoding="utf-8")
    assert "Simulated data" in text and '"first":"allergen:milk"' in text
    document = json.loads(said.out)
    assert (
        len(document["ids"]) > 400
        and document["people"]["simulated"] == document["people"]["all"] > 0
    )
    milk = next(
        coloring for coloring in document["colorings"] if coloring["name"] == "allergen:milk"
    )
    verdict = dict(
        zip(document["ids"], (milk["labels"][int(label)] for label in milk["of"]), strict=True)
    )
    assert (verdict["cappuccino"], verdict["double-espresso"]) == ("CONTAINS", "ABSENT")


def test_a_report_is_written(served: Served, run: Commands, tmp_path: Path) -> None:
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    said = run(served.home, "report", "--out", str(page), "--png", str(picture), "--json")
    assert said.status == 0, said.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    text = page.read_text(encoding="utf-8")
    assert "Simulated data" in text and "Neighbours of well-known drinks" in text
    document = json.loads(said.out)
    assert document["curve"] and document["checks"] and len(document["neighbours"]) == 10
    assert {"model", "popularity", "ItemKNN"} <= set(document["comparison"])
    leaks = document["leakage"]
    assert leaks["held_out"] > 1000
    assert [leaks[name] for name in ("in_training", "out_of_order", "future")] == [0, 0, 0]


def test_neighbours_are_those_of_the_service(served: Served, run: Commands) -> None:
    said = run(served.home, "neighbours", "Negroni", "--count", "3", "--json")
    assert said.status == 0, said.err
    (neighbourhood,) = json.loads(said.out)
    asked = """query { similarDrinks(drinkId: "negroni", first: 3) {
        ... on Recommendations { items { drink { id } } } } }"""
    similar = served.data(asked, served.token("nobody-yet"))["similarDrinks"]["items"]
    assert [neighbour["id"] for neighbour in neighbourhood["nearest"]] == [
        item["drink"]["id"] for item in similar
    ]
    assert all(neighbour["shared"] for neighbour in neighbourhood["nearest"])

    table = run(served.home, "neighbours")
    assert "near Mojito" in table.err and "Simulated data" in table.err


def test_what_cannot_be_is_said(served: Served, run: Commands, tmp_path: Path) -> None:
    out = tmp_path / "no-such-folder" / "map.html"
    for arguments, expected in (
        (("map", "--out", str(out)), "No such file"),
        (("map", "--color", "allergen:mlik"), "allergen:milk"),
        (("map", "--model", "20200101T000000Z-00000000"), "There is no model"),
        (("report", "20200101T000000Z-00000000"), "There is no model"),
        (("neighbours", "Nergoni"), "Perhaps Negroni"),
    ):
        said = run(served.home, *arguments)
        assert said.status == 1 and expected in said.err, (arguments, said.err)
    assert list(tmp_path.iterdir()) == []


def test_without_a_model_there_is_nothing_to_show(run: Commands, tmp_path: Path) -> None:
    for arguments in (("map", "--out", str(tmp_path / "map.html")), ("report",), ("neighbours",)):
        said = run(tmp_path / "home", *arguments)
        assert said.status == 1 and "There is no active model. Train one" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
