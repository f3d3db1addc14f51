"""An open service: everything its endpoints answer from."""

from __future__ import annotations

from dataclasses import dataclass, field

from events.collecting import Collector
from gql.request.context import Dependencies
from graph.connection import Graph
from service.background.change_stream import ChangeStream
from service.http.auth import Verifier
from service.http.limits.connection_limits import ConnectionLimits
from service.http.limits.rates import Rates
from service.http.limits.turns import Turns
from service.http.readiness import Readiness
from service.http.trusted_documents import TrustedDocuments
from service.http.websocket import OpenSockets
from service.metrics import ServiceMetrics


@dataclass(frozen=True)
class Service:
    """A running service: what the HTTP application needs."""

    dependencies: Dependencies
    verifier: Verifier
    metrics: ServiceMetrics
    graph: Graph
    sockets: OpenSockets
    rates: Rates
    turns: Turns
    documents: TrustedDocuments
    connection_limits: ConnectionLimits
    readiness: Readiness
    collector: Collector
    write_keys: tuple[str, ...] = field(repr=False)
    changes: ChangeStream | None = None
