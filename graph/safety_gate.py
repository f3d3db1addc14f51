"""The query of the safety gate, for all who put people and drinks to it."""

from __future__ import annotations

from graph.query_files import load

SAFETY_GATE = load("recommend/safety_gate")
