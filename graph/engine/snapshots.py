"""Snapshots of the embedded engine's database: taken while it serves, unpacked where none runs."""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import shutil
import zipfile
from pathlib import Path

from graph.engine.embedded import DATABASE, USER
from graph.errors import BackupRefused

PATIENCE = 3600.0
_DATABASES = Path("files") / "databases"
_SNAPSHOTS = Path("files") / "backups"


def take(folder: Path, target: Path) -> None:
    """Write a snapshot of the running engine's database: one moment, whatever is written meanwhile.

    Raises BackupRefused if the engine does not make it.
    """
    name = f"{secrets.token_hex(8)}.zip"
    made = folder / _SNAPSHOTS / DATABASE / name
    try:
        _order(folder, f"BACKUP DATABASE file://{name}")
        shutil.copyfile(made, target)
    finally:
        made.unlink(missing_ok=True)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _order(folder: Path, statement: str) -> None:
    try:
        port = json.loads((folder / "address.json").read_text(encoding="utf-8"))["httpPort"]
    except (OSError, KeyError, ValueError) as error:
        raise BackupRefused(
            "The running engine does not say where it takes commands.",
            "Stop the server and every command, then try again.",
        ) from error
    password = (folder / "password").read_text(encoding="utf-8").strip()
    login = base64.b64encode(f"{USER}:{password}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(
            "POST",
            f"/api/v1/command/{DATABASE}",
            json.dumps({"language": "sql", "command": statement}),
            {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        said = answer.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise BackupRefused(f"The engine went away: {error}.", "Try again.") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise BackupRefused(f"The engine did not make a snapshot: {said}", "Check the free space.")


def forget_unfinished(folder: Path) -> None:
    """Remove snapshots that were never fetched, before an engine starts in the folder."""
    shutil.rmtree(folder / _SNAPSHOTS, ignore_errors=True)


def check(archive: Path) -> None:
    """Raise BackupRefused unless the snapshot can be unpacked whole."""
    try:
        with zipfile.ZipFile(archive) as opened:
            broken = opened.testzip()
            names = opened.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupRefused(f"{archive.name} cannot be read: {error}.", _OTHER) from error
    if broken:
        raise BackupRefused(f"{archive.name} is damaged at {broken}.", _OTHER)
    if "schema.json" not in names or any(Path(name).name != name for name in names):
        raise BackupRefused(f"{archive.name} is not a snapshot of the embedded graph.", _OTHER)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a snapshot's database to where this folder's engine will look for it."""
    check(archive)
    database = folder / _DATABASES / DATABASE
    database.mkdir(parents=True, mode=0o700)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(database)


_OTHER = "Take another backup."
