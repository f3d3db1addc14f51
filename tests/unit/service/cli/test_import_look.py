from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.commands.importing import import_


def test_a_proposed_mapping_is_shown_and_written_but_never_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("menu.csv").write_text("sep=;\nname;abv\n\x1b[2JPils;4,9\n")
    done = CliRunner().invoke(import_, ["--look", "menu.csv"])
    assert done.exit_code == 0 and "'name' is the name" in done.output
    assert '"abv": "4.9"' in done.output and "\x1b" not in done.output
    written = Path("menu.toml").read_text()
    assert CliRunner().invoke(import_, ["--look", "menu.csv"]).exit_code == 1
    assert Path("menu.toml").read_text() == written
    other = CliRunner().invoke(import_, ["--look", "menu.csv", "--mapping", "other.toml"])
    assert other.exit_code == 0 and Path("other.toml").read_text() == written


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_cannot_be_looked_at_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(import_, ["--look", name])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert not list(tmp_path.iterdir())
