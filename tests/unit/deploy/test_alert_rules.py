"""The alert rules name metrics and labels that the service has, and say what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from service.metrics import ServiceMetrics
from tests.support.pages import ROOT

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]


def metric_names() -> set[str]:
    return set(re.findall(r"^# TYPE (\w+) ", ServiceMetrics().text().decode(), re.MULTILINE))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_watches_a_metric_and_says_what_to_do(rule: dict[str, Any]) -> None:
    named = set(re.findall(r"tastegraph_\w+", rule["expr"]))
    assert named and named <= metric_names()
    assert set(re.findall(r"(\w+)=", rule["expr"])) <= {"path", "status"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"] and rule["annotations"]["description"]


def test_a_disagreement_of_the_two_checks_is_critical() -> None:
    rule = next(rule for rule in RULES if rule["alert"] == "SafetyChecksDisagree")
    assert "tastegraph_safety_disagreements_total" in rule["expr"]
    assert rule["labels"]["severity"] == "critical"
