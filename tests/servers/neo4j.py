"""A real Neo4j Community server for tests, from Maven's jars.

`python -m tests.servers.neo4j` fetches the jars once, or says why that cannot be.
"""

import os
import secrets
import string
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from tests.servers.maven import fetch_jars, java, java_version
from tests.servers.process import ServerProcess, free_port

_HERE = Path(__file__).parent
_POM = _HERE / "pom.xml"
_START_SECONDS = 120
_OPEN_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


def version() -> str:
    """The version of Neo4j that the tests use, as the pom has it."""
    pinned = ElementTree.parse(_POM).findtext(".//{*}neo4j.version")
    if not pinned:
        raise ValueError(f"{_POM} has no neo4j.version")
    return pinned


def jars() -> Path:
    """Where the jars lie; the folder is there only when it is complete."""
    return _HERE.parents[1] / ".cache" / f"neo4j-{version()}"


def neo4j_available() -> str | None:
    """Why a real Neo4j cannot be started here, or None if it can."""
    if reason := _java_missing():
        return reason
    if not jars().is_dir():
        return "its jars are not there: scripts/test fetches them through Maven"
    return None


class Neo4jServer:
    """One server with an empty database, on a free loopback port, its files in one folder.

    It may be stopped or killed and started again: data, port and password stay.

        with Neo4jServer(folder) as server:
            GraphDatabase.driver(server.uri, auth=(server.user, server.password))
    """

    user = "neo4j"
    database = "neo4j"

    def __init__(self, folder: Path) -> None:
        """Prepare a server in the folder, which must be empty or not there yet."""
        self.password = secrets.token_hex(16)  # a leading dash would be an option
        self.port = free_port()
        self._folder = folder
        self._process: ServerProcess | None = None
        self._configure()

    @property
    def uri(self) -> str:
        """The Bolt address."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running().pid

    def start(self) -> None:
        """Start the server and wait until it answers a query.

        Raises RuntimeError, with the end of the server's log, if it ends or does not answer.
        """
        if self._process is not None:
            raise RuntimeError("This Neo4j runs already.")
        self._process = ServerProcess(
            self._java(
                "org.neo4j.server.CommunityEntryPoint",
                f"--home-dir={self._folder}",
                f"--config-dir={self._folder / 'conf'}",
            ),
            self._folder / "neo4j.out",
            self._environment(),
        )
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the server in order: it writes a checkpoint first."""
        self._running().stop()
        self._process = None

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        self._running().kill()
        self._process = None

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
            raise RuntimeError("This Neo4j does not run.")
        return self._process

    def _configure(self) -> None:
        (self._folder / "conf").mkdir(parents=True)
        template = string.Template((_HERE / "neo4j.conf").read_text())
        (self._folder / "conf" / "neo4j.conf").write_text(template.substitute(bolt_port=self.port))
        admin = ("dbms", "set-initial-password", self.password)
        subprocess.run(
            self._java("org.neo4j.server.startup.Neo4jAdminCommand", *admin),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )

    def _java(self, main: str, *arguments: str) -> list[str]:
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPEN_PACKAGES]
        memory = ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
        return [java(), *memory, *opened, "-cp", f"{jars()}/*", main, *arguments]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "NEO4J_HOME": str(self._folder),
            "NEO4J_CONF": str(self._folder / "conf"),
        }

    def _wait(self, process: ServerProcess) -> None:
        deadline = time.monotonic() + _START_SECONDS
        with GraphDatabase.driver(self.uri, auth=(self.user, self.password)) as driver:
            while process.running() and time.monotonic() < deadline:
                try:
                    with driver.session(database=self.database) as session:
                        session.run("RETURN 1").consume()  # the managed way would retry, slowly
                    return
                except (DriverError, Neo4jError):
                    time.sleep(0.1)
        raise RuntimeError(f"Neo4j did not start:\n{process.last_lines()}")


def _java_missing() -> str | None:
    command = java()
    if not command:
        return "there is no Java (17 or newer)"
    if (version := java_version(command)) < 17:
        return f"Java is version {version}, and must be 17 or newer"
    return None


def main() -> None:
    """Fetch the jars; say in one line, and by the exit status, if no Neo4j can be started."""
    reason = _java_missing()
    try:
        if not reason and not jars().is_dir():
            print(f"Fetching Neo4j {version()} (120 MB, once)", flush=True)
            fetch_jars(_POM, jars())
    except FileNotFoundError:
        reason = "there is no Maven"
    except subprocess.CalledProcessError:
        reason = "Maven could not fetch it"
    if reason:
        sys.exit(f"Tests on a real Neo4j are skipped: {reason}.")


if __name__ == "__main__":
    main()
