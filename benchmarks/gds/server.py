"""The tests' Neo4j with the plugin Graph Data Science, which Maven fetches once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.servers.maven import fetch_jars, pinned_version
from tests.servers.neo4j import Neo4jServer, jars

_POM = Path(__file__).parent / "pom.xml"
# with the tests' own half gigabyte it ends at 20,000 vectors of 1,024 numbers
_MEMORY = {"-Xmx512m": "-Xmx2g"}


class GdsServer(Neo4jServer):
    """Like a `Neo4jServer`, with the procedures `gds.*`."""

    def _configure(self) -> None:
        super()._configure()
        plugins = self._folder / "plugins"
        plugins.mkdir()
        for jar in _plugins():
            shutil.copy(jar, plugins)
        with (self._folder / "conf" / "neo4j.conf").open("a") as settings:
            settings.write("\ndbms.security.procedures.unrestricted=gds.*\n")

    def _java(self, main: str, *arguments: str) -> list[str]:
        command = [_MEMORY.get(word, word) for word in super()._java(main, *arguments)]
        place = command.index("-cp") + 1
        command[place] += f":{self._folder / 'plugins'}/*"
        return command


def version() -> str:
    """The version of Graph Data Science that the pom names."""
    return pinned_version(_POM, "gds.version")


def _plugins() -> list[Path]:
    """GDS's own jars, and those of others that the server does not bring.

    GDS's own are told by their version: some share a name with a jar of the server.
    """
    folder = jars().parent / f"gds-{version()}"
    fetch_jars(_POM, folder)
    there = {_name(jar) for jar in jars().glob("*.jar")}
    return [
        jar
        for jar in sorted(folder.glob("*.jar"))
        if jar.stem.endswith(f"-{version()}") or _name(jar) not in there
    ]


def _name(jar: Path) -> str:
    return re.sub(r"-[0-9][0-9A-Za-z.\-]*$", "", jar.stem)
