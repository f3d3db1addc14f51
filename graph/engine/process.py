"""The child process that holds the embedded engine: `python -m graph.engine.process FOLDER`.

It lives as long as any Tastegraph process holds a shared lock on `FOLDER/lease`, so neither
Ctrl-C nor `kill -9` of its users leaves an orphan, and it always stops by closing its files.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from graph.engine.erased_keys import ErasedKeys
from graph.engine.locks import FileLock
from graph.engine.log import EngineLog
from graph.engine.snapshots import forget_unfinished

STOP_SECONDS = 30.0
SCRATCH = "scratch"
FULL_FLUSH = 2  # every commit waits until its log, and the file system's record of it, is on disk


def main(folder: Path) -> int:
    """Serve the graph in `folder` until nobody uses it; return the exit status."""
    running, lease = FileLock(folder / "running"), FileLock(folder / "lease")
    if not running.acquire(seconds=1.0):
        print("another engine already holds this folder", file=sys.stderr)
        return 1
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    forget_unfinished(folder)
    server = _start(folder, order)
    _announce(folder, order)
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: asked.append(received))
    database = server.get_database(order["database"])
    log, keys, began = EngineLog(database), ErasedKeys(folder), time.monotonic()
    pause = min(0.2, order["logSeconds"])
    while not asked and not lease.acquire():
        time.sleep(pause)
        if time.monotonic() - began >= order["logSeconds"]:
            _let_go_of_erased(database, log, keys)
            began = time.monotonic()
    (folder / "address.json").unlink(missing_ok=True)
    _end_in(STOP_SECONDS)
    server.stop()
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    return 0


def _let_go_of_erased(database: Any, log: EngineLog, keys: ErasedKeys) -> None:
    """Make what was erased leave the log now, and the index at the next start.

    Whatever goes wrong is written to `engine.log`: the engine keeps serving.
    """
    try:
        log.go_on_in_new_files()
        keys.note(database)
    except Exception as error:
        print(f"what was erased stays in the files for now: {error}", file=sys.stderr, flush=True)


def _end_in(seconds: float) -> None:
    """End this process even if the engine hangs: all that was committed is in its log."""
    watchdog = threading.Timer(seconds, os._exit, (1,))
    watchdog.daemon = True
    watchdog.start()


def _start(folder: Path, order: dict[str, Any]) -> Any:
    arcadedb = importlib.import_module("arcadedb_embedded")
    importlib.import_module("arcadedb_embedded.jvm").start_jvm(
        heap_size=order["heap"],
        jvm_args=[f"-Djava.io.tmpdir={_new_scratch(folder)}", "-XX:-UsePerfData"],
    )
    _purge(arcadedb, folder, order["database"])
    server = arcadedb.create_server(
        root_path=str(folder / "files"),
        root_password=order["password"],
        config={
            "http_port": order["httpPort"],
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt_port": order["boltPort"],
            "server_defaultDatabases": f"{order['database']}[root]",
            "mode": "production",
        },
    )
    server.start()
    _flush_every_commit(server.get_database(order["database"]))
    return server


def _new_scratch(folder: Path) -> Path:
    """Return an empty folder for what Java puts down for a while; a killed engine left the last."""
    scratch = folder / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    return scratch


def _purge(arcadedb: Any, folder: Path, name: str) -> None:
    """Take the keys of erased people out of the index, while nobody else can use the database."""
    keys, path = ErasedKeys(folder), folder / "files" / "databases" / name
    if keys.waiting() and arcadedb.database_exists(str(path)):
        with arcadedb.open_database(str(path)) as database:
            keys.purge(database)


def _flush_every_commit(database: Any) -> None:
    """Make commits wait for the disk; raise RuntimeError if the engine does not.

    Set on the open database: the server's mode, and what the database itself has stored, win
    over the server's settings.
    """
    database.command("sql", f"ALTER DATABASE `arcadedb.txWalFlush` {FULL_FLUSH}")
    database.set_wal_flush("yes_full")
    setting = str(database.get_java_database().getEmbedded().getWALFlushSetting())
    if setting != "YES_FULL":
        raise RuntimeError(f"the engine does not flush its log at commit: {setting}")


def _announce(folder: Path, order: dict[str, Any]) -> None:
    address = {"boltPort": order["boltPort"], "httpPort": order["httpPort"], "pid": os.getpid()}
    temporary = folder / "address.json.new"
    temporary.write_text(json.dumps(address))
    temporary.replace(folder / "address.json")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
