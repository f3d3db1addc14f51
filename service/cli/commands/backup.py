"""Backups of the embedded graph, with its models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graph.clock import utc_now
from graph.counting import counted
from graph.errors import BackupRefused
from service.backups.backup import Manifest
from service.backups.backup import create as create_backup
from service.backups.backup import verify as verify_backup
from service.backups.restore import Restored
from service.backups.restore import restore as restore_backup
from service.cli.common import console, json_option, print_json, run, settings
from service.opening import open_graph
from service.settings import Settings

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False, resolve_path=True)
)


@click.group()
def backup() -> None:
    """Back up the embedded graph while it serves, verify a backup, restore one."""


@backup.command(name="create")
@FOLDER
@click.option("--with-key", is_flag=True, help="Include the key that signs tokens.")
@json_option()
def create(folder: Path, with_key: bool, as_json: bool) -> None:
    """Write a backup into a new folder: the graph as of one moment, and the models."""
    ours = _embedded(settings())
    now = utc_now()

    async def work() -> Manifest:
        async with open_graph(ours, prepare=False):
            return create_backup(ours.home, folder, now, with_key=with_key)

    _tell(run(work()), folder, as_json)
    console.print("It holds what is kept about people: keep it as safe as the graph itself.")


@backup.command(name="verify")
@FOLDER
@json_option()
def verify(folder: Path, as_json: bool) -> None:
    """Check that every file of a backup is as written, and that the graph unpacks."""
    _tell(verify_backup(folder), folder, as_json)


@backup.command(name="restore")
@FOLDER
@click.option("--replace", is_flag=True, help="Set the existing graph aside.")
@click.option(
    "--erasures-unknown", is_flag=True, help="Accept that people erased since then may be back."
)
@json_option()
def restore(folder: Path, replace: bool, erasures_unknown: bool, as_json: bool) -> None:
    """Restore a backup into a home that nothing uses; anyone erased since then stays erased."""
    ours = _embedded(settings())
    done = run(
        restore_backup(
            folder,
            ours.home,
            utc_now(),
            replace=replace,
            erasures_unknown=erasures_unknown,
            heap=ours.graph_heap,
        )
    )
    if as_json:
        print_json(_restored(done))
        return
    console.print(f"Restored the graph of {done.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    console.print(f"Erased again: {done.erased_again:,}.")
    if done.replaced:
        console.print(f"The previous graph is in {done.replaced}: delete it when all is well.")


def _embedded(ours: Settings) -> Settings:
    if ours.neo4j is not None:
        raise BackupRefused(
            "This backs up the embedded graph, and NEO4J_URI names a Neo4j.",
            "Use `neo4j-admin database backup` and `restore`, or with the database stopped "
            "`neo4j-admin database dump` and `load`; copy TASTEGRAPH_HOME/models beside it, and "
            "after a restore erase again everyone erased since.",
        )
    return ours


def _tell(manifest: Manifest, folder: Path, as_json: bool) -> None:
    if as_json:
        print_json(_document(manifest))
        return
    size = sum(file.bytes for file in manifest.files)
    key = ", and the key that signs tokens" if manifest.has_key else ""
    console.print(
        f"{folder}: the graph of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"{counted(len(manifest.models), 'model')}{key}; {counted(len(manifest.files), 'file')}, "
        f"{size:,} bytes.",
        highlight=False,
    )


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at.isoformat(timespec="milliseconds"),
        "tastegraph": manifest.tastegraph,
        "models": manifest.models,
        "has_key": manifest.has_key,
        "files": len(manifest.files),
        "bytes": sum(file.bytes for file in manifest.files),
    }


def _restored(done: Restored) -> dict[str, Any]:
    replaced = str(done.replaced) if done.replaced else None
    return {**_document(done.manifest), "erased_again": done.erased_again, "replaced": replaced}
