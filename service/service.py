"""A service that is open: all that its endpoints answer from."""

from __future__ import annotations

from dataclasses import dataclass

from gql.context import Parts
from graph.connection import Graph
from service.auth import Verifier
from service.doors import Doors
from service.metrics import Metrics
from service.rates import Rates
from service.readiness import Readiness
from service.trusted_documents import TrustedDocuments
from service.websocket import OpenSockets


@dataclass(frozen=True)
class Service:
    """A running service: what the HTTP application needs."""

    parts: Parts
    verifier: Verifier
    metrics: Metrics
    graph: Graph
    sockets: OpenSockets
    rates: Rates
    documents: TrustedDocuments
    doors: Doors
    readiness: Readiness
