"""From a commit in PostgreSQL, through Debezium Server, to the gate that refuses a drink.

.venv/bin/python -m benchmarks.captured --debezium FOLDER --java COMMAND --changes 200

FOLDER is debezium-server-dist, unpacked; it needs a Java of 21 or newer. PostgreSQL is Debian's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import uvicorn

from gql.schema import make_schema
from graph.address import Address
from graph.connection import Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.schema import apply_schema
from graph.verdicts.gate import ask_gate
from service.assembly import run_service
from service.cli.server import configuration
from service.http.application import make_application
from service.settings import read_settings
from service.webhook_signature import webhook_secret
from tests.integration.graph.importing.support import Importer
from tests.servers.postgres import PostgresServer
from tests.servers.process import ServerProcess, free_port
from tests.support.emptying import ask
from tests.support.shop_database import MAPPING

TABLES = """
CREATE TABLE drinks (id int PRIMARY KEY, name text, abv numeric, complete boolean);
CREATE TABLE recipe_lines (id int PRIMARY KEY, drink_id int, ingredient_id int, amount numeric);
CREATE TABLE ingredients (id int PRIMARY KEY, name text, reviewed boolean);
CREATE TABLE ingredient_allergens
  (id int PRIMARY KEY, ingredient_id int, allergen text, status text, seen date);
ALTER TABLE ingredient_allergens REPLICA IDENTITY FULL;
CREATE TABLE prices (drink_id int PRIMARY KEY, price numeric);
CREATE TABLE stock (drink_id int PRIMARY KEY, quantity int);
CREATE TABLE orders
  (id int PRIMARY KEY, customer text, drink_id int, quantity int, ordered timestamptz);
