"""`tastegraph resolve` and `tastegraph label`, as their users call them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.service.commands import in_process as tastegraph
from tests.integration.service.commands import running_engine


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with running_engine(tmp_path) as home:
        yield home


def test_texts_are_read_on_the_command_line(home: Path) -> None:
    empty = tastegraph(home, "resolve", "milk")
    assert empty.returncode == 1 and "Run tastegraph knowledge first" in empty.stderr

    assert tastegraph(home, "knowledge").returncode == 0
    said = json.loads(tastegraph(home, "resolve", "white or red wine", "--json").stdout)
    assert [ingredient["id"] for ingredient in said["ingredients"]] == ["white-wine", "red-wine"]
    said = tastegraph(home, "resolve", "egnog")
    assert said.returncode == 0 and "perhaps eggnog" in said.stderr

    text = "Milk, sugar, may contain traces of nuts"
    said = json.loads(tastegraph(home, "label", text, "--json").stdout)
    assert (said["contains"], said["may_contain"]) == (["milk"], ["tree-nuts"])
    assert said["complete"] is True

    unknown = tastegraph(home, "label", text, "--language", "xx")
    assert unknown.returncode == 1 and "Use one of de, en" in unknown.stderr
    long = tastegraph(home, "label", "x" * 10_001)
    assert long.returncode == 1 and "at most 10,000" in long.stderr
