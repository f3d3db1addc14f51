"""What goes wrong on the command line is one clear line and an exit status, never a traceback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.service.commands import (
    Served,
    in_process,
    processes_of,
    running_engine,
    tastegraph,
)
from tests.servers.process import free_port


def failed(home: Path, *arguments: str, **settings: str) -> str:
    """Run a command that must fail with 1; return what it said."""
    done = in_process(home, *arguments, **settings)
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr and done.stdout == ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error:")]
    assert len(errors) == 1, done.stderr
    return errors[0]


@pytest.mark.parametrize(
    "command", [("serve",), ("import", "tests"), ("models", "list")], ids=lambda command: command[0]
)
def test_a_server_that_is_away_is_named_by_every_command(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    uri = f"bolt://127.0.0.1:{free_port()}"
    password = "never-shown-to-anybody"
    settings = {"NEO4J_URI": uri, "NEO4J_PASSWORD": password, "TASTEGRAPH_DEADLINE": "1"}
    said = failed(tmp_path, *command, **settings)
    assert uri in said or "deadline of 1 s" in said
    assert password not in said


def test_a_wrong_address_or_setting_is_named(tmp_path: Path) -> None:
    said = failed(tmp_path, "models", "list", NEO4J_URI="http://graph", NEO4J_PASSWORD="x")
    assert "NEO4J_URI is 'http://graph'" in said and "bolt://" in said
    assert "PORT is 'x'" in failed(tmp_path, "serve", PORT="x")


def test_a_home_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for command in (("serve",), ("models", "list"), ("token", "ann")):
        assert str(tmp_path / "file") in failed(tmp_path / "file" / "home", *command)


def test_a_password_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    said = failed(tmp_path, "models", "list", NEO4J_URI="bolt://x", NEO4J_PASSWORD_FILE=missing)
    assert "NEO4J_PASSWORD_FILE" in said and missing in said


def test_tokens_are_only_made_for_those_who_are_taken(tmp_path: Path) -> None:
    jwks = {"TASTEGRAPH_JWKS_URL": "https://id.example/k", "TASTEGRAPH_JWT_AUDIENCE": "us"}
    assert "identity provider" in failed(tmp_path, "token", "ann", **jwks)
    assert "1 to 200" in failed(tmp_path, "token", "x" * 201)
    for hours in ("nan", "0"):
        assert tastegraph(tmp_path, "token", "ann", "--hours", hours).returncode == 2


def test_files_and_mappings_that_are_not_there_are_named(own: Served, tmp_path: Path) -> None:
    home = own.home
    assert "nowhere" in failed(home, "import", "nowhere")
    assert "[/no]such" in failed(home, "import", str(tmp_path), "--mapping", "[/no]such")
    assert "nowhere" in failed(home, "evaluate", "--holdout", "nowhere.csv")
    rows = tmp_path / "rows.csv"
    for text, words in (
        ("user,drink\n", "It needs user_id and drink_id"),
        ("user_id,drink_id\nann,chai\nann,\n", "row 3"),
        ("user_id,drink_id\nann\n", "row 2"),
    ):
        rows.write_text(text)
        said = failed(home, "evaluate", "--holdout", str(rows))
        assert str(rows) in said and words in said
    rows.write_bytes(b"user_id,drink_id\n\xff\xfe,x\n")
    assert str(rows) in failed(home, "evaluate", "--holdout", str(rows))


@pytest.fixture
def empty_home(tmp_path: Path) -> Iterator[Path]:
    with running_engine(tmp_path / "home") as home:
        yield home
    assert processes_of(home) == []


def test_an_empty_graph_has_nothing_to_train_on_to_measure_or_to_promote(empty_home: Path) -> None:
    home = empty_home
    assert "No model was trained" in failed(home, "retrain")
    rows = home.parent / "rows.csv"
    rows.write_text("user_id,drink_id\nann,chai\n")
    assert "no active model" in failed(home, "evaluate", "--holdout", str(rows))
    assert "no model to roll back to" in failed(home, "models", "rollback")
    assert "no model ../../etc" in failed(home, "models", "promote", "../../etc")
    name = "20261121T000000Z-00000000"
    assert f"no model {name}" in failed(home, "models", "show", name)
