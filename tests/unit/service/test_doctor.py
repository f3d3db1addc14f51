"""What the doctor finds without a graph; it never writes."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import tastegraph
from service.doctor import installation
from service.doctor.finding import State
from service.opening import local_key
from service.settings import Settings, read_settings


def settings(home: Path, **given: str) -> Settings:
    return read_settings({"TASTEGRAPH_HOME": str(home), **given})


def test_a_new_installation_is_well_and_stays_untouched(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {"TASTEGRAPH_HOME": str(home), "PORT": "0"}
    said = CliRunner(env=environment).invoke(tastegraph, ["doctor", "--json"])
    document = json.loads(said.stdout)
    findings = {finding["check"]: finding for finding in document["findings"]}
    assert (said.exit_code, document["healthy"]) == (0, True)
    assert list(findings) == ["settings", "python", "packages", "home", "engine", "tokens", "port"]
    assert (
        findings["engine"]["state"] == "warning"
        and "tastegraph serve" in findings["engine"]["advice"]
    )
    assert {finding["state"] for name, finding in findings.items() if name != "engine"} == {"ok"}
    assert list(tmp_path.iterdir()) == []


def test_settings_that_cannot_be_used_end_it_with_1_and_say_what_to_do(tmp_path: Path) -> None:
    environment = {"TASTEGRAPH_HOME": str(tmp_path), "PORT": "many"}
    said = CliRunner(env=environment).invoke(tastegraph, ["doctor"])
    assert said.exit_code == 1 and said.stdout == ""
    assert "problem" in said.stderr and "PORT is 'many'" in said.stderr
    assert "1 problem, 0 warnings" in said.stderr


def test_a_setting_that_nothing_reads_is_a_warning_and_no_secret_is_shown(tmp_path: Path) -> None:
    given = {"TASTEGRAPH_HOME": str(tmp_path), "TASTEGRAPH_DEADLIN": "3"}
    finding, _ = installation.check_settings(given)
    assert finding.state is State.WARNING and "TASTEGRAPH_DEADLIN" in finding.message
    secret = {"NEO4J_URI": "bolt://graph", "NEO4J_PASSWORD": "never-shown"}
    finding, read = installation.check_settings(secret)
    assert read and finding.state is State.OK and "never-shown" not in finding.message


def test_a_home_that_is_no_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert installation.check_home(settings(tmp_path / "file")).state is State.PROBLEM
    assert installation.check_home(settings(tmp_path / "new")).state is State.OK


@pytest.mark.parametrize(
    ("free", "state"), [(2e9, State.OK), (5e8, State.WARNING), (5e7, State.PROBLEM)]
)
def test_space_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, state: State
) -> None:
    monkeypatch.setattr(installation, "FEW_BYTES", _scaled(tmp_path, 1e9 / free))
    monkeypatch.setattr(installation, "TOO_FEW_BYTES", _scaled(tmp_path, 1e8 / free))
    assert installation.check_home(settings(tmp_path)).state is state


def _scaled(folder: Path, share: float) -> float:
    """A bound that is this share of what is really free."""
    return installation.shutil.disk_usage(folder).free * share


def test_a_key_that_others_can_read_or_that_is_short_is_a_problem(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert installation.check_tokens(chosen).state is State.OK
    local_key(tmp_path).issue("ann")
    assert installation.check_tokens(chosen).state is State.OK
    path = tmp_path / "keys" / "token.key"
    path.chmod(0o644)
    finding = installation.check_tokens(chosen)
    assert finding.state is State.PROBLEM and f"chmod 600 {path}" in finding.advice
    path.chmod(0o600)
    path.write_text("short")
    assert installation.check_tokens(chosen).state is State.PROBLEM


def test_keys_of_a_provider_that_is_away_are_a_problem(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{_closed()}/keys"
    given = {"TASTEGRAPH_JWKS_URL": url, "TASTEGRAPH_JWT_AUDIENCE": "us"}
    finding = installation.check_tokens(settings(tmp_path, **given))
    assert finding.state is State.PROBLEM and "TASTEGRAPH_JWKS_URL" in finding.advice


def _closed() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_port_that_another_program_has_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "ANSWER_SECONDS", 0.2)
    assert installation.check_port(settings(tmp_path, PORT="0")).state is State.OK
    assert installation.check_port(settings(tmp_path, PORT=str(_closed()))).state is State.OK
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken.settimeout(5)
        port = str(taken.getsockname()[1])
        finding = installation.check_port(settings(tmp_path, PORT=port))
    assert finding.state is State.PROBLEM and "PORT" in finding.advice
