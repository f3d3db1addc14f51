"""The rules of alerts: each names metrics that there are, and fires when it should alone."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.metrics import ServiceMetrics
from tests.servers.promtool import promtool, promtool_missing
from tests.support.pages import DOCS, ROOT, headings

FILES = ("alerts.yml", "objectives.yml")
ALL: list[dict[str, Any]] = [
    rule
    for name in FILES
    for group in yaml.safe_load((ROOT / "deploy" / name).read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
RULES = [rule for rule in ALL if "alert" in rule]

RISEN, STILL = "0x10 1x20", "3x30"
REQUESTS = 'tastegraph_http_requests_total{path="/graphql",status="%s"}'
SECONDS = 'tastegraph_http_seconds_%s{path="/graphql"%s}'
LONG = "3d"
"""Rules about days are looked at each half hour, the others each minute."""


def failing(share: float) -> dict[str, str]:
    """A thousand requests each time, of which a share fails."""
    failed = round(1000 * share)
    counted = {"200": 1000 - failed, "503": failed}
    return {REQUESTS % status: f"0+{count}x500" for status, count in counted.items()}


def slow(share: float) -> dict[str, str]:
    quick = round(1000 * (1 - share))
    return {
        SECONDS % ("bucket", ',le="0.5"'): f"0+{quick}x500",
        SECONDS % ("count", ""): "0+1000x500",
    }


READY = 'tastegraph_http_requests_total{path="/readyz",status="%s"}'
CASES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "SafetyChecksDisagree": (
        {"tastegraph_safety_disagreements_total": RISEN},
        {"tastegraph_safety_disagreements_total": STILL},
        "15m",
    ),
    "KeptAnswerContradicted": (
        {"tastegraph_gate_contradictions_total": RISEN},
        {"tastegraph_gate_contradictions_total": STILL},
        "15m",
    ),
    "GraphAway": ({READY % 503: "0+1x30"}, {READY % 200: "0+1x30", READY % 503: STILL}, "15m"),
    "WorkersEnd": (
        {"tastegraph_worker_restarts_total": "0+1x30"},
        {"tastegraph_worker_restarts_total": RISEN},
        "15m",
    ),
    "ModelNotLoaded": (
        {"tastegraph_model_failures_total": RISEN},
        {"tastegraph_model_failures_total": STILL},
        "15m",
    ),
    "RecommendationsNotRemembered": (
        {"tastegraph_recommendations_lost_total": RISEN},
        {"tastegraph_recommendations_lost_total": STILL},
        "15m",
    ),
    "EventsStalled": (
        {"tastegraph_partitions_stalled": "1x30"},
        {"tastegraph_partitions_stalled": "0x30"},
        "15m",
    ),
    "EventLogAway": (
        {"tastegraph_log_available": "0x30"},
        {"tastegraph_log_available": "1x30"},
        "15m",
    ),
    "DeadLetters": (
        {"tastegraph_dead_letters_total": RISEN},
        {"tastegraph_dead_letters_total": STILL},
        "15m",
    ),
    "ChangesStopped": (
        {"tastegraph_changes_stopped": "1x30"},
        {"tastegraph_changes_stopped": "0x30"},
        "15m",
    ),
    "ChangesStalled": (
        {"tastegraph_changes_waiting_seconds": "61x30"},
        {"tastegraph_changes_waiting_seconds": "60x30"},
        "15m",
    ),
    "ChangesUnavailable": (
        {"tastegraph_changes_available": "0x30"},
        {"tastegraph_changes_available": "1x30"},
        "15m",
    ),
    "SinksFailing": (
        {"tastegraph_sinks_failing": "1x30"},
        {"tastegraph_sinks_failing": "0x10 1x4 0x20"},
        "25m",
    ),
    "OutboxStalled": (
        {"tastegraph_outbox_waiting_seconds": "90x30"},
        {"tastegraph_outbox_waiting_seconds": "0x10 90x4 0x20"},
        "14m",
    ),
    "TriggersAlert": (
        {"tastegraph_trigger_alerts_total": RISEN},
        {"tastegraph_trigger_alerts_total": STILL},
        "15m",
    ),
    "CatalogueEmpty": (
        {"tastegraph_catalogue_drinks": "0x30"},
        {"tastegraph_catalogue_drinks": "400x30"},
        "15m",
    ),
    "RequestsFailFast": (failing(0.02), failing(0.003), "7h"),
    "RequestsFailSlowly": (failing(0.004), failing(0.0005), LONG),
    "AnswersSlowFast": (slow(0.2), slow(0.05), "7h"),
    "AnswersSlowSlowly": (slow(0.05), slow(0.005), LONG),
}
"""Of each alert: series with which it fires at a time, and those with which it does not then."""


def metric_names() -> set[str]:
    return set(re.findall(r"^# TYPE (\w+) ", ServiceMetrics().text().decode(), re.MULTILINE))


def recorded(rule: dict[str, Any]) -> str:
    """The expression of a rule, without the names that other rules record."""
    return re.sub(r"tastegraph:\w+:\w+", "", rule["expr"])


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_watches_metrics_that_there_are(rule: dict[str, Any]) -> None:
    named = set(re.findall(r"tastegraph_\w+", recorded(rule)))
    assert {re.sub(r"_(bucket|count)$", "", name) for name in named} <= metric_names()
    assert named or "tastegraph:" in rule["expr"]
    assert set(re.findall(r"(\w+)=", rule["expr"])) <= {"path", "status", "le"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"] and rule["annotations"]["description"]


def test_a_disagreement_of_the_two_checks_is_critical() -> None:
    rule = next(rule for rule in RULES if rule["alert"] == "SafetyChecksDisagree")
    assert "tastegraph_safety_disagreements_total" in rule["expr"]
    assert rule["labels"]["severity"] == "critical"


def as_promtool(
    rule: dict[str, Any], series: dict[str, str], at: str, *, fires: bool
) -> dict[str, Any]:
    """A test of a rule as promtool reads it: what of it fires at a time, with all it says."""
    labels = {
        name: value
        for each in series
        for name, value in re.findall(r'(\w+)="([^"]*)"', each)
        if fires and "sum(" not in rule["expr"] and "tastegraph:" not in rule["expr"]
    }
    said = {
        "exp_labels": {**labels, **rule["labels"]},
        "exp_annotations": rule["annotations"],
    }
    return {
        "interval": "30m" if at == LONG else "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": at, "alertname": rule["alert"], "exp_alerts": [said] if fires else []}
        ],
    }


def test_every_alert_fires_when_it_should_and_is_silent_otherwise(tmp_path: Path) -> None:
    if reason := promtool_missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must fire the rules, but {reason}")
        pytest.skip(reason)
    assert set(CASES) == {rule["alert"] for rule in RULES}
    for interval, rules in (
        ("1m", [rule for rule in RULES if CASES[rule["alert"]][2] != LONG]),
        ("30m", [rule for rule in RULES if CASES[rule["alert"]][2] == LONG]),
    ):
        tests = [
            as_promtool(rule, series, at, fires=fires)
            for rule in rules
            for firing, silent, at in [CASES[rule["alert"]]]
            for series, fires in ((firing, True), (silent, False))
        ]
        files = [str(ROOT / "deploy" / name) for name in FILES]
        document = {"rule_files": files, "evaluation_interval": interval, "tests": tests}
        (tmp_path / "tests.yml").write_text(yaml.safe_dump(document))
        command = [str(promtool()), "test", "rules", str(tmp_path / "tests.yml")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_has_its_runbook(rule: dict[str, Any]) -> None:
    page = (DOCS / "runbooks.md").read_text(encoding="utf-8")
    assert rule["alert"] in headings(page)
