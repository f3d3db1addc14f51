"""Restoring a backup: beside the graph, without people erased since, then in its place."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from graph.connection import Graph, connect
from graph.engine import snapshots
from graph.engine.embedded import RESTORING, EmbeddedEngine
from graph.engine.locks import FileLock
from graph.errors import BackupRefused, GraphError
from graph.people.privacy import LONG_SECONDS, erase_again, erasures
from graph.schema import apply_schema
from recommend.tracking.erasure import ERASURES_KEPT_DAYS
from service.backups.backup import GRAPH, KEY, MODELS, Manifest, verify

DEADLINE = 60.0
_STAGING = ".restoring-"
Erasures = list[tuple[str, int]]


@dataclass(frozen=True)
class Restored:
    """What was restored; `replaced` is where the previous graph is now."""

    manifest: Manifest
    erased_again: int
    replaced: Path | None


async def restore(
    folder: Path,
    home: Path,
    now: datetime,
    *,
    replace: bool = False,
    erasures_unknown: bool = False,
    heap: str = "1g",
) -> Restored:
    """Restore a backup into a home that nobody uses.

    People erased since, according to the previous graph, stay erased. Raises BackupRefused, and
    changes nothing, if the home is in use, has a graph that is not to be replaced, or cannot say
    who was erased since and that is not accepted.
    """
    manifest = verify(folder)
    with FileLock(home / RESTORING) as lock:
        if not lock.acquire():
            raise BackupRefused(
                f"A backup is being restored into {home}.", "Wait until it has finished."
            )
        _forget_unfinished(home)
        filled = _refuse_unless_free(home, replace)
        if not erasures_unknown:
            _refuse_if_forgotten(manifest, now, filled)
        erased = await _erased_before(home, manifest, heap, erasures_unknown) if filled else []
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=home))
        try:
            snapshots.unpack(folder / GRAPH, staging / "graph")
            again = await _open(staging / "graph", erased, manifest, heap)
            _put_models(folder / MODELS, home / MODELS)
            _put_key(folder / KEY, home / "keys" / KEY)
            replaced = _swap(staging / "graph", home / "graph", now)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return Restored(manifest, again, replaced)


def _forget_unfinished(home: Path) -> None:
    for left in home.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _refuse_unless_free(home: Path, replace: bool) -> bool:
    """Return whether the home has a graph, which is to be replaced."""
    graph = home / "graph"
    if EmbeddedEngine(graph).is_used():
        raise BackupRefused(
            f"The graph in {graph} is in use.", "Stop the server and every command first."
        )
    filled = (graph / "files").exists()
    if filled and not replace:
        raise BackupRefused(
            f"There is already a graph in {graph}.",
            "Restore into another TASTEGRAPH_HOME, or use --replace, which sets that graph aside.",
        )
    return filled


def _refuse_if_forgotten(manifest: Manifest, now: datetime, filled: bool) -> None:
    accept = "Accept that with --erasures-unknown, and erase them again yourself."
    if not filled:
        raise BackupRefused(
            "No graph here says who has been erased since the backup: those people would be back.",
            accept,
        )
    if now - manifest.made_at >= timedelta(days=ERASURES_KEPT_DAYS):
        raise BackupRefused(
            f"The backup is older than {ERASURES_KEPT_DAYS:g} days, for which the graph knows who "
            "was erased: people could be back.",
            accept,
        )


async def _erased_before(home: Path, manifest: Manifest, heap: str, unknown: bool) -> Erasures:
    """Return what the graph to be replaced says; it may be a ruin if that is accepted."""
    engine = EmbeddedEngine(home / "graph", heap=heap, restoring=True)
    try:
        async with connect(engine.start(), deadline=DEADLINE) as graph:
            return await _erased_since(graph, manifest)
    except GraphError:
        if not unknown:
            raise
        return []
    finally:
        engine.stop()


async def _open(folder: Path, erased: Erasures, manifest: Manifest, heap: str) -> int:
    """Have an engine open the unpacked graph, and remove people erased since."""
    engine = EmbeddedEngine(folder, heap=heap)
    try:
        async with connect(engine.start(), deadline=DEADLINE) as graph:
            await apply_schema(graph)
            # its own too: an erasure under way is recorded, but perhaps not done
            return await erase_again(graph, [*await _erased_since(graph, manifest), *erased])
    finally:
        engine.stop()


async def _erased_since(graph: Graph, manifest: Manifest) -> Erasures:
    since = manifest.made_at - timedelta(seconds=2 * LONG_SECONDS)
    return list(await erasures(graph, int(since.timestamp() * 1000)))


def _put_models(source: Path, target: Path) -> None:
    """Add the missing versions: each is the same wherever it is."""
    if not source.is_dir():
        return
    target.mkdir(exist_ok=True)
    for version in source.iterdir():
        if not (target / version.name).exists():
            unfinished = target / f".writing-{version.name}"
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(version, unfinished)
            os.replace(unfinished, target / version.name)


def _put_key(source: Path, target: Path) -> None:
    if source.exists() and not target.exists():
        target.parent.mkdir(exist_ok=True, mode=0o700)
        unfinished = target.with_name(f".{target.name}-restoring")
        shutil.copyfile(source, unfinished)
        unfinished.chmod(0o600)
        os.replace(unfinished, target)


def _swap(new: Path, graph: Path, now: datetime) -> Path | None:
    """Put the new graph in place, and the old one beside it, while no engine can start."""
    if not graph.exists():
        os.replace(new, graph)
        return None
    aside = graph.with_name(f"graph.replaced-{now:%Y%m%dT%H%M%SZ}")
    with FileLock(graph / "starting") as starting:
        if not starting.acquire() or EmbeddedEngine(graph).is_used():
            raise BackupRefused(
                f"The graph in {graph} is in use.", "Stop whatever is using it first."
            )
        os.replace(graph, aside)
        os.replace(new, graph)
    return aside
