"""Bringing a graph up to the schema that this version of the code expects."""

from __future__ import annotations

import re
from importlib import resources

from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.errors import SchemaTooNew
from graph.people.consent_rules import put_consent_rules
from graph.people.purposes import held_before
from graph.query_files import load

SCHEMA_VERSION = load("engine/schema_version")
RECORD_SCHEMA_VERSION = load("engine/record_schema_version")

CONSENTS = 10
"""The schema that brought records of consent: what held in older graphs goes on to hold there."""

_NUMBER = re.compile(r"^(\d{3})_\w+\.cypher$")


def schema_files() -> dict[int, str]:
    """Return the text of each file of `cypher/schema/`, by its number, in order."""
    folder = resources.files("cypher").joinpath("schema")
    entries = ((_NUMBER.match(entry.name), entry) for entry in folder.iterdir())
    return dict(sorted((int(name[1]), entry.read_text()) for name, entry in entries if name))


def statements(text: str) -> list[str]:
    """Return the statements of a schema file, without comments."""
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


async def apply_schema(graph: Graph, clock: Clock = utc_now) -> int:
    """Apply the schema files that the graph has not seen; return its version afterwards.

    Raises SchemaTooNew for a graph that a newer Tastegraph has changed.
    """
    files = schema_files()
    rows = await graph.run(SCHEMA_VERSION)
    version = int(rows[0]["version"]) if rows else 0
    newest = max(files)
    if version > newest:
        raise SchemaTooNew(
            f"The graph has schema {version}, but this Tastegraph only knows up to {newest}.",
            "Install the newer Tastegraph, or use a separate graph for this one.",
        )
    for number in (number for number in files if number > version):
        for statement in statements(files[number]):
            await graph.statement(statement)
        if number == CONSENTS:
            held = held_before() if version else {}
            await put_consent_rules(graph, held, clock, once=True)
        await graph.run(RECORD_SCHEMA_VERSION, version=number)
    return newest
