"""`tastegraph experiments` as a growth team uses it, from the file to the decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.engine.embedded import EmbeddedEngine
from tests.integration.service.commands import in_process

Run = Callable[..., Any]
TEXT = """
id = "diverse-home"
hypothesis = "Lists with more variety are opened by more people"
metrics = ["click-through"]

[[arms]]
name = "as-is"

[[arms]]
name = "diverse"
diversity = 0.5
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("experiments") / "home"
    engine = EmbeddedEngine(folder / "graph", heap="384m")
    engine.start()
    yield folder
    engine.stop()


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    def command(*arguments: str) -> Any:
        return in_process(home, "experiments", *arguments, TASTEGRAPH_OPERATOR="anna")

    return command


@pytest.fixture(scope="module")
def done(run: Run) -> Run:
    """What a command that must succeed printed as JSON."""

    def command(*arguments: str) -> Any:
        result = run(*arguments, "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return command


@pytest.fixture(scope="module")
def file(home: Path) -> Path:
    path = home.parent / "diverse.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_an_experiment_goes_from_its_file_to_a_decision(run: Run, done: Run, file: Path) -> None:
    assert done("list") == []
    assert done("new", str(file))["state"] == "draft"
    assert done("start", "diverse-home", "--ramp", "0.1")["ramp"] == 0.1
    assert done("ramp", "diverse-home", "--to", "0.5")["ramp"] == 0.5
    assert done("show", "diverse-home")["people"] == {"as-is": 0, "diverse": 0}
    assert "diverse-home is running" in run("show", "diverse-home").stderr
    assert done("stop", "diverse-home", "--note", "enough")["state"] == "stopped"
    decided = done("decide", "diverse-home", "--arm", "diverse", "--note", "wins")
    assert decided["decision"]["arm"] == "diverse"
    assert [(line["state"], line["by"]) for line in decided["history"]] == [
        (state, "anna") for state in ("draft", "running", "running", "stopped", "decided")
    ]
    [listed] = done("list")
    assert listed == decided and listed["started_at"] < listed["stopped_at"]
    assert "diverse-home" in run("list").stderr


def test_what_cannot_be_done_is_refused_in_one_line(run: Run, file: Path) -> None:
    broken = file.with_name("broken.toml")
    broken.write_text(TEXT.replace("diversity = 0.5", "diversity = 5"), encoding="utf-8")
    for arguments, said in (
        (("new", str(broken)), "arms.1.diversity"),
        (("new", str(file)), "is decided: it cannot be changed"),
        (("start", "no-such"), "There is no experiment 'no-such'"),
        (("stop", "diverse-home"), "is decided; that takes one that is running"),
    ):
        result = run(*arguments)
        assert result.returncode == 1 and said in result.stderr, (arguments, result.stderr)
        assert "Traceback" not in result.stderr
    assert run("ramp", "diverse-home", "--to", "2").returncode == 2
