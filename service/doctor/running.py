"""The doctor within a running server: the same checks, by what the server has open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from embeddings.registry.lifecycle import active_model
from events.log import LogUnavailable
from gql.request.health import HealthCheck, HealthFigures, HealthReport
from graph.catalogue.inventory import load_inventory
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from recommend.state.snapshot_store import SnapshotStore
from service.background.event_stream import EventStream
from service.doctor.event_checks import judged_log
from service.doctor.finding import Finding, problem
from service.doctor.graph_checks import LONG_SECONDS, check_contents, judged_model
from service.doctor.installation import check_home
from service.metrics import ServiceMetrics
from service.settings import Settings

KEPT_SECONDS = 30.0


@dataclass
class RunningDoctor:
    """Checks the service when it is asked to, at most every half minute."""

    settings: Settings
    graph: Graph
    snapshots: SnapshotStore
    stream: EventStream
    metrics: ServiceMetrics
    clock: Clock = utc_now
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _found: Sequence[Finding] = ()
    _until: float = -1.0

    async def report(self) -> HealthReport:
        """Return what was found; a graph or a log that is away is a finding."""
        async with self._lock:
            if time.monotonic() > self._until:
                self._found = await self._findings()
                self._until = time.monotonic() + KEPT_SECONDS
        return HealthReport([_checked(finding) for finding in self._found], self._figures())

    async def _findings(self) -> list[Finding]:
        findings = [await asyncio.to_thread(check_home, self.settings)]
        try:
            row = await load_inventory(self.graph, LONG_SECONDS)
            findings += await check_contents(self.graph, self.settings, row, self.clock())
            findings.append(await self._model())
            findings.append(await self._log())
        except GraphError as error:
            findings.append(problem("engine", error.message, error.advice or "See docs/errors.md."))
        return findings

    async def _model(self) -> Finding:
        drinks = len((await self.snapshots.snapshot()).catalogue.drinks)
        known = self.snapshots.known_drinks
        return judged_model(await active_model(self.graph), known, drinks, self.clock())

    async def _log(self) -> Finding:
        try:
            lags = await self.stream.lags()
            letters = len(await self.stream.letters.waiting())
        except LogUnavailable as error:
            return problem("events", error.message, error.advice)
        waited = max((lag.waiting_seconds for lag in lags), default=0.0)
        return judged_log(sum(lag.behind for lag in lags), waited, letters)

    def _figures(self) -> HealthFigures:
        current, total = self.snapshots.current, self.metrics.total
        requests = "tastegraph_http_requests_total"
        return HealthFigures(
            drinks=len(current.catalogue.drinks) if current else 0,
            catalogue_version=current.catalogue.version if current else -1,
            model_version=self.snapshots.model_version,
            requests=total(requests),
            failed_requests=total(requests, lambda labels: labels["status"].startswith("5")),
            disagreements=total("tastegraph_safety_disagreements_total"),
            contradictions=total("tastegraph_gate_contradictions_total"),
        )


def _checked(finding: Finding) -> HealthCheck:
    return HealthCheck(finding.check, finding.state.value, finding.message, finding.advice)
