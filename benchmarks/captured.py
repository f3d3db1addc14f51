"""From a commit in PostgreSQL, through Debezium Server, to the gate that refuses a drink.

.venv/bin/python -m benchmarks.captured --debezium FOLDER --java COMMAND --changes 200

FOLDER is debezium-server-dist, unpacked; it needs a Java of 21 or newer. PostgreSQL is Debian's.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recommendations import serving
from service.http.webhook_signature import webhook_secret
from service.opening import local_key
from tests.servers.postgres import PostgresServer
from tests.servers.process import ServerProcess, free_port
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
WAIT_SECONDS = 90.0
STATUS = """query ($id: ID!) { drink(id: $id) { ... on Drink { safety { status } } } }"""
DECLARE = """mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }"""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--debezium", type=Path, required=True)
    arguments.add_argument("--java", default="java")
    arguments.add_argument("--changes", type=int, default=200)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else
        measure(chosen, folder)


def measure(chosen: argparse.Namespace, folder: Path) -> None:
    environment = environment_of(folder)
    tastegraph(environment, "knowledge")
    with PostgresServer(folder / "postgres") as postgres:
        postgres.run(TABLES.format(count=chosen.changes))
        with serving(environment) as (port, _):
            client = Client(port, folder / "home")
            client.ask(DECLARE)
            began = time.perf_counter()
            with debezium(chosen, folder, port, postgres.port):
                client.wait(f"shop-d{chosen.changes}", "SAFE")
                print(f"a snapshot of {chosen.changes} drinks: {time.perf_counter() - began:.1f} s")
                report(list(refusals(client, postgres, chosen.changes)))


def refusals(client: Client, postgres: PostgresServer, count: int) -> Iterator[float]:
    """Yield the seconds from before each commit until the gate has refused the drink."""
    with psql(postgres) as shell:
        for number in range(1, count + 1):
            drink = f"shop-d{number}"
            client.wait(drink, "SAFE")
            began = time.perf_counter()
            commit(
                shell,
                f"INSERT INTO ingredient_allergens VALUES ({number}, {number}, 'milk', 'contains')",
            )
            client.wait(drink, "UNSAFE")
            yield time.perf_counter() - began


def report(seconds: list[float]) -> None:
    p50, p90, p99 = (float(np.percentile(seconds, part)) for part in (50, 90, 99))
    load = os.getloadavg()[0]
    print(
        f"{len(seconds)} commits until the gate refused: p50 {p50:.2f} s, p90 {p90:.2f} s, "
        f"p99 {p99:.2f} s, most {max(seconds):.2f} s; load of the machine {load:.1f}"
    )


class Client:
    """A person who asks about drinks."""

    def __init__(self, port: int, home: Path) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._token = local_key(home).issue("ann")

    def ask(self, query: str, **variables: Any) -> Any:
        """Return the data of an answer."""
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"query": query, "variables": variables})
        self._connection.request("POST", "/graphql", body, headers)
        return json.loads(self._connection.getresponse().read())["data"]

    def wait(self, drink: str, status: str) -> None:
        """Wait until a drink has a status for this person."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            found = self.ask(STATUS, id=drink)["drink"]
            if found.get("safety", {}).get("status") == status:
                return
            time.sleep(0.005)
        raise SystemExit(f"{drink} is not {status} after {WAIT_SECONDS:g} s")


def environment_of(folder: Path) -> dict[str, str]:
    mapping = folder / "shop.toml"
    mapping.write_text(MAPPING)
    home = {"TASTEGRAPH_HOME": str(folder / "home"), "TASTEGRAPH_CHANGES": str(mapping)}
    return {**os.environ, **home}


def tastegraph(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "service.cli.main", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def debezium(
    chosen: argparse.Namespace, folder: Path, server: int, postgres: int
) -> Iterator[None]:
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
def psql(postgres: PostgresServer) -> Iterator[subprocess.Popen[str]]:
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
