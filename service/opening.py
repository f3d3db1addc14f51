"""What every command opens first: the graph in the settings, and the key of this home."""

from __future__ import annotations

import asyncio
import logging
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
from graph.sealing.master_keys import KeysOfFile, KeysOfText, MasterKeys
from graph.sealing.opening import open_sealing
from graph.sealing.sealing import Sealing
from graph.secret_files import kept_secret
from service.engine_ahead import EngineAhead
from service.http.auth import LocalKey
from service.settings import Settings
from service.settings.names import MASTER_KEY
from service.settings.setting import SettingInvalid
from service.settings.values import Sealed

log = logging.getLogger("tastegraph.sealing")


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
        async with (
            opened_sealing(settings) as sealing,
            connect(_present(address), deadline=settings.deadline, sealing=sealing) as graph,
        ):
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


@asynccontextmanager
async def opened_sealing(settings: Settings) -> AsyncGenerator[Sealing | None]:
    """Yield what opens sealed profiles; None where nothing is, and nothing is to be, sealed.

    A master key is made the first time. Raises SettingInvalid if sealing is off where profiles are
    sealed, and MasterKeyInvalid if the master key is away or not the one that sealed them.
    """
    is_used = settings.people_keys.exists()
    if is_used and settings.sealed is Sealed.OFF:
        raise SettingInvalid(
            f"TASTEGRAPH_SEALED is off, but profiles are sealed here ({settings.people_keys}).",
            "Use on or auto: what is sealed stays so.",
        )
    if not is_used and settings.sealed is not Sealed.ON:
        yield None
        return
    with open_sealing(settings.people_keys, master_keys(settings, make=not is_used)) as sealing:
        yield sealing


def master_keys(settings: Settings, *, make: bool) -> MasterKeys:
    """Return the master keys of the settings; the file of the home is made if need be."""
    if settings.master_key and not settings.master_key_path:
        return KeysOfText(settings.master_key, MASTER_KEY)
    path = settings.master_key_file
    if make and not path.exists():
        log.warning(
            "made a master key, %s: keep a copy of it apart from copies of the graph; without it "
            "nothing that people declare can be read",
            path,
        )
        return KeysOfFile.kept(path)
    return KeysOfFile(path)


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
