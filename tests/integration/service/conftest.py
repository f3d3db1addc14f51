"""Two served installations for the whole session: the bundled data, and an operator's own."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.service.commands import Served, in_process, running_engine, tastegraph
from tests.integration.service.worlds import write_world

TRIGGERS = """
[[triggers]]
id = "smoky-next"
when = "save"
if = { likes = ["smoky"] }
then = { action = "offer", message = "If you like it smoky", drinks = 3, like = "my-taste" }
"""
"""Fires for nobody but whoever says that they like smoky drinks."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The first start as a newcomer has it: bundled data, a model trained; and with triggers."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "triggers.toml").write_text(TRIGGERS)
    with Served(folder / "home", TASTEGRAPH_TRIGGERS=str(folder / "triggers.toml")) as running:
        yield running.ready(480)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of an operator's own catalogue."""
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Served]:
    """A server started empty, whose operator then imported a catalogue of their own."""
    with Served(tmp_path_factory.mktemp("own") / "home", "--empty") as running:
        running.ready(120)
        imported = tastegraph(running.home, "import", str(world), cwd_rejects(running.home))
        assert imported.returncode == 0, imported.stderr
        yield running


def cwd_rejects(home: Path) -> str:
    """The option that keeps rejects out of the working folder."""
    return f"--rejects={home.parent / 'rejects.csv'}"


@contextlib.contextmanager
def filled_home(home: Path, tables: Path) -> Iterator[Path]:
    """Keep the engine of a home running that has an operator's tables; yield the home."""
    with running_engine(home):
        imported = in_process(home, "import", str(tables), cwd_rejects(home))
        assert imported.returncode == 0, imported.stderr
        yield home
