"""The command `tastegraph` as its users run it: in a process of its own, with a home of its own."""

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from click.testing import CliRunner

from graph.engine.embedded import EmbeddedEngine
from service.cli.main import main
from service.opening import local_key

OURS = ("TASTEGRAPH_", "NEO4J_", "KAFKA_", "FLINK_")
COMMAND = (sys.executable, "-m", "service.cli.main")


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of this process without settings of Tastegraph but these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and name not in ("HOST", "PORT")
    }
    return {
        **kept,
        "TASTEGRAPH_HOME": str(home),
        "TASTEGRAPH_GRAPH_HEAP": "512m",
        "PORT": "0",
        "TASTEGRAPH_RATE_LIMITS": "0,0,0",  # a test asks as fast as it can
        "TASTEGRAPH_GROUNDS": "asked-elsewhere",  # the page asks for consent in its own test
        **settings,
    }


def tastegraph(
    home: Path, *arguments: str, timeout: float = 300, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
    )


def in_process(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in this process: for what is not about processes.

    It takes a tenth of the time where the engine runs already.
    """
    wanted = environment(home, **settings)
    changed: dict[str, str | None] = {name: None for name in os.environ if name not in wanted}
    runner = CliRunner(env={**changed, **wanted})
    status: int | str | None = 0
    with pytest.MonkeyPatch.context() as patch, runner.isolation() as (out, error, _):
        patch.setattr(sys, "argv", ["tastegraph", *arguments])
        try:
            main()
        except SystemExit as ended:
            status = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
        said, told = out.getvalue().decode(), error.getvalue().decode()
    assert isinstance(status, int)
    return subprocess.CompletedProcess(list(arguments), status, said, told)


@contextlib.contextmanager
def running_engine(home: Path, heap: str = "384m") -> Iterator[Path]:
    """Keep the engine of a home running, so that no command need start it; yield the home."""
    engine = EmbeddedEngine(home / "graph", heap=heap)
    engine.start()
    try:
        yield home
    finally:
        engine.stop()


def processes_of(home: Path) -> list[int]:
    """Every process whose command line or environment names the home."""
    ports: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                continue
            said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if str(home).encode() in said:
                ports.append(int(entry.name))
    return ports


def wait_until_gone(home: Path, seconds: float = 15) -> list[int]:
    """Wait for the last process of a home; return those that are left."""
    until = time.monotonic() + seconds
    while (left := processes_of(home)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


class Served:
    """A running `tastegraph serve`."""

    def __init__(self, home: Path, *arguments: str, **settings: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.log = home.with_name(f"{home.name}-{secrets.token_hex(4)}.log")
        self.arguments, self.settings = arguments, settings
        self.start()

    def start(self) -> None:
        """Start the server, the first time or after it was stopped."""
        self.began = time.monotonic()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", *self.arguments],
                env=environment(self.home, **self.settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.base = ""
        self.seconds = 0.0

    def ready(self, seconds: float = 300) -> Self:
        """Wait until it answers."""
        until = self.began + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended:\n{self.said()}")
            match = re.search(r"answers at (http://\S+)/graphql", self.said())
            if match:
                self.base = match[1]
                self.seconds = time.monotonic() - self.began
                return self
            time.sleep(0.05)
        raise RuntimeError(f"serve was not ready in {seconds} s:\n{self.said()}")

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str, seconds: float = 120) -> None:
        """Wait until it has said something."""
        until = time.monotonic() + seconds
        while text not in self.said():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError(f"'{text}' was not said:\n{self.said()}")
            time.sleep(0.02)

    def token(self, user_id: str) -> str:
        """A token as the command makes it, without a process for each."""
        return local_key(self.home).issue(user_id)

    def post(
        self, query: str, token: str | None = None, variables: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        asked = {"query": query, "variables": dict(variables or {})}
        return httpx.post(f"{self.base}/graphql", json=asked, headers=headers, timeout=60)

    def data(
        self, query: str, token: str | None = None, variables: Mapping[str, Any] | None = None
    ) -> Any:
        """The data of an answer that must have no errors."""
        answer = self.post(query, token, variables)
        document = answer.json()
        assert answer.status_code == 200 and "errors" not in document, answer.text
        return document["data"]

    def metric(self, name: str) -> float:
        text = httpx.get(f"{self.base}/metrics", timeout=30).text
        match = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        assert match, text
        return float(match[1])

    def engine_pid(self, seconds: float = 30) -> int:
        """The process id of the engine; a new one writes its address after it has started."""
        address, until = self.home / "graph" / "address.json", time.monotonic() + seconds
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.05)
        return int(json.loads(address.read_text())["pid"])

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """Send a signal and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in processes_of(self.home):
            if wait_until_gone(self.home, 10):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
