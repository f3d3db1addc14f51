"""What every command opens first: the graph in the settings, and the key of this home."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from events.audit.checkpoint import Signer
from events.audit.entry import Pseudonyms
from events.audit.log import AuditLog
from graph.catalogue.expiry import note_shelf_life
from graph.clock import Clock, utc_now
from graph.connection import Address, Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.people.consent_rules import put_consent_rules
from graph.schema import apply_schema
from graph.secret_files import kept_secret
from service.engine_ahead import EngineAhead
from service.http.auth import LocalKey
from service.settings import Settings


@asynccontextmanager
async def open_graph(
    settings: Settings,
    *,
    prepare: bool = True,
    clock: Clock = utc_now,
    ahead: EngineAhead | None = None,
) -> AsyncGenerator[tuple[Graph, EmbeddedEngine | None]]:
    """Yield the graph that the settings name, with the schema applied, and its engine if embedded.

    Without `prepare` nothing is written: no schema, and no shelf life for the changes to come.
    Raises a GraphError if the graph cannot be used.
    """
    ahead = ahead or (None if settings.neo4j else EngineAhead(settings))
    engine = ahead.engine if ahead else None
    try:
        address = await asyncio.to_thread(ahead.address) if ahead else settings.neo4j
        async with connect(_present(address), deadline=settings.deadline) as graph:
            await graph.check()
            if prepare:
                await apply_schema(graph, clock)
                if settings.grounds is not None:
                    await put_consent_rules(graph, settings.grounds, clock)
                if settings.shelf_life:
                    await note_shelf_life(graph, settings.shelf_life, clock)
            yield graph, engine
    finally:
        if engine:
            # a thread of its own: all others may be busy
            with ThreadPoolExecutor(1) as leaving:
                await asyncio.get_running_loop().run_in_executor(leaving, engine.stop)


def _present(address: Address | None) -> Address:
    if address is None:
        raise RuntimeError("either an engine or an address is always there")
    return address


def local_key(home: Path) -> LocalKey:
    """Return this installation's own key, made at the first use."""
    return LocalKey(home / "keys" / "token.key")


def audit_log(home: Path, clock: Clock = utc_now) -> AuditLog:
    """Return the record of acts of this installation; its keys are made at the first use."""
    keys = home / "keys"
    pseudonyms = kept_secret(keys / "pseudonyms.key", lambda: secrets.token_hex(32))
    signer = Signer(keys / "audit.key")
    return AuditLog(home / "audit", signer, Pseudonyms(pseudonyms.encode()), clock)


def cursor_key(home: Path) -> bytes:
    """Return the key that this installation signs cursors with, made at the first use."""
    return kept_secret(home / "keys" / "cursor.key", lambda: secrets.token_hex(32)).encode()
