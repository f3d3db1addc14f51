"""Long answers over HTTP: objects, bytes, seconds and queries, over the bundled catalogue.

python -m benchmarks.api [--rounds 10]

In one process, without a network: the application answers as it does behind a socket. The person is
allergic to seven things, and so has seven verdicts a drink.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from gql.execution.limits import RateLimits
from gql.schema import make_schema
from graph.importing.progress import Silent
from graph.people.consent_rules import put_consent_rules
from graph.people.declarations import declare_allergies
from graph.people.purposes import held_before
from graph.safety_rule import Allergy
from service.assembly import run_service
from service.bundled import prepare
from service.http.application import GZIP_LEVEL, make_application
from service.opening import local_key, open_graph
from service.settings import read_settings
from tests.support.query_counts import queries

PERSON = "benchmark"
ALLERGIES = ("sulphites", "celery", "mustard", "sesame", "lupin", "fish", "molluscs")
RECIPES = "recipe { ingredientId name amount unit optional reviewed }"
VERDICTS = "safety { status verdicts { allergenId verdict tracesAccepted } }"
EVIDENCE = """safety { status verdicts { allergenId name verdict
    evidence { kind decides path { id name } source observedAt regulations { regulationId entry } }
    regulations { regulationId entry } } }"""
CASES = {
    "100 drinks": "drink { id name kind }",
    "100 drinks, verdicts": "drink { id name kind } " + VERDICTS,
    "100 drinks, recipes and verdicts": f"drink {{ id name kind {RECIPES} }} {VERDICTS}",
    "100 drinks, recipes, verdicts with evidence": f"drink {{ id name {RECIPES} }} {EVIDENCE}",
}
QUERY = "{ recommendations(first: 100) { ... on Recommendations { items { rank %s } } } }"


@asynccontextmanager
async def asking() -> AsyncIterator[httpx.AsyncClient]:
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings({"TASTEGRAPH_HOME": name, "TASTEGRAPH_DEADLINE": "60"})
        settings = type(settings)(**{**vars(settings), "rate_limits": RateLimits(0, 0, 0)})
        async with open_graph(settings) as (graph, engine):
            await prepare(graph, Path(name) / "rejects.csv", Silent(), empty=False)
            await put_consent_rules(graph, held_before())
            allergies = [Allergy(allergy, "MILD", True) for allergy in ALLERGIES]
            now = datetime.now(UTC).isoformat(timespec="seconds")
            await declare_allergies(graph, PERSON, allergies, now, None)
            async with run_service(settings, graph, engine) as service:
                application = make_application(lambda: nullcontext(service), make_schema(), None)
                async with application.router.lifespan_context(application) as state:

                    async def with_state(scope: Any, receive: Any, send: Any) -> None:
                        await application({**scope, "state": dict(state or {})}, receive, send)

                    token = local_key(settings.home).issue(PERSON, developer=True)
                    async with httpx.AsyncClient(
                        transport=httpx.ASGITransport(with_state),
                        base_url="http://benchmark",
                        headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
                        timeout=120,
                    ) as client:
                        yield client


def objects(answer: object) -> int:
    """Return how many objects an answer holds."""
    if isinstance(answer, dict):
        return 1 + sum(map(objects, answer.values()))
    return sum(map(objects, answer)) if isinstance(answer, list) else 0


async def measure(rounds: int) -> None:
    print("| answer | cost | objects | bytes | gzip | queries | p50 | worst | processor |")
    print("|---|---|---|---|---|---|---|---|---|")
    async with asking() as client:
        for name, wanted in CASES.items():
            seconds: list[float] = []
            busy: list[float] = []
            for _ in range(rounds):
                began, worked = time.perf_counter(), time.process_time()
                with queries() as asked:
                    answer = await client.post("/graphql", json={"query": QUERY % wanted})
                seconds.append(time.perf_counter() - began)
                busy.append(time.process_time() - worked)
            said = answer.json()
            assert "errors" not in said, said["errors"]
            cost = said["extensions"]["cost"]["requested"]
            packed = len(gzip.compress(answer.content, GZIP_LEVEL))
            print(
                f"| {name} | {cost:,} | {objects(said['data']):,} | {len(answer.content):,}"
                f" | {packed:,} | {len(asked)} | {statistics.median(seconds) * 1000:.0f} ms"
                f" | {max(seconds) * 1000:.0f} ms | {min(busy) * 1000:.0f} ms |",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    asyncio.run(measure(parser.parse_args().rounds))
