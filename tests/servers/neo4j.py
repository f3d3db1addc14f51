"""A real Neo4j Community server for tests, from Maven's jars.

`python -m tests.servers.neo4j` fetches the jars once, or says why that cannot be.
"""

import os
import secrets
import string
import subprocess
import time
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from tests.servers.maven import fetch_server, jars_missing, java, pinned_version, scratch_options
from tests.servers.process import Server, ServerProcess, free_port

_HERE = Path(__file__).parent
_POM = _HERE / "pom.xml"
_START_SECONDS = 120
_OPEN_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


def version() -> str:
    """The version of Neo4j that the tests use, as the pom has it."""
    return pinned_version(_POM, "neo4j.version")


def jars() -> Path:
    """Where the jars lie; the folder is there only when it is complete."""
    return _HERE.parents[1] / ".cache" / f"neo4j-{version()}"


def neo4j_available() -> str | None:
    """Why a real Neo4j cannot be started here, or None if it can."""
    return jars_missing(jars())


class Neo4jServer(Server):
    """One server with an empty database, on a free loopback port, its files in one folder.

    It may be stopped or killed and started again: data, port and password stay.

        with Neo4jServer(folder) as server:
            GraphDatabase.driver(server.uri, auth=(server.user, server.password))
    """

    name = "Neo4j"
    user = "neo4j"
    database = "neo4j"

    def __init__(self, folder: Path) -> None:
        """Prepare a server in the folder, which must be empty or not there yet."""
        self.password = secrets.token_hex(16)  # a leading dash would be an option
        self.port = free_port()
        self._folder = folder
        self._configure()

    @property
    def uri(self) -> str:
        """The Bolt address."""
        return f"bolt://127.0.0.1:{self.port}"

    def _launch(self) -> ServerProcess:
        return ServerProcess(
            self._java(
                "org.neo4j.server.CommunityEntryPoint",
                f"--home-dir={self._folder}",
                f"--config-dir={self._folder / 'conf'}",
            ),
            self._folder / "neo4j.out",
            self._environment(),
            self._scratch,
        )

    @property
    def _scratch(self) -> Path:
        return self._folder / "scratch"

    def _configure(self) -> None:
        (self._folder / "conf").mkdir(parents=True)
        self._scratch.mkdir()
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
        memory += scratch_options(self._scratch)
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


if __name__ == "__main__":
    fetch_server(f"Neo4j {version()}", "120 MB", _POM, jars())
