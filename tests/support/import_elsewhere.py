"""Importing tables in a process of its own, as an operator does beside a running server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from graph.connection import Address, connect
from graph.importing import Silent, import_folder

ROOT = Path(__file__).resolve().parents[2]


async def import_elsewhere(address: Address, folder: Path, **tables: str) -> None:
    """Write tables (name and CSV text) into a folder and import them in another process."""
    _write(folder, tables)
    words = (address.uri, address.user, address.password, address.database, str(folder))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, *words, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


def _write(folder: Path, tables: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


async def _import(uri: str, user: str, password: str, database: str, folder: str) -> None:
    async with connect(Address(uri, user, password, database), deadline=30.0) as graph:
        rejects = Path(folder).with_name("rejects.csv")
        summary = await import_folder(graph, Path(folder), rejects=rejects, progress=Silent())
        assert not summary.rejected, rejects.read_text(encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_import(*sys.argv[1:]))
