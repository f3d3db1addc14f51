"""The HTTP application: GraphQL, health, metrics; each request wrapped by what it must pass."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypedDict

import strawberry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from gql.request.context import Context
from service.http.admission import Shedding, address_of, admitted, in_turn, refusal, too_often
from service.http.auth import Claims
from service.http.demo import Demo, demo_answer, is_shown
from service.http.graphiql import assets, graphiql_page
from service.http.graphql_endpoint import GraphQLEndpoint, asks_by_get
from service.http.intake.changes_endpoint import take_changes
from service.http.intake.events_endpoint import EventsEndpoint
from service.http.measured import Measured
from service.http.origins import across_origins
from service.http.pages import read_pages
from service.http.recommendations_endpoint import RecommendationsEndpoint, openapi_bytes
from service.http.security_headers import Guarded, failed
from service.http.service import Service
from service.http.trusted_documents import DocumentRefused
from service.http.websocket import Admission, SubscriptionEndpoint
from service.metrics import ServiceMetrics

MOST_BODY_BYTES = 1_000_000
LEAST_TO_COMPRESS = 1_000
GZIP_LEVEL = 5


class LifespanState(TypedDict):
    """What the application's lifespan gives to requests."""

    service: Service


Opener = Callable[[], AbstractAsyncContextManager[Service]]


def make_application(
    open_service: Opener,
    schema: strawberry.Schema,
    demo: Demo | None,
    origins: Sequence[str] = (),
) -> Starlette:
    """Return the application; the service is opened when it starts and closed when it ends.

    Pages of the other origins may use the API.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[LifespanState]:
        async with open_service() as service:
            yield {"service": service}

    return Starlette(
        routes=_Endpoints(schema, demo, origins).routes(),
        middleware=[
            Middleware(Measured),
            Middleware(Guarded),
            Middleware(Shedding),
            Middleware(GZipMiddleware, minimum_size=LEAST_TO_COMPRESS, compresslevel=GZIP_LEVEL),
        ],
        exception_handlers={Exception: failed},
        lifespan=lifespan,
    )


class _Endpoints:
    """What answers at each path; the service comes with the request."""

    def __init__(
        self, schema: strawberry.Schema, demo: Demo | None, origins: Sequence[str]
    ) -> None:
        self._operations = GraphQLEndpoint(schema, MOST_BODY_BYTES)
        self._subscriptions = SubscriptionEndpoint(schema, origins)
        self._recommendations = RecommendationsEndpoint(schema, MOST_BODY_BYTES)
        self._openapi = openapi_bytes(schema)
        self._events = EventsEndpoint(origins)
        self._demo = demo
        self._origins = origins

    def routes(self) -> list[BaseRoute]:
        return [
            Route(
                "/graphql",
                self._graphql,
                methods=["GET", "POST", "OPTIONS"],
                middleware=[across_origins(self._origins)],
            ),
            WebSocketRoute("/graphql", self._subscribed),
            Route(
                "/v1/recommendations",
                self._recommendations.answer,
                methods=["GET", "POST", "OPTIONS"],
                middleware=[across_origins(self._origins)],
            ),
            Route("/v1/openapi.json", self._described),
            Route(
                "/v1/events",
                self._events.answer,
                methods=["POST", "OPTIONS"],
                middleware=[across_origins(self._origins, "Content-Encoding")],
            ),
            Route("/v1/changes", take_changes, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/graphiql", assets()),
            Route("/demo", self._demonstration),
            *read_pages().routes(),
        ]

    async def _graphql(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, POST, OPTIONS"})
        if request.method != "POST" and not asks_by_get(request):
            return graphiql_page(self._demo.token if self._demo and is_shown(request) else None)
        service: Service = request.state.service
        viewer = await admitted(request, service)
        if isinstance(viewer, Response):
            return viewer
        return await in_turn(service, viewer, lambda: self._answer(request, viewer))

    async def _answer(self, request: Request, viewer: Claims | None) -> Response:
        service: Service = request.state.service
        context = Context(service.dependencies, viewer)
        try:
            return await self._operations.answer(request, context, service.documents)
        except DocumentRefused as error:
            service.metrics.refusals.labels("document").inc()
            return refusal(error.status, error.message, error.code)
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            _count(service.metrics, context)

    async def _described(self, _: Request) -> Response:
        return Response(self._openapi, media_type="application/json")

    async def _demonstration(self, request: Request) -> Response:
        service: Service = request.state.service
        if seconds := service.rates.wait(None, address_of(request)):
            return too_often(service, seconds)
        return demo_answer(request, self._demo)

    async def _subscribed(self, websocket: WebSocket) -> None:
        service: Service = websocket.state.service
        await self._subscriptions.answer(
            websocket,
            service.dependencies,
            service.verifier,
            service.sockets,
            Admission(service.rates, service.documents),
        )


def _count(metrics: ServiceMetrics, context: Context) -> None:
    if context.cost is not None:
        metrics.costs.observe(context.cost)
        if context.cost > context.cost_limit:
            metrics.refusals.labels("cost").inc()


async def healthz(_: Request) -> Response:
    """Answer that the process is alive."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Answer whether the graph can be reached."""
    service: Service = request.state.service
    if not await service.readiness.ask():
        return PlainTextResponse("the graph does not answer\n", status_code=503)
    return PlainTextResponse("ready\n")


async def metrics(request: Request) -> Response:
    """Answer with the counters, as Prometheus reads them."""
    service: Service = request.state.service
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
