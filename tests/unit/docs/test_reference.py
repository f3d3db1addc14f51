"""Reference pages list exactly what the code has: settings, commands, metrics, errors, rooms."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import click
import pytest

import service.cli.main as command_line
from embeddings.serving.artefact import ModelError
from embeddings.training.content.trainer import TrainingFailed
from gql.request import failures
from graph.errors import TastegraphError
from service.cli.exit_statuses import FAILED, REFUSED, REJECTED, STOPPED
from service.metrics import ServiceMetrics
from service.settings import SETTINGS
from tests.support.pages import DOCS, ROOT, blocks, first_cells, headings


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """The part of a page under a heading of the second level."""
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_settings_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", page("settings.md"), re.M)
    assert [name for name, _, _ in rows] == [setting.name for setting in SETTINGS]
    for (name, default, meaning), setting in zip(rows, SETTINGS, strict=True):
        assert default == setting.default, name
        assert meaning.startswith(setting.meaning.rstrip(".")), name


def test_secrets_from_files_are_named() -> None:
    assert {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret} == set(
        re.findall(r"`(\w+_FILE)`", page("settings.md"))
    )


def commands(
    group: click.Command = command_line.tastegraph, name: str = "tastegraph"
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its whole name."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for part in group.list_commands(context):
            command = group.get_command(context, part)
            assert command, part
            yield from commands(command, f"{name} {part}")
    else:
        yield name, group


COMMANDS = dict(commands())


def test_commands_are_those_of_the_code() -> None:
    said = [
        heading for heading in headings(page("commands.md")) if heading.startswith("tastegraph ")
    ]
    assert sorted(said) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_options_and_arguments_of_a_command_are_those_of_the_code(name: str) -> None:
    text = section(page("commands.md"), name)
    options = {param.opts[0] for param in COMMANDS[name].params if isinstance(param, click.Option)}
    assert set(first_cells(text)) == options
    for param in COMMANDS[name].params:
        if isinstance(param, click.Argument):
            assert f"`{name} {param.make_metavar(click.Context(COMMANDS[name]))}`" in text


def test_exit_statuses_are_those_of_the_code() -> None:
    text = section(page("commands.md"), "Exit statuses")
    known = {0, 2, FAILED, REJECTED, REFUSED}
    assert {int(status) for status in first_cells(text)} == known | {STOPPED}


def test_metrics_are_those_of_the_code() -> None:
    told = re.findall(
        r"^\| `(\w+)` \| (\w+) \| ((?:`\w+`(?:, )?)*) ?\|", page("metrics.md"), re.MULTILINE
    )
    kinds = dict(
        re.findall(r"^# TYPE (\w+) (\w+)$", ServiceMetrics().text().decode(), re.MULTILINE)
    )
    assert {name: kind for name, kind, _ in told} == {
        name: kind for name, kind in kinds.items() if not name.endswith("_created")
    }


def test_labels_of_metrics_are_those_of_the_code() -> None:
    metrics = ServiceMetrics()
    metrics.requests.labels("/graphql", "200").inc()
    metrics.seconds.labels("/graphql").observe(0.1)
    metrics.refusals.labels("cost").inc()
    label_names = set(re.findall(r'(\w+)="', metrics.text().decode())) - {"le"}
    assert label_names == set(re.findall(r"`(path|status|reason|\w+_label)`", page("metrics.md")))


def kinds_of(base: type[Any]) -> set[str]:
    """The class and everything below it that belongs to the product."""
    below = {name for subclass in base.__subclasses__() for name in kinds_of(subclass)}
    return below | {base.__name__} if not base.__module__.startswith("tests") else below


def test_errors_are_those_of_the_code() -> None:
    said = first_cells(section(page("errors.md"), "Of commands and the server"))
    assert len(said) == len(set(said))
    rooms = "connectors embeddings events gql graph learning recommend service streams warehouse"
    for package in rooms.split():
        for path in sorted((ROOT / package).rglob("*.py")):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    classes = kinds_of(TastegraphError) | kinds_of(ModelError) | kinds_of(TrainingFailed)
    assert set(said) == classes


def test_failures_of_the_api_are_those_of_the_code() -> None:
    text = section(page("errors.md"), "Of the API").split("An `errors` entry")[0]
    assert set(first_cells(text)) == kinds_of(failures.Failure) - {"Failure"}


def test_rooms_of_the_readme_are_there() -> None:
    text = section((ROOT / "README.md").read_text(encoding="utf-8"), "Where to find what")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")][1:]
    rooms = [room for row in rows for room in re.findall(r"([a-z]+)/", row)]
    assert len(rooms) > 10
    assert [room for room in rooms if not (ROOT / room).is_dir()] == []
    packages = {init.parent.name for init in ROOT.glob("[a-z]*/__init__.py")}
    assert packages <= set(rooms)


def shell_lines() -> list[str]:
    """Every line of shell in the README, continued ones as one."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    joined = "".join(block.text for block in blocks(text) if block.language == "sh").replace(
        "\\\n", " "
    )
    return [line.split("  #")[0].strip() for line in joined.splitlines() if line.strip()]


def test_commands_of_the_readme_exist() -> None:
    named = [line for line in shell_lines() if "tastegraph " in line]
    assert len(named) >= 6
    for line in named:
        words = line.split(".venv/bin/", 1)[1].rstrip(")").split()
        name = next(
            " ".join(words[:count]) for count in (3, 2) if " ".join(words[:count]) in COMMANDS
        )
        options = {option for item in COMMANDS[name].params for option in item.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_scripts_of_the_pages_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8") + page("commands.md")
    named = set(re.findall(r"scripts/([a-z]+)", text))
    assert {"serve", "test", "setup"} <= named
    assert [script for script in named if not (ROOT / "scripts" / script).is_file()] == []
