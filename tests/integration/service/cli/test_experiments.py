"""`tastegraph experiments` as a growth team uses it, from the file to the decision."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.connection import connect
from graph.engine.embedded import running_address
from tests.integration.service.commands import in_process, running_engine
from tests.support.experiments import write_outcomes

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
    with running_engine(tmp_path_factory.mktemp("experiments") / "home") as home:
        yield home


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


async def simulate(home: Path) -> None:
    """Let simulated people come in weeks ago: in the second arm twice as many opened a drink."""
    address = running_address(home / "graph")
    assert address
    async with connect(address, deadline=30.0) as graph:
        chances = {"as-is": {"VIEWED": 0.2}, "diverse": {"VIEWED": 0.4}}
        await write_outcomes(graph, "diverse-home", chances, 400, 1)


def test_an_experiment_goes_from_its_file_to_a_decision(
    run: Run, done: Run, home: Path, file: Path
) -> None:
    assert done("list") == []
    plan = done("power", str(file), "--baseline", "0.2", "--lift", "0.5", "--daily", "100")
    assert plan["people"] == plan["expected_people"] > plan["at_once"] > 400
    assert plan["days"] == -(-plan["people"] // 100) + 1
    assert done("new", str(file))["state"] == "draft"
    assert done("start", "diverse-home", "--ramp", "0.1")["ramp"] == 0.1
    assert done("ramp", "diverse-home", "--to", "0.5")["ramp"] == 0.5
    shown = done("show", "diverse-home")
    assert shown["findings"]["people"] == {"as-is": 0, "diverse": 0}
    assert shown["verdict"]["kind"] == "undecided"
    asyncio.run(simulate(home))
    shown = done("show", "diverse-home")
    assert shown["findings"]["people"] == {"as-is": 400, "diverse": 400}
    assert (shown["verdict"]["kind"], shown["verdict"]["arm"]) == ("ship", "diverse")
    told = run("show", "diverse-home").stderr
    assert "diverse-home is running" in told and "Verdict: ship" in told and "points" in told
    assert done("stop", "diverse-home", "--note", "enough")["state"] == "stopped"
    page = file.with_name("decision.md")
    arguments = ("--arm", "diverse", "--note", "wins", "--record", str(page))
    decided = done("decide", "diverse-home", *arguments)
    assert (decided["decision"]["arm"], decided["decision"]["verdict"]) == ("diverse", "ship")
    assert "**Decided: diverse.**" in page.read_text(encoding="utf-8")
    assert [(line["state"], line["by"]) for line in decided["history"]] == [
        (state, "anna") for state in ("draft", "running", "running", "stopped", "decided")
    ]
    [listed] = done("list")
    assert listed == decided and listed["started_at"] < listed["stopped_at"]
    assert "diverse-home" in run("list").stderr
    shown = done("show", "diverse-home")
    assert shown["findings"]["people"] == {"as-is": 0, "diverse": 0}  # they are forgotten


def test_what_cannot_be_done_is_refused_in_one_line(run: Run, file: Path) -> None:
    broken = file.with_name("broken.toml")
    broken.write_text(TEXT.replace("diversity = 0.5", "diversity = 5"), encoding="utf-8")
    lost = file.with_name("lost.toml")
    model = 'model = "20261101T080000Z-0000ffff"'
    text = TEXT.replace("diverse-home", "lost-model").replace("diversity = 0.5", model)
    lost.write_text(text, encoding="utf-8")
    assert run("new", str(lost)).returncode == 0
    for arguments, said in (
        (("new", str(broken)), "arms.1.diversity"),
        (("new", str(file)), "is decided: it cannot be changed"),
        (("start", "no-such"), "There is no experiment 'no-such'"),
        (("start", "lost-model"), "20261101T080000Z-0000ffff"),
        (("stop", "diverse-home"), "is decided; that takes one that is running"),
        (("decide", "diverse-home", "--arm", "x", "--note", "y"), "has no arm 'x'"),
        (("power", str(file), "--baseline", "0.6", "--lift", "1"), "is no share of people"),
    ):
        result = run(*arguments)
        assert result.returncode == 1 and said in result.stderr, (arguments, result.stderr)
        assert "Traceback" not in result.stderr
    assert run("ramp", "diverse-home", "--to", "2").returncode == 2
