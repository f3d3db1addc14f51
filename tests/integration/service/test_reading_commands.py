"""`tastegraph resolve` and `tastegraph label`, as their users run them."""

import json
from pathlib import Path

from tests.integration.service.commands import tastegraph


def test_texts_are_read_on_the_command_line(tmp_path: Path) -> None:
    empty = tastegraph(tmp_path, "resolve", "milk")
    assert empty.returncode == 1 and "Run tastegraph knowledge first" in empty.stderr

    assert tastegraph(tmp_path, "knowledge").returncode == 0
    said = json.loads(tastegraph(tmp_path, "resolve", "white or red wine", "--json").stdout)
    assert [one["id"] for one in said["ingredients"]] == ["white-wine", "red-wine"]
    said = tastegraph(tmp_path, "resolve", "egnog")
    assert said.returncode == 0 and "perhaps eggnog" in said.stderr

    text = "Milk, sugar, may contain traces of nuts"
    said = json.loads(tastegraph(tmp_path, "label", text, "--json").stdout)
    assert (said["contains"], said["may_contain"]) == (["milk"], ["tree-nuts"])
    assert said["complete"] is True

    unknown = tastegraph(tmp_path, "label", text, "--language", "xx")
    assert unknown.returncode == 1 and "Known are de, en" in unknown.stderr
    long = tastegraph(tmp_path, "label", "x" * 10_001)
    assert long.returncode == 1 and "at most 10,000" in long.stderr
