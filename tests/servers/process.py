"""A server's process for tests: on free ports, and gone when its tests are gone."""

import random
import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

_LEASH = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || rm -rf "$2"'


def free_port() -> int:
    """A loopback port nobody listens on.

    It lies below the range that systems take outgoing ports from: a server that starts seconds
    later, or again after a kill, still finds it free.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class ServerProcess:
    """A child process that writes to a log file and never outlives this process.

    A small watcher reads a pipe that only this process can write to: when this process ends, even
    by kill -9, the pipe closes and the watcher kills the server.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        scratch: Path | None = None,
    ) -> None:
        """Start the command; its output is added to the log, and `scratch` goes when it ends."""
        self.log = log
        self._scratch = scratch
        if scratch:
            scratch.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._server = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
            )
        self._leash = subprocess.Popen(
            ["/bin/sh", "-c", _LEASH, "leash", str(self._server.pid), str(scratch or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._server.pid

    def running(self) -> bool:
        """Whether the server still runs."""
        return self._server.poll() is None

    def stop(self, seconds: float = 30) -> None:
        """Ask the server to end, wait, and kill it if it does not end in time."""
        self._server.terminate()
        try:
            self._server.wait(seconds)
        except subprocess.TimeoutExpired:
            self._server.kill()
        self._end()

    def kill(self) -> None:
        """End the server at once, as kill -9 does."""
        self._server.send_signal(signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        self._server.wait()
        self._leash.kill()  # before its pipe closes: it must not kill by a pid that is free now
        self._leash.communicate()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def last_lines(self, count: int = 20) -> str:
        """The end of the server's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


class Server(ABC):
    """A server of one process, which may be stopped or killed and started again."""

    name: ClassVar[str]
    _process: ServerProcess | None = None

    @abstractmethod
    def _launch(self) -> ServerProcess:
        """Start the process."""

    @abstractmethod
    def _wait(self, process: ServerProcess) -> None:
        """Return when the server answers; raise RuntimeError if it ends or does not answer."""

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running().pid

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises RuntimeError, with the end of the server's log, if it ends or does not answer.
        """
        if self._process is not None:
            raise RuntimeError(f"This {self.name} runs already.")
        self._process = self._launch()
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the server in order."""
        self._running().stop()
        self._process = None

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        self._running().kill()
        self._process = None

    def restart(self) -> None:
        """Kill the server and start it again."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server, if the test has not ended it."""
        if self._process is not None:
            self.stop()

    def _running(self) -> ServerProcess:
        if self._process is None:
            raise RuntimeError(f"This {self.name} does not run.")
        return self._process
