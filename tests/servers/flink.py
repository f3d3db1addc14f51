"""A real Flink for tests: a session cluster and its SQL gateway, from the jars of Flink's wheel.

`python -m tests.servers.flink` fetches the jars once, or says why that cannot be.
"""

import json
import os
import string
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

from tests.servers.maven import fetch_jars, java, java_missing, pinned_version, scratch_options
from tests.servers.process import ServerProcess, free_port

_HERE = Path(__file__).parent
_POM = _HERE / "flink.xml"
_CONFIG = _HERE / "flink-config.yaml"
_LOG4J = _HERE / "kafka-log4j2.xml"
_START_SECONDS = 180
_OPEN = (
    *("java.lang", "java.net", "java.io", "java.nio", "java.lang.reflect", "java.text"),
    *("java.time", "java.util", "java.util.concurrent", "java.util.concurrent.atomic"),
    *("java.util.concurrent.locks", "sun.nio.ch"),
)
_EXPORTED = ("java.rmi/sun.rmi.registry", "java.security.jgss/sun.security.krb5")


def version() -> str:
    """The version of Flink that the tests use, as its pom has it."""
    return pinned_version(_POM, "flink.version")


def connector_version() -> str:
    """The version of its connector to Kafka."""
    return pinned_version(_POM, "connector.version")


def jars() -> Path:
    """Where the jars of the wheel lie; the folder is there only when it is complete."""
    return _HERE.parents[1] / ".cache" / f"flink-{version()}"


def connectors() -> Path:
    """Where the jars of Maven lie; the folder is there only when it is complete."""
    return _HERE.parents[1] / ".cache" / f"flink-connectors-{version()}"


def flink_available() -> str | None:
    """Why a real Flink cannot be started here, or None if it can."""
    if reason := java_missing():
        return reason
    if not jars().is_dir() or not connectors().is_dir():
        return "its jars are not there: python -m tests.servers.flink fetches them"
    return None


class FlinkCluster:
    """A job manager, a task manager and a SQL gateway on free loopback ports.

    with FlinkCluster(folder) as cluster:
        Gateway(cluster.gateway)
    """

    def __init__(
        self, folder: Path, task_heap: str = "256m", managed: str = "256m", interval: str = "1s"
    ) -> None:
        """Prepare a cluster in the folder, which must be empty or not there yet.

        `managed` is the memory of RocksDB, `interval` the time between checkpoints: each writes
        what is in that memory, so a short one costs more.
        """
        self._folder = folder
        self._heap = task_heap
        folder.mkdir(parents=True, exist_ok=True)
        self._rest_port, self._gateway_port = free_port(), free_port()
        settings = string.Template(_CONFIG.read_text()).substitute(
            rpc_port=free_port(),
            rest_port=self._rest_port,
            gateway_port=self._gateway_port,
            task_heap=task_heap,
            managed=managed,
            interval=interval,
            checkpoints=folder / "checkpoints",
        )
        (folder / "config.yaml").write_text(settings)
        self._processes: dict[str, ServerProcess] = {}

    @property
    def gateway(self) -> str:
        """The address of the SQL gateway."""
        return f"http://127.0.0.1:{self._gateway_port}"

    def start(self) -> None:
        """Start all three and wait until there is a place for jobs.

        Raises RuntimeError, with the end of a log, if one ends or does not answer.
        """
        runtime = "org.apache.flink.runtime"
        entry = f"{runtime}.entrypoint.StandaloneSessionClusterEntrypoint"
        self._run("jobmanager", "400m", entry, "--configDir", str(self._folder))
        self._start_task_manager()
        self._run("gateway", "300m", "org.apache.flink.table.gateway.SqlGateway")
        try:
            self._wait(self._rest_port, "/taskmanagers", lambda told: bool(told["taskmanagers"]))
            self._wait(self._gateway_port, "/v1/info", bool)
        except BaseException:
            self.stop()
            raise

    def kill_task_manager(self) -> None:
        """End the task manager at once, as a crash would, and start another."""
        self._processes.pop("taskmanager").kill()
        self._start_task_manager()

    def checkpoints(self, job: str) -> dict[str, int]:
        """How many checkpoints of a job, by its name, are `completed`, `restored` and so on.

        Nothing if it does not run.
        """
        jobs = self._told(self._rest_port, "/jobs/overview")["jobs"]
        for told in jobs:
            if told["name"] == job and told["state"] == "RUNNING":
                return self._told(self._rest_port, f"/jobs/{told['jid']}/checkpoints")["counts"]
        return {}

    def stop(self) -> None:
        """End everything."""
        for process in self._processes.values():
            process.kill()
        self._processes = {}

    def __enter__(self) -> Self:
        """Start the cluster."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the cluster."""
        self.stop()

    def _start_task_manager(self) -> None:
        heap = f"{int(self._heap.removesuffix('m')) + 200}m"
        main = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        self._run("taskmanager", heap, main, "--configDir", str(self._folder))

    def _run(self, name: str, heap: str, main: str, *arguments: str) -> None:
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPEN]
        exported = [f"--add-exports={package}=ALL-UNNAMED" for package in _EXPORTED]
        scratch = self._folder / f"{name}.scratch"
        memory = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
        memory += scratch_options(scratch)
        command = [
            *(java(), *memory, *opened, *exported, f"-Dlog4j2.configurationFile={_LOG4J}"),
            *("-cp", f"{jars()}/*:{connectors()}/*", main, *arguments),
        ]
        environment = {**os.environ, "FLINK_CONF_DIR": str(self._folder)}
        process = ServerProcess(command, self._folder / f"{name}.out", environment, scratch)
        self._processes[name] = process

    def _wait(self, port: int, path: str, ready: Callable[[dict[str, Any]], bool]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            for name, process in self._processes.items():
                if not process.running():
                    raise RuntimeError(f"Flink's {name} ended:\n{process.last_lines()}")
            try:
                if ready(self._told(port, path)):
                    return
            except (URLError, OSError, json.JSONDecodeError):
                pass
            time.sleep(0.2)
        logs = [process.last_lines() for process in self._processes.values()]
        raise RuntimeError("Flink did not start:\n" + "\n".join(logs))

    def _told(self, port: int, path: str) -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return json.load(answer)


def _fetch_wheel(folder: Path) -> None:
    """Put the jars of Flink's wheel into the folder, whole or not at all."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        wanted = f"apache-flink-libraries=={version()}"
        download = ("-m", "pip", "download", "--quiet", "--no-deps", "--dest", unfinished, wanted)
        subprocess.run([sys.executable, *download], stdin=subprocess.DEVNULL, check=True)
        [wheel] = Path(unfinished).glob("*.whl")
        own = Path(unfinished) / "jars"
        own.mkdir()
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if name.startswith("pyflink/lib/") and name.endswith(".jar"):
                    (own / Path(name).name).write_bytes(packed.read(name))
        own.rename(folder)


def main() -> None:
    """Fetch the jars; say in one line, and by the exit status, if no Flink can be started."""
    reason = java_missing()
    try:
        if not reason and flink_available():
            print(f"Fetching Flink {version()} (320 MB, once)", flush=True)
            _fetch_wheel(jars())
            fetch_jars(_POM, connectors())
    except FileNotFoundError:
        reason = "there is no Maven"
    except subprocess.CalledProcessError:
        reason = "pip or Maven could not fetch it"
    if reason:
        sys.exit(f"Tests on a real Flink are skipped: {reason}.")


if __name__ == "__main__":
    main()
