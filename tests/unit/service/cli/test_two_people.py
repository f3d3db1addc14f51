"""The master key is replaced by two people where that is on; the graph is not needed for it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from graph.sealing.key_store import KeyStore
from graph.sealing.master_keys import KeysOfFile
from service.cli.main import tastegraph

ROTATE = ["privacy", "rotate-master-key", "--json"]


def test_the_master_key_takes_two_people(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "master.key"
    file.parent.mkdir()
    first = KeysOfFile.kept(file).current
    KeyStore(tmp_path / "keys" / "people.db").close()

    def by(who: str, *arguments: str) -> Result:
        environment = {
            "TASTEGRAPH_HOME": str(tmp_path),
            "TASTEGRAPH_OPERATOR": who,
            "TASTEGRAPH_FOUR_EYES": "master-keys",
        }
        return CliRunner().invoke(tastegraph, list(arguments), env=environment)

    proposal = json.loads(by("anna", *ROTATE).stdout)["proposal"]
    assert json.loads(by("ben", *ROTATE).stdout)["proposal"] == proposal
    assert by("anna", "approvals", "approve", proposal).exit_code == 1
    assert KeysOfFile(file).current == first
    assert by("ben", "approvals", "approve", proposal).exit_code == 0
    made = json.loads(by("anna", *ROTATE).stdout)["master_key"]
    assert made == KeysOfFile(file).current != first
    assert json.loads(by("anna", *ROTATE).stdout)["proposal"] != proposal, "it was good once"
