"""How an engine answered a query: its steps, what they cost, and what could be done about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.counting import counted

_EMBEDDED_STEP = re.compile(
    r"^\s*\+ (?P<what>.+?) \((?P<time>[\d.,]+)(?P<unit>[μµ]s|ms|s)(?:, (?P<rows>[\d.,]+) rows)?\)"
)
_MICROSECONDS = {"μs": 1, "µs": 1, "ms": 1_000, "s": 1_000_000}
_SCANS = ("AllNodesScan", "DirectedAllRelationshipsScan", "UndirectedAllRelationshipsScan")
MANY_ROWS = 1_000
MISJUDGED = 100


@dataclass(frozen=True)
class PlanStep:
    """One step of a plan, `depth` below the answer; `hits` are reads of the store."""

    depth: int
    operator: str
    details: str
    rows: int
    expected: float | None
    hits: int | None


@dataclass(frozen=True)
class Plan:
    """The steps, the last first; `engine_text` is the engine's, if it says no more."""

    steps: list[PlanStep] = field(default_factory=list[PlanStep])
    engine_text: str = ""

    @property
    def advice(self) -> list[str]:
        """Return what is slow and what helps, the costliest first."""
        if self.steps and self.steps[0].hits is not None:
            return _advice(self.steps)
        return _embedded_advice(self.engine_text)


def read_plan(profile: Mapping[str, Any]) -> Plan:
    """Read the plan in an engine's answer to PROFILE."""
    arguments = profile.get("args", {})
    if not profile.get("children") and not arguments.get("Details"):
        return Plan(engine_text=str(arguments.get("string-representation", "")))
    return Plan(steps=list(_steps(profile, 0)))


def _steps(node: Mapping[str, Any], depth: int) -> Iterator[PlanStep]:
    arguments = node.get("args", {})
    expected = arguments.get("EstimatedRows")
    yield PlanStep(
        depth=depth,
        operator=str(node["operatorType"]).split("@")[0],
        details=str(arguments.get("Details", "")),
        rows=int(node.get("rows") or arguments.get("Rows") or 0),
        expected=None if expected is None else float(expected),
        hits=int(node.get("dbHits") or arguments.get("DbHits") or 0),
    )
    for child in node.get("children", ()):
        yield from _steps(child, depth + 1)


def _advice(steps: list[PlanStep]) -> list[str]:
    total = sum(step.hits or 0 for step in steps)
    worst = max(steps, key=lambda step: step.hits or 0)
    advice = [f"{counted(total, 'store read')} in total."]
    if worst.hits:
        advice.append(
            f"{worst.hits / total:.0%} of them are in {worst.operator}: {worst.details}. "
            "Narrow the rows before this step, or give it an index."
        )
    for step in steps:
        advice.extend(_faults(step))
    return advice


def _faults(step: PlanStep) -> Iterator[str]:
    if step.operator in _SCANS:
        yield f"{step.operator} reads the whole graph: name a label, and a property with an index."
    if step.operator == "NodeByLabelScan" and step.rows > MANY_ROWS:
        yield f"NodeByLabelScan reads all of {counted(step.rows, 'node')}: {step.details}."
    if step.operator.startswith("CartesianProduct"):
        yield "CartesianProduct joins everything with everything: connect the two patterns."
    if step.operator.startswith("Eager") and step.rows > MANY_ROWS:
        yield f"{step.operator} keeps {counted(step.rows, 'row')} in memory: aggregate earlier."
    if step.expected is not None and step.rows > MISJUDGED * max(step.expected, 1):
        yield (
            f"{step.operator} was expected to give {step.expected:,.0f} rows and gave "
            f"{step.rows:,}: the planner misjudges {step.details}."
        )


def _embedded_advice(text: str) -> list[str]:
    matches = [match for line in text.splitlines() if (match := _EMBEDDED_STEP.match(line))]
    advice = ["This engine reports the times of its steps, but no store reads."]
    if matches:
        worst = max(matches, key=_microseconds)
        rows = f" for {worst['rows']} rows" if worst["rows"] else ""
        advice.append(f"Longest: {worst['what']}, {worst['time']} {worst['unit']}{rows}.")
    if "NodeByLabelScan" in text:
        advice.append("NodeByLabelScan reads every node of a label.")
    return advice


def _microseconds(step: re.Match[str]) -> float:
    return float(step["time"].replace(",", "")) * _MICROSECONDS[step["unit"]]
