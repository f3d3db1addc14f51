"""The dashboard of the graph's health asks for metrics and labels that the service has."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from service.metrics import ServiceMetrics
from tests.support.pages import ROOT

DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "graph-health.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SUFFIXES = re.compile(r"_(bucket|sum|count)\Z")
LABELS = {"path", "status", "le", "instance"}  # `instance` is Prometheus' own
ALWAYS = (
    "tastegraph_safety_disagreements_total",
    "tastegraph_catalogue_drinks",
    "tastegraph_catalogue_version",
    "tastegraph_http_seconds_bucket",
)


def kinds() -> dict[str, str]:
    families = re.findall(r"^# TYPE (\w+) (\w+)", ServiceMetrics().text().decode(), re.MULTILINE)
    return dict(families)


def expressions(panel: dict[str, Any]) -> list[str]:
    return [target["expr"] for target in panel["targets"]]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_asks_for_metrics_that_are_there(panel: dict[str, Any]) -> None:
    known = kinds()
    for expression in expressions(panel):
        named = set(re.findall(r"tastegraph_\w+", expression))
        assert named
        for name in named:
            whole = name if name in known else SUFFIXES.sub("", name)
            assert whole in known, name
            assert (whole != name) == (known[whole] == "histogram"), name
            # a counter says nothing by itself: only its rise does
            rising = re.search(rf"(increase|rate)\({name}", expression)
            assert bool(rising) == (known[whole] != "gauge"), expression
        used = set(re.findall(r"(\w+)(?:=~?)\"", expression))
        for group in re.findall(r"by \(([\w, ]+)\)", expression):
            used |= set(group.split(", "))
        assert used <= LABELS, expression


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_means_and_takes_the_chosen_source(panel: dict[str, Any]) -> None:
    assert panel["title"] and panel["description"]
    assert panel["datasource"]["uid"] == "${datasource}"
    assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource"}


def test_the_dashboard_watches_what_matters() -> None:
    asked = " ".join(expression for panel in PANELS for expression in expressions(panel))
    assert [name for name in ALWAYS if name not in asked] == []


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
