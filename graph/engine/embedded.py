"""The embedded engine: a graph database that needs no server, in a child process on loopback."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

from graph.address import Address
from graph.engine.locks import FileLock, is_held, is_held_now
from graph.errors import EngineFailed
from graph.secret_files import kept_secret

DATABASE = "drinks"
USER = "root"
PORT_PATIENCE = 3.0
LOG_SECONDS = 20.0  # what was erased stays in the engine's log for this long, and a few seconds
RESTORING = "restoring"  # beside the folder: held while a backup is restored


class EmbeddedEngine:
    """The engine of one data folder, shared by every Tastegraph process that uses the folder."""

    def __init__(
        self,
        folder: Path,
        *,
        heap: str = "1g",
        patience: float = 60.0,
        restoring: bool = False,
        log_seconds: float = LOG_SECONDS,
    ) -> None:
        self._folder = folder
        self._heap = heap
        self._patience = patience
        self._restoring = restoring
        self._log_seconds = log_seconds
        self._lease = FileLock(folder / "lease")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Address:
        """Join the running engine or start one; return where it listens.

        Raises EngineFailed if it is not ready in time; its output is in `engine.log`.
        """
        try:
            return self._join()
        except OSError as error:
            raise EngineFailed(
                f"The graph's folder {self._folder} cannot be used: {error.strerror or error}.",
                "Check TASTEGRAPH_HOME, the permissions on that folder, and the free space.",
            ) from error

    def _join(self) -> Address:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._hold_lease()
        # after the lease: a restore takes these in the other order, so one of us sees the other
        if not self._restoring and is_held_now(self._folder.parent / RESTORING):
            self._lease.release()
            raise EngineFailed(
                f"A backup is being restored into {self._folder.parent}.",
                "Wait until it has finished.",
            )
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            with FileLock(self._folder / "starting") as starting:
                if not starting.acquire(seconds=self._patience):
                    raise self._failure(
                        "Another process has been starting the engine for too long."
                    )
                if not self.is_running():
                    self._launch()
            address = self._address(until)
            if address is not None:
                return address
        raise self._failure("The engine did not say where it listens.")

    def is_running(self) -> bool:
        """Return whether an engine process holds this folder."""
        return is_held(self._folder / "running")

    def is_used(self) -> bool:
        """Return whether an engine of this folder runs, or a process is about to use it."""
        if not self._folder.exists():
            return False
        return self.is_running() or self._leased()

    def stop(self) -> None:
        """Leave the engine; wait for it to end if no other process uses it."""
        self._lease.release()
        until = time.monotonic() + 20.0
        while self.is_running() and time.monotonic() < until and not self._used_by_others():
            time.sleep(0.05)
        self._forget_process()

    def _forget_process(self) -> None:
        if self._process is not None:
            if not self.is_running():
                self._process.wait(timeout=20.0)
            # An engine that others still use outlives us; without a return code, Popen would
            # warn that we left it running.
            self._process.returncode = self._process.returncode or 0
            self._process = None

    def _used_by_others(self) -> bool:
        if not self._leased():
            return False
        time.sleep(
            0.03
        )  # another process that is leaving too holds the lease for a moment to check
        return self._leased()

    def _leased(self) -> bool:
        """Return whether a user holds the lease, rather than nobody or the engine as it ends."""
        probe = FileLock(self._folder / "lease")
        if probe.acquire():
            probe.release()
            return False
        return not is_held(self._folder / "lease")

    def _hold_lease(self) -> None:
        self._lease.release()
        if not self._lease.acquire(shared=True, seconds=self._patience):
            raise self._failure("The engine has been stopping for too long.")

    def _launch(self) -> None:
        if self._process is not None:
            self._process.poll()  # the ended one, which would stay a zombie
        (self._folder / "address.json").unlink(missing_ok=True)
        order = {
            "password": self._password(),
            "boltPort": self._port(),
            "httpPort": _free_port(),
            "database": DATABASE,
            "heap": self._heap,
            "logSeconds": self._log_seconds,
        }
        path = self._folder / "order.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(order), encoding="utf-8")
        with (self._folder / "engine.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-m", "graph.engine.process", str(self._folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._folder,
                env=_environment(),
            )
        self._process = process
        self._await_ready(process)

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + self._patience
        while not (self._folder / "address.json").exists():
            if process.poll() is not None:
                if self.is_running():
                    return  # one whose starter was killed was faster; it will say where it is
                raise self._failure(
                    f"The engine ended while starting (status {process.returncode})."
                )
            if time.monotonic() > until:
                process.terminate()
                raise self._failure(f"The engine was not ready within {self._patience:g} s.")
            time.sleep(0.05)

    def _address(self, until: float) -> Address | None:
        """Return where the running engine listens; None if it ended without saying so."""
        path = self._folder / "address.json"
        while time.monotonic() < until:
            try:
                port = json.loads(path.read_text(encoding="utf-8"))["boltPort"]
            except (FileNotFoundError, ValueError):
                if not self.is_running():
                    return None
                time.sleep(0.05)
                continue
            return Address(f"bolt://127.0.0.1:{port}", USER, self._password(), DATABASE)
        return None

    def _port(self) -> int:
        """Return the previous engine's port, so that its users find the next one."""
        path = self._folder / "port"
        known = _kept_port(path)
        until = time.monotonic() + PORT_PATIENCE
        while known and time.monotonic() < until:
            if _is_free(known):
                return known
            time.sleep(0.1)
        port = _free_port()
        path.write_text(str(port), encoding="utf-8")
        return port

    def _password(self) -> str:
        return kept_secret(self._folder / "password")

    def _failure(self, message: str) -> EngineFailed:
        return EngineFailed(message, f"Its output is in {self._folder / 'engine.log'}.")


def _environment() -> dict[str, str]:
    paths = [str(Path(str(resources.files("graph"))).parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _kept_port(path: Path) -> int | None:
    try:
        port = int(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return port if 0 < port < 65536 else None


def _free_port() -> int:
    # Below the range that outgoing connections take their ports from: there, a client that knocks
    # while the engine starts again could be given this very port, and keep the engine out.
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        if _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def running_address(folder: Path) -> Address | None:
    """Return the address of a data folder's running engine, or None. Nothing is written.

    Without a lease the engine may end at any time: good for a look, not for work.
    """
    try:
        if not (folder / "running").exists() or not is_held(folder / "running"):
            return None
        port = json.loads((folder / "address.json").read_text(encoding="utf-8"))["boltPort"]
        password = (folder / "password").read_text(encoding="utf-8").strip()
    except (OSError, ValueError, KeyError):
        return None
    return Address(f"bolt://127.0.0.1:{port}", USER, password, DATABASE)
