"""A report's page and pictures from parts known by construction."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pytest

from embeddings.data.diagnostics import diagnose
from embeddings.data.leakage import leakage
from embeddings.data.splitting import split
from embeddings.training.history import Step
from graph.models.records import RegisteredModel
from service.reports.drawn_map import DrawnMap
from service.reports.known_drinks import surroundings
from service.reports.report import Report
from service.reports.report_figures import chart_pictures, report_picture
from service.reports.report_page import report_page
from tests.unit.embeddings.worlds import checkerboard

ROW = {"recall": 0.3, "users": 60, "k": 20, "recall_standard_error": 0.01, "coverage": 0.5}
METRICS: Mapping[str, Any] = {
    "EASE": {**ROW, "ndcg": 0.16, "ndcg_standard_error": 0.02},
    "model": {**ROW, "ndcg": 0.17, "ndcg_standard_error": 0.02},
    "notes": [1, 2],
}
CHECKS = [
    {
        "name": "popularity",
        "passed": True,
        "measured": 0.17,
        "bound": 0.1,
        "sentence": "beats <it>",
    },
    {"name": "cold drinks, popularity", "passed": False, "measured": 0.1, "bound": 0.2}
    | {"sentence": "is worse"},
    {"name": "allergic, popularity", "passed": None, "measured": 0.3, "bound": None}
    | {"sentence": "too few"},
]
CURVE = (Step("choose", 1, 1, 2, ndcg=0.1), Step("attributes", 1, 1, 2, loss=0.9))


def model(**values: Any) -> RegisteredModel:
    known = {field.name for field in dataclasses.fields(RegisteredModel)}
    told = {"version": "20261121T120000Z-0123abcd", "status": "active", "note": "good"}
    told |= {"trained_at": "2026-11-21T12:00:00", "data_fingerprint": "f", "metrics": METRICS}
    return RegisteredModel(
        **{**dict.fromkeys(known), "checks": CHECKS, "lineage": {}, **told, **values}
    )


@pytest.fixture(scope="module")
def report(drawn: DrawnMap) -> Report:
    graph = checkerboard()
    return Report(
        drawn=drawn,
        model=model(),
        curve=CURVE,
        known=surroundings(drawn.view, [5, 3], 3),
        diagnostics=diagnose(graph),
        leakage=leakage(graph, split(graph), 0, [["drink-4", "drink-6"]]),
        same_data=False,
    )


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_the_page_tells_of_every_part(report: Report) -> None:
    text = " ".join(text_of(report_page(report)).split())
    assert "Simulated data: all 60 people are simulated" in text
    assert "has changed since" in text
    assert "0.1700 ± 0.0200" in text and text.index("model 0.3") < text.index("EASE 0.3")
    assert "✓ passed popularity 0.17 0.1 beats &lt;it&gt;" in text
    assert "✗ failed cold drinks" in text and "– not measured allergic" in text
    assert "Piña Cölada" in text
    assert "✗ failed Events in the future" in text
    assert "✓ passed Held-out pairs that training has too 0" in text
    assert "under several ids: 1: drink-4 = drink-6." in text


def test_the_page_fetches_nothing_and_runs_nothing(report: Report) -> None:
    page = report_page(report)
    assert "<script" not in page and "default-src 'none'" in page
    assert set(re.findall(r'src="([^,]+),', page)) == {"data:image/png;base64"}
    assert page.count("<img ") == 6


def test_what_was_not_recorded_is_not_drawn(report: Report) -> None:
    bare = dataclasses.replace(report, model=model(metrics={}, checks=None), curve=())
    assert set(chart_pictures(bare)) == {"degrees", "map"}
    text = text_of(report_page(bare))
    assert "No curve was kept" in text and "nothing was measured" in text
    assert "None are recorded" in text


def test_all_pictures_are_one(report: Report) -> None:
    assert report_picture(report).startswith(b"\x89PNG")


def test_plain_values_hold_the_same(report: Report) -> None:
    plain = report.plain()
    assert list(plain["comparison"]) == ["model", "EASE"]
    assert plain["leakage"]["future"] > 0 and plain["graph"]["component_count"] >= 1
    assert plain["people"] == {"all": 60, "simulated": 60}
