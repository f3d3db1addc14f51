"""Everything that an event passes on its way by Kafka into the graph, to be killed under load."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from connectors.kafka.address import KafkaAddress
from tests.integration.service.commands import COMMAND, environment
from tests.servers.kafka import KafkaServer
from tests.servers.process import ServerProcess, free_port

VICTIMS = ("consumer", "broker", "graph", "server")
START_SECONDS = 300.0


class Way:
    """A server, a consumer beside it, the engine that they share, and a broker."""

    def __init__(self, home: Path, broker: KafkaServer, address: KafkaAddress) -> None:
        self.home = home
        self.port = free_port()
        self._broker = broker
        self.environment = environment(
            home,
            PORT=str(self.port),
            TASTEGRAPH_DEADLINE="60",  # the machine may be busy
            KAFKA_BOOTSTRAP_SERVERS=address.bootstrap_servers,
            KAFKA_TOPIC=address.topic,
            KAFKA_GROUP=address.group,
        )
        self._processes = dict[str, ServerProcess]()

    def start(self) -> None:
        self._start_server()
        self._start_consumer()

    def kill(self, victim: str) -> None:
        """End one of them (-9), and start it again; the graph's engine is started by the server."""
        if victim == "broker":
            self._broker.restart()
        elif victim == "graph":
            self._kill_engine()
        else:
            self._processes.pop(victim).kill()
            {"server": self._start_server, "consumer": self._start_consumer}[victim]()

    def stop(self) -> None:
        while self._processes:
            self._processes.popitem()[1].stop()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=600,
        )

    def _start_server(self) -> None:
        """Start the server, again and again while it finds the graph away, as a service manager."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            process = self._start("server", "serve", "--empty")
            while process.running() and not _answers(self.port):
                time.sleep(0.2)
            if process.running():
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"The server does not start:\n{process.last_lines()}")
            process.stop()

    def _start_consumer(self) -> None:
        self._start("consumer", "stream", "run")

    def _start(self, name: str, *words: str) -> ServerProcess:
        log = self.home.parent / f"{name}.out"
        self._processes[name] = ServerProcess([*COMMAND, *words], log, self.environment)
        return self._processes[name]

    def _kill_engine(self) -> None:
        with suppress(OSError, ValueError, KeyError, psutil.Error):  # it may be starting just now
            found = json.loads((self.home / "graph" / "address.json").read_text())
            engine = psutil.Process(found["pid"])
            if "graph.engine.process" in " ".join(engine.cmdline()):  # no other has its id by now
                engine.kill()


class Sender:
    """Sends batches, each again and again until it is acknowledged, as a till does."""

    def __init__(self, way: Way, token: str, batches: Iterator[Sequence[dict[str, Any]]]) -> None:
        self.acknowledged: list[str] = []
        self.refused = 0
        self._way, self._token, self._batches = way, token, batches
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Sender:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def wait_for_more(self) -> None:
        """Wait until something more is acknowledged. Raises TimeoutError."""
        before, deadline = len(self.acknowledged), time.monotonic() + START_SECONDS
        while len(self.acknowledged) == before:
            if time.monotonic() > deadline:
                raise TimeoutError("Nothing is acknowledged any more.")
            time.sleep(0.02)

    def _run(self) -> None:
        for batch in self._batches:
            while not self._is_acknowledged(batch):
                self.refused += 1
                if self._stopped.wait(0.1):
                    return
            self.acknowledged += [f"{each['userId']} {each['eventId']}" for each in batch]
            if self._stopped.wait(0.05):
                return

    def _is_acknowledged(self, batch: Sequence[dict[str, Any]]) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._way.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self._token}"}
            connection.request("POST", "/v1/events", json.dumps(batch), headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        return answer.status == 200 and {each["status"] for each in said["events"]} == {"accepted"}


@contextmanager
def on_the_way(home: Path, broker: KafkaServer, address: KafkaAddress) -> Iterator[Way]:
    way = Way(home, broker, address)
    try:
        way.start()
        yield way
    finally:
        way.stop()


def kill_some(way: Way, sender: Sender, victims: Sequence[str], chance: random.Random) -> None:
    """Kill them at once, when events are on their way again."""
    sender.wait_for_more()
    time.sleep(chance.uniform(0.0, 1.5))
    with ThreadPoolExecutor(len(victims)) as pool:
        list(pool.map(way.kill, victims))
    sender.wait_for_more()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
