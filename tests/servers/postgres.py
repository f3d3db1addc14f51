"""A real PostgreSQL for tests, with a log that Debezium can read: Debian's package.

`python -m tests.servers.postgres` installs it where this runs as root on Debian.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.servers.debian import install
from tests.servers.process import free_port

_VERSIONS = Path("/usr/lib/postgresql")
_OWNER = "postgres"


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, if there is one."""
    found = sorted(_VERSIONS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class PostgresServer:
    """One server with an empty database, on a free loopback port, its files in one folder.

    with PostgresServer(folder) as server:
        server.run("CREATE TABLE drinks (id int PRIMARY KEY)")
    """

    user, database = "shop", "postgres"

    def __init__(self, folder: Path) -> None:
        """Prepare a server in the folder, which must not be there yet."""
        found = programs()
        if found is None:
            raise RuntimeError("There is no PostgreSQL here.")
        self.port = free_port()
        self._programs, self._folder = found, folder

    def __enter__(self) -> Self:
        """Start the server and wait until it answers."""
        self._folder.mkdir()
        if os.geteuid() == 0:  # it does not run as root
            shutil.chown(self._folder, _OWNER)
        data = self._folder / "data"
        self._as_owner("initdb", "-D", data, "-A", "trust", "-U", self.user, "--no-sync")
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c wal_level=logical -c fsync=off"
        options = f"{settings} -k {self._folder}"
        self._as_owner(
            *("pg_ctl", "-D", data, "-l", self._folder / "log", "-w", "-o", options, "start")
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._as_owner("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")

    def run(self, statements: str) -> None:
        """Run statements; raises CalledProcessError if one fails."""
        address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", self.user)
        subprocess.run(
            [self._programs / "psql", *address, "-q", "-v", "ON_ERROR_STOP=1", self.database],
            input=statements,
            text=True,
            check=True,
        )

    def _as_owner(self, program: str, *arguments: str | Path) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _OWNER, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Install the package where that is possible; say in one line if there is none."""
    if programs() is None:
        install("postgresql")
    if programs() is None:
        sys.exit("There is no PostgreSQL: install Debian's package postgresql.")


if __name__ == "__main__":
    main()