INSERT INTO ingredients SELECT n, 'Part ' || n, true FROM generate_series(1, {count}) n;
INSERT INTO drinks SELECT n, 'Drink ' || n, 0, true FROM generate_series(1, {count}) n;
INSERT INTO recipe_lines SELECT n, n, n, 20 FROM generate_series(1, {count}) n;
"""
DEBEZIUM = """
debezium.sink.type=http
debezium.sink.http.url=http://127.0.0.1:{server}/v1/changes
debezium.sink.http.authentication.type=standard-webhooks
debezium.sink.http.authentication.webhook.secret={secret}
debezium.source.connector.class=io.debezium.connector.postgresql.PostgresConnector
debezium.source.plugin.name=pgoutput
debezium.source.database.hostname=127.0.0.1
debezium.source.database.port={postgres}
debezium.source.database.user=shop
debezium.source.database.password=none
debezium.source.database.dbname=postgres
debezium.source.schema.include.list=public
debezium.source.topic.prefix=shop
debezium.source.provide.transaction.metadata=true
debezium.source.skipped.operations=none
debezium.source.decimal.handling.mode=string
debezium.source.time.precision.mode=isostring
debezium.source.poll.interval.ms=50
debezium.source.offset.storage.file.filename={folder}/offsets.dat
debezium.source.offset.flush.interval.ms=1000
debezium.format.key=json
debezium.format.value=json
debezium.format.key.schemas.enable=false
debezium.format.value.schemas.enable=false
quarkus.http.port={port}
quarkus.log.level=WARN
"""
WAIT_SECONDS = 120.0
ANN = """MATCH (milk:Allergen {id: 'milk'})
CREATE (:User {id: 'ann', version: 1, unresolved: [], allergiesDeclaredAt: '2026-01-01T00:00:00Z'})
  -[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(milk)"""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--debezium", type=Path, required=True)
    arguments.add_argument("--java", default="java")
    arguments.add_argument("--changes", type=int, default=200)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else
        engine = EmbeddedEngine(folder / "graph", heap="768m")
        asyncio.run(measure(chosen, folder, engine.start()))
        engine.stop()


async def measure(chosen: argparse.Namespace, folder: Path, address: Address) -> None:
    with PostgresServer(folder / "postgres") as postgres:
        postgres.run(TABLES.format(count=chosen.changes))
        async with connect(address, deadline=60.0) as graph:
            await apply_schema(graph)
            await Importer(graph, folder).knowledge()
            await ask(graph, ANN)
            async with served(graph, folder) as port:
                with debezium(chosen, folder, port, postgres.port):
                    began = time.perf_counter()
                    await until(graph, f"shop-d{chosen.changes}", "SAFE")
                    seconds = time.perf_counter() - began
                    print(f"Debezium's start and {chosen.changes} drinks: {seconds:.1f} s")
                    report([each async for each in refusals(graph, postgres, chosen.changes)])


@asynccontextmanager
async def served(graph: Graph, folder: Path) -> AsyncGenerator[int]:
    """Serve on a free port, with the mapping of the tables."""
    mapping = folder / "shop.toml"
    mapping.write_text(MAPPING)
    settings = replace(
        read_settings({"TASTEGRAPH_HOME": str(folder / "home")}), changes=mapping, port=free_port()
    )
    async with run_service(settings, graph, None) as service:
        application = make_application(lambda: nullcontext(service), make_schema(), None)
        server = uvicorn.Server(configuration(application, settings))
        serving = asyncio.create_task(server.serve())
        yield settings.port
        server.should_exit = True
        await serving


async def refusals(graph: Graph, postgres: PostgresServer, count: int) -> AsyncIterator[float]:
    """Yield the seconds from before each commit until the gate has refused the drink."""
    with psql(postgres) as shell:
        for number in range(1, count + 1):
            evidence = f"({number}, {number}, 'milk', 'contains', NULL)"
            await until(graph, f"shop-d{number}", "SAFE")
            began = time.perf_counter()
            await asyncio.to_thread(
                commit, shell, f"INSERT INTO ingredient_allergens VALUES {evidence}"
            )
            await until(graph, f"shop-d{number}", "UNSAFE")
            yield time.perf_counter() - began


async def until(graph: Graph, drink: str, status: str) -> None:
    """Wait until the gate says so of a drink, for somebody with an allergy to milk."""
    ends = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ends:
        answer = (await ask_gate(graph, "ann", [drink])).get(drink)
        if answer and answer.status == status:
            return
        await asyncio.sleep(0.005)
    raise SystemExit(f"{drink} is not {status} after {WAIT_SECONDS:g} s")


def report(seconds: list[float]) -> None:
    p50, p90, p99 = (float(np.percentile(seconds, part)) for part in (50, 90, 99))
    load = os.getloadavg()[0]
    print(
        f"{len(seconds)} commits until the gate refused: p50 {p50:.2f} s, p90 {p90:.2f} s, "
        f"p99 {p99:.2f} s, most {max(seconds):.2f} s; load of the machine {load:.1f}"
    )


@contextmanager
def debezium(
    chosen: argparse.Namespace, folder: Path, server: int, postgres: int
) -> Generator[None]:
    """Run Debezium Server, which sends what PostgreSQL's log says."""
    settings = folder / "config"
    settings.mkdir()
    secret = webhook_secret(folder / "home")
    text = DEBEZIUM.format(
        server=server, secret=secret, postgres=postgres, folder=folder, port=free_port()
    )
    (settings / "application.properties").write_text(text)
    [runner] = chosen.debezium.glob("debezium-server-*runner.jar")
    classes = f"{runner}:{settings}:{chosen.debezium}/lib/*"
    options = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    process = ServerProcess(
        [chosen.java, *options, "-cp", classes, "io.debezium.server.Main"], folder / "debezium.out"
    )
    try:
        yield
    finally:
        process.stop()


@contextmanager
def psql(postgres: PostgresServer) -> Generator[subprocess.Popen[str]]:
    """A session that stays open: to start one for each commit would be measured too."""
    command = ["psql", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "shop", "-q", "-A", "-t"]
    shell = subprocess.Popen(
        [*command, "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield shell
    shell.communicate("\\q\n")


def commit(shell: subprocess.Popen[str], statement: str) -> None:
    """Run a statement, and return when it is committed."""
    assert shell.stdin and shell.stdout
    shell.stdin.write(f"{statement};\n\\echo done\n")
    shell.stdin.flush()
    while shell.stdout.readline().strip() != "done":
        pass


if __name__ == "__main__":
    main()
